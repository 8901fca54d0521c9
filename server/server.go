// Package server is what callers talk to: it stands where the HTTP-request trigger
// of Azure Logic Apps and Power Automate stands. It takes each call through the
// service's checks in the service's order, answers in the service's words, and
// notes in the journal what the answer does not say.
package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"flowgate/entra"
	"flowgate/inspector"
	"flowgate/journal"
	"flowgate/jwks"
	"flowgate/workspace"
)

// MaxBody is the largest message that the service takes: 100 MB (documented).
const MaxBody = 100 << 20

// Options configures a Server.
type Options struct {
	Workspace *workspace.Workspace
	Client    *http.Client     // fetches key sets; nil: jwks's own
	Journal   int              // entries kept
	Plain     bool             // no header of our own
	Logger    *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // the gate's clock; nil: time.Now
	NewID     func() string    // tracking ids; nil: random GUIDs
	CA        []byte           // PEM, served at /_emulator/ca.pem; nil: none
	MaxBody   int64            // bytes; 0: MaxBody
}

// Server answers calls. Use New.
type Server struct {
	options Options
	edition atomic.Pointer[edition]
	journal *journal.Journal
	entra   *entra.Service
	router  http.Handler
}

// New returns a server of the workspace. It does not wait for the network: key
// sets at URLs are fetched in the background until ctx is done, and /_emulator/ready
// tells when they are there.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = newGUID
	}
	if o.MaxBody == 0 {
		o.MaxBody = MaxBody
	}
	s := &Server{options: o, journal: journal.New(o.Journal)}
	s.entra = entra.New(entra.Options{
		Directory: func() *entra.Directory { return s.Workspace().Directory },
		Now:       o.Now, NewID: o.NewID, Logger: o.Logger,
	})
	if err := s.Reload(ctx, o.Workspace); err != nil {
		return nil, err
	}
	s.router = s.routes()
	return s, nil
}

// Reload puts ws in the place of the workspace that is served, whole: a call sees
// the old one or the new one. On an error the old one stays.
func (s *Server) Reload(ctx context.Context, ws *workspace.Workspace) error {
	old := s.edition.Load()
	if old != nil && sameTrust(old.Workspace, ws) {
		next, err := newEdition(ws, old.verifier) // the keys fetched so far stay good
		if err == nil {
			next.believed = old.believed
			s.edition.Store(next)
		}
		return err
	}
	verifier, err := jwks.Open(ctx, jwks.Options{Sources: ws.Trust, ClockSkew: ws.ClockSkew, Client: s.options.Client, Logger: s.options.Logger})
	if err != nil {
		return err
	}
	next, err := newEdition(ws, verifier)
	if err != nil {
		verifier.Close()
		return err
	}
	next.believed = &believed{}
	s.edition.Store(next)
	if old != nil {
		old.verifier.Close()
	}
	return nil
}

// sameTrust reports whether two workspaces believe the same keys.
func sameTrust(a, b *workspace.Workspace) bool {
	if a.ClockSkew != b.ClockSkew || len(a.Trust) != len(b.Trust) {
		return false
	}
	for i, x := range a.Trust {
		if y := b.Trust[i]; x.Name != y.Name || x.URL != y.URL || string(x.Static) != string(y.Static) {
			return false
		}
	}
	return true
}

// Close stops fetching key sets.
func (s *Server) Close() { s.edition.Load().verifier.Close() }

// Workspace returns the workspace that is served now.
func (s *Server) Workspace() *workspace.Workspace { return s.edition.Load().Workspace }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(s.recoverer, s.directory)
	// The method is one of the service's checks, and comes late among them: route
	// every one, also those that chi does not know.
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !ours(r.URL.Path) {
				chi.RouteContext(r.Context()).RouteMethod = http.MethodPost
			}
			next.ServeHTTP(w, r)
		})
	})
	for _, prefix := range []string{"", "/powerautomate/automations/direct", "/powerautomate/automations/direct/cu/{unit:[0-9]{1,3}}"} {
		kind := logicShape
		if prefix != "" {
			kind = flowShape
		}
		for _, version := range []string{"", "/versions/{version}"} {
			if version != "" && kind == flowShape {
				continue // only the first shape has a version-pinned form
			}
			path := prefix + "/workflows/{workflow}" + version + "/triggers/{trigger}/paths/invoke"
			r.Post(path, s.trigger(kind))
			r.Post(path+"/*", s.trigger(kind))
		}
	}
	r.NotFound(s.unknownRoute)
	r.MethodNotAllowed(inspector.MethodNotAllowed) // only below /_emulator is a method ever wrong for the router
	r.Mount("/_emulator", inspector.New(inspector.Options{
		Journal: s.journal, CA: s.options.CA,
		Workflows: s.listWorkflows, Issue: s.issueToken, Ready: s.ready,
	}))
	return r
}

// directory answers what Entra is asked. Its paths are not routes of chi: they are
// taken in any letter case, and their methods matter, as a trigger's do not. They
// are in no journal, which is for calls, and would hold secrets.
func (s *Server) directory(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if entra.Serves(r.URL.Path) {
			s.entra.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours reports whether a path is one of our own, not the service's.
func ours(path string) bool { return path == "/_emulator" || strings.HasPrefix(path, "/_emulator/") }

// trigger answers a call of the trigger that the path names.
func (s *Server) trigger(kind shape) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := s.arrive(w, r, kind)
		// chi hands out path parameters still escaped.
		var err [3]error
		c.workflowID, err[0] = unescape(chi.URLParam(r, "workflow"))
		c.trigger, err[1] = unescape(chi.URLParam(r, "trigger"))
		c.version, err[2] = unescape(chi.URLParam(r, "version"))
		c.rest = chi.URLParam(r, "*")
		for _, e := range err {
			if e != nil {
				s.finish(c, c.noRoute())
				return
			}
		}
		s.finish(c, c.invoke())
	}
}

func (s *Server) arrive(w http.ResponseWriter, r *http.Request, kind shape) *call {
	now := s.options.Now()
	return &call{edition: s.judge(now), request: r, writer: w, now: now, id: s.options.NewID(),
		shape: kind, query: r.URL.Query(), maxBody: s.options.MaxBody}
}

// finish answers the caller and notes it.
func (s *Server) finish(c *call, v *verdict) {
	c.keepSmallBody()
	status, worded := c.answer(c.writer, v, s.options.Plain)
	e := c.entry(v, status, worded, s.options.Now().Sub(c.now))
	s.journal.Add(e)
	s.options.Logger.LogAttrs(context.Background(), slog.LevelInfo, "call",
		slog.String("outcome", string(e.Outcome)), slog.Int("status", e.Status), slog.String("code", e.Code), slog.String("reason", e.Reason),
		slog.String("workflow", e.Workflow), slog.String("trigger", e.Trigger), slog.String("method", e.Method),
		slog.String("id", e.ID), slog.Float64("ms", e.DurationMS))
}

// refusedBodyTime is how long the small body of a refused call is waited for.
const refusedBodyTime = time.Second

// keepSmallBody reads the body of a call that was refused before it was read, so
// that the journal shows it: only a small one of announced length, and only if it
// is there at once. The answer does not depend on it.
func (c *call) keepSmallBody() {
	if c.body != nil || c.request.ContentLength <= 0 || c.request.ContentLength > journal.MaxBody || c.request.Header.Get("Expect") != "" {
		return
	}
	if http.NewResponseController(c.writer).SetReadDeadline(time.Now().Add(refusedBodyTime)) != nil {
		return
	}
	c.body, _ = io.ReadAll(io.LimitReader(c.request.Body, journal.MaxBody))
	c.bodyRead = int64(len(c.body))
}

func (c *call) noRoute() *verdict {
	return refuse(&refusedRoute, ReasonRoute, "no trigger has this path; /_emulator/api/workflows lists the URLs there are", "{uri}", requestURI(c.request))
}

// unknownRoute answers every path that is nobody's: in the service's words, never
// with a page, which would look like success.
func (s *Server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	kind := logicShape
	if strings.HasPrefix(r.URL.Path, "/powerautomate/") {
		kind = flowShape
	}
	c := s.arrive(w, r, kind)
	s.finish(c, c.noRoute())
}

// recoverer keeps one call's failure that call's own. Go's text stays in the log.
func (s *Server) recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wrapped := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure == http.ErrAbortHandler {
				panic(failure)
			}
			s.options.Logger.Error("a call failed inside the emulator; please report it", slog.String("failure", fmt.Sprint(failure)), slog.String("path", journal.Text(r.URL.EscapedPath())))
			if wrapped.Status() == 0 {
				wrapped.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(wrapped, r)
	})
}
