package inspector

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// maxShown bounds what an error repeats of a request, in bytes.
const maxShown = 200

// notFound answers an address that is none of ours.
func notFound(w http.ResponseWriter, r *http.Request) {
	problem(w, http.StatusNotFound, fmt.Sprintf("no address %s; GET /_emulator/api/openapi.json lists those of the API, and /_emulator/ is the page",
		quoted(r.URL.EscapedPath())))
}

// MethodNotAllowed answers a method that an address of ours does not take, and tells
// which it takes. A method that nobody knows comes here whatever the address.
func MethodNotAllowed(w http.ResponseWriter, r *http.Request) {
	allowed := methods(r)
	if len(allowed) == 0 {
		notFound(w, r)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	problem(w, http.StatusMethodNotAllowed, fmt.Sprintf("this address does not take %s; use %s",
		quoted(r.Method), oneOf(allowed)))
}

// methods lists those that the address of r takes. chi knows them when it finds that a
// method is none of them, and keeps them to itself: it is asked for each.
func methods(r *http.Request) []string {
	routes := chi.RouteContext(r.Context()).Routes // of the outermost router, whose path is the whole
	var taken []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if !routes.Match(chi.NewRouteContext(), method, r.URL.EscapedPath()) {
			continue
		}
		taken = append(taken, method)
		if method == http.MethodGet {
			taken = append(taken, http.MethodHead) // see headAsGet
		}
	}
	return taken
}

// oneOf lists words of which one may be chosen.
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// quoted quotes what an error repeats of a request.
func quoted(s string) string { return strconv.Quote(firstBytes(s)) }

// firstBytes cuts a text that may be as long as a request.
func firstBytes(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return s[:maxShown] + "…"
}
