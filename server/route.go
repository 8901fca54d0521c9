package server

import (
	"net/http"
	"net/url"
	"strings"

	"flowgate/entra"
	"flowgate/inspector"

	"github.com/go-chi/chi/v5"
)

// ServeHTTP answers one request. Calls of triggers come first and go past the router:
// the method is one of the service's checks, and comes late among them, so that the
// path alone says what a call is. Entra's paths are taken in any letter case; they are
// in no journal, which is for calls, and would hold secrets.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath() // so that its parts are unescaped once, after it is cut
	if at, ok := parseTrigger(path); ok {
		s.call(w, r, at)
		return
	}
	switch {
	case entra.Serves(r.URL.Path):
		s.directory.ServeHTTP(w, r)
	case path == "/favicon.ico":
		// A browser that shows an answer of ours asks for it: it is nobody's call.
		http.NotFound(w, r)
	case path == ours || strings.HasPrefix(path, ours+"/"):
		s.own.ServeHTTP(w, r)
	default:
		s.unknownRoute(w, r)
	}
}

// ours is where everything of our own is.
const ours = "/_emulator"

// routes returns the handler of everything of our own.
func (s *Server) routes(o inspector.Options) http.Handler {
	r := chi.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// Always the escaped path: chi takes the decoded one where Go finds that
			// the two differ in nothing.
			chi.RouteContext(r.Context()).RoutePath = r.URL.EscapedPath()
			next.ServeHTTP(w, r)
		})
	})
	r.MethodNotAllowed(inspector.MethodNotAllowed)
	r.Mount(ours, inspector.New(o))
	return s.guarded(r)
}

// triggerPath is what a path says of a trigger, each part still escaped.
type triggerPath struct {
	shape                              shape
	workflow, version, trigger, invoke string // invoke is what follows /paths/invoke/
}

// parseTrigger takes a trigger's path apart:
//
//	/workflows/{id}[/versions/{v}]/triggers/{t}/paths/invoke[/…]
//	/powerautomate/automations/direct/[cu/{nn}/]workflows/{id}/triggers/{t}/paths/invoke[/…]
func parseTrigger(path string) (t triggerPath, ok bool) {
	rest, isFlow := strings.CutPrefix(path, "/powerautomate/automations/direct")
	if isFlow {
		t.shape = flowShape
		if unit, found := strings.CutPrefix(rest, "/cu/"); found {
			end := strings.IndexByte(unit, '/')
			if end < 1 || end > 3 || strings.Trim(unit[:end], "0123456789") != "" {
				return t, false
			}
			rest = unit[end:]
		}
	}
	if t.workflow, rest, ok = cutSegment(rest, "/workflows/"); !ok {
		return t, false
	}
	if version, after, found := cutSegment(rest, "/versions/"); found && !isFlow {
		t.version, rest = version, after
	}
	if t.trigger, rest, ok = cutSegment(rest, "/triggers/"); !ok {
		return t, false
	}
	if rest, ok = strings.CutPrefix(rest, "/paths/invoke"); !ok {
		return t, false
	}
	t.invoke, ok = strings.CutPrefix(rest, "/")
	return t, ok || rest == ""
}

// cutSegment cuts the segment after prefix off a path.
func cutSegment(path, prefix string) (segment, rest string, ok bool) {
	after, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return "", path, false
	}
	end := strings.IndexByte(after, '/')
	if end < 0 {
		end = len(after)
	}
	return after[:end], after[end:], end > 0
}

// call answers a call of the trigger that the path names.
func (s *Server) call(w http.ResponseWriter, r *http.Request, at triggerPath) {
	c := s.arrive(w, r, at.shape)
	c.rest = at.invoke
	for _, part := range [...]struct {
		to      *string
		escaped string
	}{{&c.workflowID, at.workflow}, {&c.version, at.version}, {&c.trigger, at.trigger}} {
		unescaped, err := url.PathUnescape(part.escaped)
		if err != nil {
			s.finish(c, (*call).noRoute)
			return
		}
		*part.to = unescaped
	}
	s.finish(c, (*call).invoke)
}
