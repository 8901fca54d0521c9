package probe

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"flowgate/pattern"
	"flowgate/server"
)

// Target is a trigger's URL, taken apart.
type Target struct {
	origin   string // scheme and host
	base     string // of the path, up to /workflows, escaped as all of it is
	workflow string
	version  string // /versions/{v}, or empty
	trigger  string
	rest     string // after /paths/invoke

	apiVersion string
	versions   []string          // of this shape of URLs
	flow       bool              // whether it is of the newer shape
	signature  map[string]string // sp, sv, sig and se as they stand in the URL, escaped
	extra      []string          // other parameters, as they stand in the URL
}

var triggerPath = pattern.New(`^((?:/powerautomate/automations/direct(?:/cu/[0-9]{1,3})?)?/workflows)/([^/]+)(/versions/[^/]+)?/triggers/([^/]+)/paths/invoke(/.*)?$`)

// maxURL is the service's own limit (documented).
const maxURL = 16 << 10

// ParseTarget takes a trigger's URL apart, bare or as listCallbackUrl gives it. Its
// errors repeat nothing of the query, which may hold a signature.
func ParseTarget(written string) (*Target, error) {
	if len(written) > maxURL {
		return nil, fmt.Errorf("the URL has %d bytes, and a trigger takes %d; leave parameters out", len(written), maxURL)
	}
	u, err := url.Parse(written)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("it is no http or https URL; write it whole and in quotes, such as http://127.0.0.1:7080/workflows/{id}/triggers/{name}/paths/invoke?api-version=2016-10-01")
	}
	t := &Target{origin: u.Scheme + "://" + u.Host, signature: map[string]string{}}
	parts := triggerPath().FindStringSubmatch(u.EscapedPath())
	switch {
	case u.User != nil:
		return nil, errors.New("it holds a user name, which no trigger's URL does; leave it out")
	case u.Scheme == "http" && !t.Loopback() && strings.ContainsAny(u.Hostname(), ".:"): // a name without dots, and no address, is a container's beside this one
		return nil, fmt.Errorf("%s is another machine, and what is sent is for no eyes on the way; write https", u.Hostname())
	case parts == nil:
		return nil, fmt.Errorf("its path %q is no trigger's of Logic Apps Consumption or Power Automate; write it whole: …/workflows/{id}/triggers/{name}/paths/invoke", u.EscapedPath())
	case strings.ContainsAny(parts[5], "{}") || strings.Contains(strings.ToUpper(parts[5]), "%7B"):
		return nil, fmt.Errorf("its path has a parameter in %q; write a value in its place", parts[5])
	}
	t.base, t.workflow, t.version, t.trigger, t.rest = parts[1], parts[2], parts[3], parts[4], parts[5]
	t.versions, t.apiVersion = server.APIVersions(u.EscapedPath())
	t.flow = parts[1] != "/workflows"
	return t, t.readQuery(u.RawQuery)
}

func (t *Target) readQuery(raw string) error {
	for _, pair := range strings.Split(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case "":
		case "api-version":
			t.apiVersion = value
		case "sp", "sv", "sig", "se":
			t.signature[name] = value
		default:
			t.extra = append(t.extra, pair)
		}
	}
	if len(t.signature) > 0 && (t.signature["sp"] == "" || t.signature["sv"] == "" || t.signature["sig"] == "") {
		return errors.New("it is signed in part: sp, sv and sig belong together; put the URL in quotes, for a shell cuts it at &")
	}
	return nil
}

// Loopback reports whether the URL leads to this machine.
func (t *Target) Loopback() bool {
	u, err := url.Parse(t.origin)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback() || u.Hostname() == "localhost"
}

// Signed reports whether the URL carries a signature.
func (t *Target) Signed() bool { return t.signature["sig"] != "" }

// String is the URL without its query.
func (t *Target) String() string { return t.origin + t.path() }

func (t *Target) path() string {
	return t.base + "/" + t.workflow + t.version + "/triggers/" + t.trigger + "/paths/invoke" + t.rest
}

// query is the query of a call: its api-version unless that is empty, the
// other parameters that the URL has, and what more is given.
func (t *Target) query(apiVersion string, more ...string) string {
	var pairs []string
	if apiVersion != "" {
		pairs = append(pairs, "api-version="+apiVersion)
	}
	return strings.Join(append(append(pairs, t.extra...), more...), "&")
}

// signed is the signature's part of a query, with one parameter changed if name is
// not empty.
func (t *Target) signed(name, value string) string {
	var pairs []string
	for _, n := range []string{"sp", "sv", "sig", "se"} {
		v := t.signature[n]
		if n == name {
			v = value
		}
		if v != "" {
			pairs = append(pairs, n+"="+v)
		}
	}
	return strings.Join(pairs, "&")
}
