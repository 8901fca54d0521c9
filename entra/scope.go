package entra

import (
	"slices"
	"strings"
)

// maxScope bounds a scope, or a resource: 4 kB. Entra's own bound is not published.
const maxScope = 4 << 10

// defaultScope asks for everything that an application was granted.
const defaultScope = ".default"

// want is what a token is asked for.
type want struct {
	version     int      // of the endpoint that was asked: 1 or 2. The token's is the resource's
	audience    string   // the resource as the caller wrote it; empty: none is asked for
	permissions []string // what stands behind the last slash of each scope
	written     []string // the scopes of a resource, as the caller wrote them
	openID      []string // openid, profile, email, offline_access, as asked
}

func (w want) openid() bool  { return slices.Contains(w.openID, "openid") }
func (w want) offline() bool { return slices.Contains(w.openID, "offline_access") }

func isOpenID(scope string) bool {
	return scope == "openid" || scope == "profile" || scope == "email" || scope == "offline_access"
}

// orGraph is what a user is signed in for: without a resource, for Graph's page
// about the user.
func (w want) orGraph(graph string) want {
	if w.audience == "" {
		w.audience, w.permissions = graph, w.openID
	}
	return w
}

// parseScope reads the scope of a v2.0 request. All of it but the OpenID scopes is
// for one resource. A permission without a resource is Graph's.
func parseScope(written string, graph string) (want, *Error) {
	w := want{version: 2}
	if len(written) > maxScope {
		return want{}, errBadScope(written)
	}
	for _, scope := range strings.Fields(written) {
		if isOpenID(scope) {
			w.openID = append(w.openID, scope)
			continue
		}
		audience, permission := graph, scope
		if strings.Contains(scope, "/") {
			var err error
			if audience, permission, err = splitScope(scope); err != nil {
				return want{}, errBadScope(scope)
			}
		}
		if w.audience != "" && w.audience != audience {
			return want{}, errBadScope(written)
		}
		w.audience = audience
		w.permissions = append(w.permissions, permission)
		if permission != "offline_access" { // shown by the refresh token alone
			w.written = append(w.written, scope)
		}
	}
	return w, nil
}

// want reads what a token request asks for: at the v1.0 endpoint a resource, at the
// v2.0 endpoint a scope. It is empty when the request names neither.
func (e *exchange) want(version int, p parameters) (want, *Error) {
	if version == 2 {
		return parseScope(p["scope"], e.graph())
	}
	w := want{version: 1, audience: p["resource"], permissions: []string{defaultScope}}
	if len(w.audience) > maxScope {
		return want{}, errNoResource(w.audience, e.segment)
	}
	for _, scope := range strings.Fields(p["scope"]) {
		if scope == "openid" {
			w.openID = []string{scope}
		}
	}
	return w, nil
}

// wanted is the parameter that names what is wanted at the endpoint of a version.
func wanted(version int) string {
	if version == 1 {
		return "resource"
	}
	return "scope"
}

// graph is Graph as a resource, in the cloud.
func (e *exchange) graph() string { return "https://" + hostsOf(e.directory.Cloud).msgraph }

// scopes are the permissions of a delegated token, scp, for what is wanted of r.
func (w want) scopes(r Resource) ([]string, *Error) {
	var granted []string
	for _, p := range w.permissions {
		switch {
		case p == "offline_access": // it asks for a refresh token, not for a permission
		case p == defaultScope:
			granted = append(granted, strings.Fields(r.allScopes())...)
		case r.Scopes != nil && !slices.Contains(r.Scopes, p):
			return nil, errBadScope(w.audience + "/" + p)
		default:
			granted = append(granted, p)
		}
	}
	return compact(granted), nil
}

// granted is the answer's scope: what .default stood for, and what was asked for as it was
// written, for clients compare: MSAL Go takes a token for User.Read only if User.Read is among it.
func (w want) granted(scopes []string) string {
	if w.version == 1 {
		return strings.Join(scopes, " ")
	}
	var all []string
	for _, p := range scopes {
		if !slices.Contains(w.permissions, p) {
			all = append(all, w.audience+"/"+p)
		}
	}
	all = append(all, w.written...)
	for _, s := range w.openID {
		if s != "offline_access" { // shown by the refresh token alone
			all = append(all, s)
		}
	}
	return strings.Join(compact(all), " ")
}

// compact removes what is there before, and keeps the order.
func compact(all []string) []string {
	var once []string
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}
