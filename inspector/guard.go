package inspector

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// open are the addresses that probes, scrapers and callers on other machines need. They
// tell the names of workflows and of key sets and how many calls came, and nothing of
// what a call held.
var open = []string{"/health", "/ready", "/metrics", "/ca.pem"}

// guard turns away who has no business here: the inspector shows what was called and
// switches things, and asks for no password. It is for the people and tests of this
// machine, and not for the web pages that they happen to look at.
func (i inspector) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := i.turnAway(r); why != "" {
			problem(w, http.StatusForbidden, why)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// turnAway returns why a request is refused; empty: it is not.
func (i inspector) turnAway(r *http.Request) string {
	if !i.AllowRemote && !slices.Contains(open, strings.TrimPrefix(r.URL.EscapedPath(), "/_emulator")) && !fromHere(r.RemoteAddr) {
		return "only this machine may use the inspector; start the emulator with --allow-remote-inspector, or EMULATOR_ALLOW_REMOTE_INSPECTOR=true, to let others in"
	}
	// A page whose name its owner lets lead here (DNS rebinding) is of the same origin
	// to the browser. Names that nobody can own cannot be such a page's.
	if host := hostname(r.Host); !i.ownHost(host) {
		return fmt.Sprintf("host %s may be anybody's; call the emulator by an address, as localhost, or by a name without dots", quoted(host))
	}
	return crossOrigin(r)
}

func fromHere(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// hostname returns the host of a Host header in lower case, without port, brackets and
// final dot.
func hostname(host string) string {
	u := url.URL{Host: host}
	return strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
}

// containerHosts are the names that container engines give to their host.
var containerHosts = []string{"host.docker.internal", "host.containers.internal"}

func (i inspector) ownHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.Contains(host, ".") || // localhost, a service of docker compose; browsers always send some host
		strings.HasSuffix(host, ".localhost") ||
		slices.Contains(containerHosts, host) ||
		i.Hosts != nil && i.Hosts(host)
}

// crossOrigin returns why a browser's request is refused that a page of another origin
// made. Following a link from one is fine: the page does not get to see the answer.
func crossOrigin(r *http.Request) string {
	site := r.Header.Get("Sec-Fetch-Site")
	if origin := r.Header.Get("Origin"); origin != "" && !sameOrigin(r, origin) {
		// A form of a page of ours that sends no referrer says "null".
		if origin != "null" || site != "same-origin" {
			return fmt.Sprintf("a page of origin %s may not use the inspector", quoted(origin))
		}
	}
	if site == "cross-site" && !followsLink(r) {
		return "a page of another site may not use the inspector"
	}
	return ""
}

func sameOrigin(r *http.Request, origin string) bool {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return len(r.Header.Values("Origin")) == 1 && strings.EqualFold(origin, scheme+"://"+r.Host)
}

// followsLink reports whether a browser shows the answer as a page of its own.
func followsLink(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}
