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
	"runtime/debug"
	"sync/atomic"
	"time"

	"flowgate/entra"
	"flowgate/inspector"
	"flowgate/journal"
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
	// AllowRemote lets others than this machine use the inspector, which has no
	// password.
	AllowRemote bool
	CA          []byte // PEM, served at /_emulator/ca.pem; nil: none
	MaxBody     int64  // bytes; 0: MaxBody
}

// Server answers calls. Use New.
type Server struct {
	options   Options
	edition   atomic.Pointer[edition]
	clock     clock
	states    states
	journal   *journal.Journal
	metrics   *metrics
	entra     *entra.Service
	own       http.Handler // everything below /_emulator
	directory http.Handler // what Entra is asked
}

// New returns a server of the workspace. It does not wait for the network: key
// sets at URLs are fetched in the background until ctx is done, and /_emulator/ready
// tells when they are there.
func New(ctx context.Context, o Options) (*Server, error) {
	s := judging(o)
	s.journal = journal.New(o.Journal)
	if err := s.Reload(ctx, o.Workspace); err != nil {
		s.journal.Close()
		return nil, err
	}
	s.metrics = newMetrics(s)
	s.directory = s.guarded(s.entra)
	s.own = s.routes(inspector.Options{
		Journal: s.journal, CA: s.options.CA,
		Hosts: standsFor, AllowRemote: s.options.AllowRemote,
		Clock: s.clock.read, SetClock: s.clock.set, SetState: s.setState, Reset: s.reset,
		Workflows: s.listWorkflows, Issue: s.issueToken, Explain: s.Explain, Ready: s.ready,
		Directory: s.listDirectory, Gates: s.listGates, Refusals: s.listRefusals, Reasons: Reasons(), Metrics: s.metrics.handler(),
		Rotate:  func(grace time.Duration) error { return s.Keys().Rotate(s.options.Now(), grace) },
		Refresh: s.Refresh,
	})
	return s, nil
}

// judging returns what of a server tells what becomes of a token, once Reload has given
// it a workspace.
func judging(o Options) *Server {
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
	s := &Server{clock: clock{machine: o.Now}}
	o.Now = s.clock.now
	s.options = o
	s.entra = entra.New(entra.Options{
		Directory: func() *entra.Directory { return s.Workspace().Directory },
		Now:       o.Now, NewID: o.NewID, Logger: o.Logger,
	})
	return s
}

// Drain ends what would go on for ever, such as streams, so that a server can be shut
// down. Calls are answered still.
func (s *Server) Drain() { s.journal.Close() }

// Close stops fetching key sets and writing the journal, and ends what listens to it.
func (s *Server) Close() {
	s.journal.Close()
	s.edition.Load().verifier.Close()
}

// Workspace returns the workspace that is served now.
func (s *Server) Workspace() *workspace.Workspace { return s.edition.Load().Workspace }

// failed notes a failure of ours. Go's text stays in the log.
func (s *Server) failed(failure any, id string) {
	s.options.Logger.Error("a call failed inside the emulator; please report it",
		slog.String("failure", fmt.Sprint(failure)), slog.String("stack", string(debug.Stack())), slog.String("id", id))
}

func (s *Server) arrive(w http.ResponseWriter, r *http.Request, kind shape) *call {
	now := s.options.Now()
	c := &call{server: s, arrived: time.Now(), edition: s.judge(now), request: r, writer: w, now: now, id: s.options.NewID(),
		shape: kind, maxBody: s.options.MaxBody}
	c.query = appendQuery(c.parameters[:0], r.URL.RawQuery)
	return c
}

// decide asks for the verdict. A failure of ours is no admission: it is the zero
// verdict, answered and noted like any other.
func (s *Server) decide(c *call, verdictOf func(*call) *verdict) (v *verdict) {
	defer func() {
		if failure := recover(); failure != nil {
			s.failed(failure, c.id)
			v = (&verdict{detail: "the emulator failed; its log says where, please report it"}).
				advise("report the failure that the emulator's log has under id %s", c.id)
		}
	}()
	return verdictOf(c)
}

// finish decides, answers the caller and notes it.
func (s *Server) finish(c *call, verdictOf func(*call) *verdict) {
	v := s.decide(c, verdictOf)
	c.keepSmallBody()
	status, worded := c.answer(c.writer, v, s.options.Plain)
	p := c.pend(v, status, worded)
	s.metrics.call(p.workflowName(), p.outcome, p.reason, p.took)
	s.log(p)
	s.journal.Add(c.id, p)
}

// log writes a line about a call, with nothing in it that a caller could put a secret
// into.
func (s *Server) log(p *pending) {
	if !s.options.Logger.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	code := ""
	if p.worded != nil {
		code = p.worded.Code
	}
	// Straight to the handler: the logger would look up where in the source this is.
	line := slog.NewRecord(time.Now(), slog.LevelInfo, "call", 0)
	line.AddAttrs(slog.String("outcome", string(p.outcome)), slog.Int("status", p.status), slog.String("code", code), slog.String("reason", string(p.reason)),
		slog.String("workflow", p.workflowName()), slog.String("trigger", p.shownTrigger()), slog.String("method", shownMethod(p.method)),
		slog.String("id", p.id), slog.Float64("ms", milliseconds(p.took)))
	_ = s.options.Logger.Handler().Handle(context.Background(), line)
}

// refusedBodyTime is how long the small body of a refused call is waited for: a
// caller on this machine has sent it with the headers.
const refusedBodyTime = 20 * time.Millisecond

// keepSmallBody reads the body of a call that was refused before it was read, so
// that the journal shows it: only a small one of announced length, and only if it
// is there all but at once, for the answer waits. Go takes no body after it.
func (c *call) keepSmallBody() {
	if c.body != nil || c.request.ContentLength <= 0 || c.request.ContentLength > journal.MaxBody || c.request.Header.Get("Expect") != "" {
		return
	}
	if http.NewResponseController(c.writer).SetReadDeadline(time.Now().Add(refusedBodyTime)) != nil {
		return
	}
	body := make([]byte, c.request.ContentLength)
	n, _ := io.ReadFull(c.request.Body, body)
	c.body, c.bodyRead = body[:n], int64(n)
}

func (c *call) noRoute() *verdict {
	if no := c.checkURL(); no != nil {
		return no
	}
	return refuse(&refusedRoute, ReasonRoute, "no trigger has this path; /_emulator/api/workflows lists the URLs there are", "{uri}", requestURI(c.request)).
		advise("call a URL that GET /_emulator/api/workflows lists")
}

// unknownRoute answers every path that is nobody's: in the service's words, never
// with a page, which would look like success.
func (s *Server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	s.finish(s.arrive(w, r, shapeOfPath(r.URL.Path)), (*call).noRoute)
}
