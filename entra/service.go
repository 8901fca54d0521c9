package entra

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"flowgate/pattern"
)

// Options configures a Service. All but Logger must be given.
type Options struct {
	Directory func() *Directory // the one served now: a reload swaps it
	Now       func() time.Time
	NewID     func() string // trace ids
	Logger    *slog.Logger  // nil: nothing is logged
}

// Service answers what Entra's endpoints and the managed-identity endpoints of
// Azure's hosts are asked over HTTP. It is for tests: no real secret belongs in it.
type Service struct {
	options   Options
	keys      *Keys
	documents documents

	used     *store[[32]byte] // client assertions: the hash of each, by its id
	sessions *store[session]  // by refresh token
	codes    *store[code]
	devices  *store[device] // by device code
	byUser   *store[string] // device codes, by user code

	largeForms chan struct{} // one for each that is being read
}

// New returns a service that signs with the public key.
func New(o Options) *Service {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{options: o, keys: &Keys{}, used: newStore[[32]byte](maxUsed), sessions: newStore[session](maxSessions),
		codes: newStore[code](maxCodes), devices: newStore[device](maxDevices), byUser: newStore[string](maxDevices),
		largeForms: make(chan struct{}, maxLargeForms)}
}

// Keys returns the keys that the service signs with, for rotating them and for a
// gate that believes them.
func (s *Service) Keys() *Keys { return s.keys }

// Reset forgets every sign-in, code and assertion, and returns to the public key.
func (s *Service) Reset() {
	s.keys.Reset()
	s.used.clear()
	s.sessions.clear()
	s.codes.clear()
	s.devices.clear()
	s.byUser.clear()
}

// Issue is the directory's Issue, signed with the key of now instead of the public one.
func (s *Service) Issue(r Request) (string, error) {
	t, err := s.options.Directory().token(r)
	if err != nil {
		return "", err
	}
	t.key = s.keys.signer()
	return t.sign()
}

// exchange is one request and what its answer is made from.
type exchange struct {
	*Service
	directory   *Directory
	request     *http.Request
	now         time.Time
	origin      string // scheme and host that the caller used
	segment     string // the first of the path: which authority
	trace       string
	correlation string
}

// reply is an answer before it is written. The zero value is no answer.
type reply struct {
	status int
	kind   string      // Content-Type; JSON when empty
	header http.Header // beyond what every answer has
	public bool        // for everybody: may be kept for a day, and read by pages of any origin
	body   []byte
}

// ServeHTTP answers one request of a path that Serves is true of. It is the only
// place that writes.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		// Writers without deadlines, as in tests, are bounded by their maker.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTime))
	}
	e, at := s.arrive(r)
	answer, err := at.answer(e)
	outcome := "answered"
	if err != nil {
		outcome, answer = err.Error(), e.refusal(err)
	}
	if answer.status == http.StatusMethodNotAllowed {
		answer.header = http.Header{"Allow": {at.method}}
	}
	e.write(w, answer)
	// Which endpoint and which error, and nothing that was sent: forms hold secrets.
	s.options.Logger.LogAttrs(context.Background(), slog.LevelInfo, "entra",
		slog.String("endpoint", at.name), slog.Int("status", answer.status), slog.String("outcome", outcome), slog.String("id", e.trace))
}

// write writes an answer. Tokens and errors are nobody's to keep; only public
// documents say otherwise.
func (e *exchange) write(w http.ResponseWriter, answer reply) {
	h := w.Header()
	h["Cache-Control"] = []string{"no-store, no-cache"}
	h["Pragma"] = []string{"no-cache"}
	h["Expires"] = []string{"-1"}
	if answer.public {
		h["Cache-Control"] = []string{"max-age=86400, private"}
		h["Access-Control-Allow-Origin"] = []string{"*"}
		h["Access-Control-Allow-Methods"] = []string{"GET, OPTIONS"}
		delete(h, "Pragma")
		delete(h, "Expires")
	}
	for name, values := range answer.header {
		h[name] = values
	}
	h["Content-Type"] = []string{cmp.Or(answer.kind, "application/json; charset=utf-8")}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["x-ms-request-id"] = []string{e.trace} // lower case, as Entra writes it: Header.Set would change it
	if e.request.Header.Get("return-client-request-id") == "true" {
		h["client-request-id"] = []string{e.correlation}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(answer.body))}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // a caller that has gone is nobody to tell
}

func (s *Service) arrive(r *http.Request) (*exchange, endpoint) {
	segment, at, _ := find(r.URL.Path)
	e := &exchange{Service: s, directory: s.options.Directory(), request: r, now: s.options.Now(), segment: segment, trace: s.options.NewID()}
	e.origin = "http://" + r.Host
	if r.TLS != nil {
		e.origin = "https://" + r.Host
	}
	e.correlation = e.requestID()
	return e, at
}

// requestID is the caller's id for the request, in a header or, as msal-node sends
// it, in the query. Anything but a GUID is not echoed.
func (e *exchange) requestID() string {
	id := e.request.Header.Get("client-request-id")
	if id == "" && e.request.URL.RawQuery != "" {
		id = e.request.URL.Query().Get("client-request-id")
	}
	if pattern.IsGUID(id) {
		return id
	}
	return e.options.NewID()
}

// refusal is the answer of an error.
func (e *exchange) refusal(err *Error) reply {
	err.stamp(e.now, e.trace, e.correlation, e.directory.Cloud.LoginHost())
	return asJSON(err.status(), err)
}

// asJSON encodes v as Entra does: compact, and <, > and & as they are.
func asJSON(status int, v any) reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // strings and numbers always encode
	}
	return reply{status: status, body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
}
