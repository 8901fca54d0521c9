package policy

import (
	"fmt"
	"strings"
)

// otherCloud asks another cloud for the token. What shows the cloud is the service in
// aud or the issuer. A tenant lives in one directory, so that with another one iss and
// tid go together with it; GCC shares the public cloud's directory.
func (h *hearing) otherCloud() (correction, bool) {
	var c correction
	var from, to Cloud
	if m, ok := h.mismatch("aud"); ok {
		got, _ := m.Got.(string)
		if from, to, ok = clouds(got, m.Wanted); ok {
			c.says("aud", m.Wanted)
		}
	}
	m, wanted, got, ok := h.issuers()
	if ok && wanted.version == got.version {
		if to == "" && !wanted.sameDirectory(got) {
			from, to = got.cloud(), wanted.cloud()
		}
		if to != "" && directoryOf(from) != directoryOf(to) {
			c.says("iss", m.Wanted)
			c.says("tid", wanted.tenant)
		}
	}
	c.fix = func() string {
		request := fmt.Sprintf("get the token from cloud %s (%s), so that it has %s", to, directoryOf(to), h.cloudClaims(c.token))
		has := h.cloudClaims(h.claims)
		switch {
		case h.flow:
			return fmt.Sprintf("%s, where this one has %s, or, if that is the right cloud, name it under cloud in emulator.yaml", request, has)
		case h.known.sidesWith(from, to):
			return fmt.Sprintf("write policy %s for the cloud of the token, which has %s, or, if that is the wrong one, %s", quoted(h.Name), has, request)
		}
		return fmt.Sprintf("%s, where this one has %s, or, if that is the right cloud, write policy %s for it", request, has, quoted(h.Name))
	}
	return c, to != ""
}

// sidesWith reports whether the workspace is of the first cloud rather than of the
// second.
func (k Known) sidesWith(a, b Cloud) bool {
	if k.Cloud == "" || k.Cloud == b {
		return false
	}
	return k.Cloud == a || directoryOf(k.Cloud) == directoryOf(a) && directoryOf(a) != directoryOf(b)
}

// cloudClaims lists what a token says of its cloud, of what the policy mismatched.
func (h *hearing) cloudClaims(token Claims) string {
	var parts []string
	for _, name := range []string{"aud", "iss"} {
		_, mismatched := h.mismatch(name)
		if value, ok := token[name]; ok && mismatched {
			parts = append(parts, name+" "+shown(value))
		}
	}
	return listed(parts)
}

// directoryOf returns the sign-in host of a cloud, which tells directories apart.
func directoryOf(c Cloud) string {
	switch c {
	case GCCHigh, DoD:
		return "login.microsoftonline.us"
	case China:
		return "login.partner.microsoftonline.cn"
	}
	return "login.microsoftonline.com"
}

// serviceHosts are hosts of services that each cloud has its own of, beside the flow
// service's. Source: Microsoft's "National clouds" page.
var serviceHosts = []map[Cloud]string{
	{Public: "management.azure.com", GCC: "management.azure.com", GCCHigh: "management.usgovcloudapi.net", DoD: "management.usgovcloudapi.net", China: "management.chinacloudapi.cn"},
	{Public: "management.core.windows.net", GCC: "management.core.windows.net", GCCHigh: "management.core.usgovcloudapi.net", DoD: "management.core.usgovcloudapi.net", China: "management.core.chinacloudapi.cn"},
	{Public: "graph.microsoft.com", GCC: "graph.microsoft.com", GCCHigh: "graph.microsoft.us", DoD: "dod-graph.microsoft.us", China: "microsoftgraph.chinacloudapi.cn"},
}

// ofMicrosoft reports whether the audience is one of Microsoft's services that are
// known here.
func ofMicrosoft(audience string) bool {
	host, _, ok := cutHost(audience)
	for _, hosts := range serviceHosts {
		for _, of := range hosts {
			if ok && host == of {
				return true
			}
		}
	}
	return cloudOfFlowService(strings.TrimSuffix(audience, "/")+"/") != ""
}

// clouds returns the clouds of two audiences that are the same service's in two of
// them, and are written alike.
func clouds(got, wanted string) (from, to Cloud, ok bool) {
	if from, to = cloudOfFlowService(got), cloudOfFlowService(wanted); from != "" && to != "" {
		return from, to, from != to
	}
	gotHost, gotPath, okGot := cutHost(got)
	wantedHost, wantedPath, okWanted := cutHost(wanted)
	if !okGot || !okWanted || gotHost == wantedHost || gotPath != wantedPath {
		return "", "", false
	}
	for _, hosts := range serviceHosts {
		from, to = "", ""
		for _, cloud := range Clouds() {
			if hosts[cloud] == gotHost && from == "" {
				from = cloud
			}
			if hosts[cloud] == wantedHost && to == "" {
				to = cloud
			}
		}
		if from != "" && to != "" {
			return from, to, true
		}
	}
	return "", "", false
}

// cutHost cuts an https URL into host and path.
func cutHost(url string) (host, path string, ok bool) {
	rest, ok := strings.CutPrefix(url, "https://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:], ok
	}
	return rest, "", ok
}
