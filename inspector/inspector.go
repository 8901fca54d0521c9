// Package inspector is everything of our own below /_emulator: health, the CA's
// certificate, the API over the journal, the workflows, the clock and the keys, and the
// pages over the same.
package inspector

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"flowgate/journal"
)

// Options is what the inspector looks at.
type Options struct {
	Journal *journal.Journal
	CA      []byte // PEM; nil: there is none
	// Workflows describes the workflows, their URLs at the origin that r called; r nil:
	// without URLs, which take longer to sign than all the rest.
	Workflows func(r *http.Request, q CallbackQuery) []Workflow
	// Issue makes a token; its errors are for the tester to read.
	Issue func(TokenRequest) (TokenAnswer, error)
	// Explain judges a token as a call with it would be; its errors are for the
	// tester to read.
	Explain func(ExplainRequest) (Explained, error)
	// Directory tells whom tokens can be made for, and Gates what stands before the
	// triggers of a workflow.
	Directory func() Directory
	Gates     func(workflow string) []Gate
	// Ready reports whether tokens can be judged, and the state of each key set.
	Ready func() (ready bool, keys any)
	// Rotate makes the offline Entra ID sign with a new key; the one before is
	// believed for the time of grace.
	Rotate func(grace time.Duration) error
	// Clock is the gate's, and SetClock moves it, stops it, or, with neither, makes it
	// the machine's.
	Clock    func() Clock
	SetClock func(offset *time.Duration, frozen *time.Time) error
	// SetState gives the workflow with a name or an id another state; see UnknownWorkflow.
	SetState func(r *http.Request, nameOrID, state string) (Workflow, error)
	// Reset makes everything as it was at the start.
	Reset func()
	// Hosts reports whether the emulator stands in for a host of the cloud, whose name
	// may thus lead here.
	Hosts func(host string) bool
	// AllowRemote lets others than this machine in.
	AllowRemote bool
	// Metrics tells Prometheus; nil: nothing is measured.
	Metrics http.Handler
	// Refresh fetches key sets and waits for them.
	Refresh func(context.Context) error
	// Refusals lists the catalogue as the workspace words it, its commands for the origin
	// that r called; r nil: without commands. A nil func: any code may be asked for.
	Refusals func(*http.Request) []Refusal
	// Reasons are those that an entry can have; nil: any may be asked for.
	Reasons []string
}

type inspector struct {
	Options
	patience time.Duration // with who does not read a stream
}

// New returns the handler of everything below /_emulator.
func New(o Options) http.Handler { return inspector{o, patience}.routes() }

func (i inspector) routes() chi.Router {
	r := chi.NewRouter()
	r.Use(i.guard)
	r.Use(headAsGet)
	r.Get("/health", i.health)
	r.Get("/ready", i.ready)
	r.Get("/ca.pem", i.ca)
	r.Get("/metrics", i.metrics)
	r.Get("/api/workflows", i.workflows)
	r.Put("/api/workflows/{name}/state", i.setState)
	r.Get("/api/requests", i.requests)
	r.Delete("/api/requests", i.clear)
	r.Get("/api/requests/wait", i.wait)
	r.Get("/api/requests/stream", i.stream)
	r.Get("/api/requests/{id}", i.request)
	r.Post("/api/tokens", i.tokens)
	r.Post("/api/explain", i.explain)
	r.Get("/api/keys", i.keys)
	r.Post("/api/keys/rotate", i.rotate)
	r.Post("/api/keys/refresh", i.refresh)
	r.Get("/api/clock", i.clock)
	r.Put("/api/clock", i.setClock)
	r.Post("/api/reset", i.reset)
	r.Get("/api/refusals", i.refusals)
	r.Get("/api/openapi.json", i.openapi)
	i.pages(r)
	r.NotFound(notFound)
	r.MethodNotAllowed(MethodNotAllowed)
	return r
}

// headAsGet lets probes ask with HEAD; net/http leaves the body out. chi's middleware
// would do, and bring the profiler along that stands beside it.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			chi.RouteContext(r.Context()).RouteMethod = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

func (i inspector) health(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]string{"status": "alive"})
}

func (i inspector) ready(w http.ResponseWriter, _ *http.Request) {
	ready, keys := i.Ready()
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
	}
	write(w, status, map[string]any{"ready": ready, "keys": keys})
}

func (i inspector) metrics(w http.ResponseWriter, r *http.Request) {
	if i.Metrics == nil {
		problem(w, http.StatusNotFound, "nothing is measured here")
		return
	}
	i.Metrics.ServeHTTP(w, r)
}

func (i inspector) ca(w http.ResponseWriter, _ *http.Request) {
	if i.CA == nil {
		problem(w, http.StatusNotFound, "no CA: the emulator does not listen on HTTPS")
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = w.Write(i.CA)
}

// problem answers an error of this API as RFC 9457 problem details.
func problem(w http.ResponseWriter, status int, detail string) {
	header(w, "application/problem+json", status)
	encode(w, map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}

func write(w http.ResponseWriter, status int, v any) {
	header(w, "application/json; charset=utf-8", status)
	encode(w, v)
}

func header(w http.ResponseWriter, kind string, status int) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
}

func encode(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // what is answered here is ours and can be written
	}
	_, _ = w.Write(journal.Printable(b.Bytes())) // a reader that has gone is nobody to tell
}
