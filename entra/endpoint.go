package entra

import (
	"net/http"
	"strings"
)

// endpoint is one address that Entra or a host's identity service has.
type endpoint struct {
	name   string // for the log
	method string // the one that it takes
	handle func(*exchange) (reply, *Error)
}

// belowTenant are the endpoints of an authority, by the path below it. Entra takes
// paths in any letter case.
var belowTenant map[string]endpoint

// elsewhere are the endpoints that no authority has.
var elsewhere map[string]endpoint

func init() { // not initialisers: handlers refer to endpoints again
	belowTenant = map[string]endpoint{
		"/.well-known/openid-configuration":      {"metadata v1.0", http.MethodGet, (*exchange).metadataV1},
		"/v2.0/.well-known/openid-configuration": {"metadata v2.0", http.MethodGet, (*exchange).metadataV2},
		"/discovery/keys":                        {"keys v1.0", http.MethodGet, (*exchange).keysV1},
		"/discovery/v2.0/keys":                   {"keys v2.0", http.MethodGet, (*exchange).keysV2},
		"/oauth2/token":                          {"token v1.0", http.MethodPost, (*exchange).tokenV1},
		"/oauth2/v2.0/token":                     {"token v2.0", http.MethodPost, (*exchange).tokenV2},
		"/oauth2/v2.0/authorize":                 {"authorize", http.MethodGet, (*exchange).authorize},
		"/oauth2/v2.0/devicecode":                {"device code", http.MethodPost, (*exchange).deviceCode},
		devicePage:                               {"device page", http.MethodGet, (*exchange).approve},
	}
	elsewhere = map[string]endpoint{
		"/common/discovery/instance":       {"instance discovery", http.MethodGet, (*exchange).instance},
		"/metadata/identity/oauth2/token":  {"IMDS", http.MethodGet, (*exchange).imds},
		"/metadata/identity/oauth2/token/": {"IMDS", http.MethodGet, (*exchange).imds}, // as Node's client asks
		"/msi/token":                       {"App Service identity", http.MethodGet, (*exchange).appService},
	}
}

const userRealm = "/common/userrealm/"

// Serves reports whether a path is one of the service's.
func Serves(path string) bool {
	_, _, ok := find(path)
	return ok
}

// find returns the endpoint that a path names, and the path's first segment.
func find(path string) (segment string, at endpoint, ok bool) {
	lower := strings.ToLower(path)
	if at, ok = elsewhere[lower]; ok {
		return "", at, true
	}
	if strings.HasPrefix(lower, userRealm) && len(lower) > len(userRealm) {
		return "", endpoint{"user realm", http.MethodGet, (*exchange).realm}, true
	}
	segment, _, below := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !below {
		return segment, at, false
	}
	at, ok = belowTenant[lower[strings.Index(lower[1:], "/")+1:]]
	return segment, at, ok && segment != ""
}

// answer takes the request through the endpoint.
func (at endpoint) answer(e *exchange) (reply, *Error) {
	method := e.request.Method
	if method == http.MethodHead && at.method == http.MethodGet {
		method = http.MethodGet
	}
	if method != at.method {
		return reply{}, errMethod(at.method, printable(e.request.Method))
	}
	return at.handle(e)
}

// printable keeps a method that nobody registered out of the answer's text.
func printable(method string) string {
	if len(method) > 16 {
		return method[:16]
	}
	return method
}
