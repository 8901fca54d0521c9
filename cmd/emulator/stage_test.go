package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flowgate/entra"
	"flowgate/journal"
	"flowgate/server"
	"flowgate/workspace"
)

// serve [-plain] [-remote] [-journal N] [-maxbody N] [FOLDER] starts the emulator on a workspace, or on
// the embedded one. For every workflow W, $W is its URL for a call with a token,
// path and query, and $W_path the path alone. "! serve FOLDER" wants the workspace
// refused, and writes what is wrong with it to the file problems.
func stageServe(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	o := server.Options{Journal: 100, Now: s.clock, NewID: s.newID}
	folder := ""
	for len(args) > 0 {
		switch args[0] {
		case "-plain":
			o.Plain = true
		case "-remote":
			o.AllowRemote = true
		case "-journal":
			_, err := fmt.Sscan(args[1], &o.Journal)
			ts.Check(err)
			args = args[1:]
		case "-maxbody":
			_, err := fmt.Sscan(args[1], &o.MaxBody)
			ts.Check(err)
			args = args[1:]
		default:
			folder = args[0]
		}
		args = args[1:]
	}
	ws, failed := stageLoad(ts, folder)
	if failed != neg {
		ts.Fatalf("the workspace loads: %v\n%s", !failed, ts.ReadFile("problems"))
	}
	if neg {
		return
	}
	o.Workspace = ws
	ctx, cancel := context.WithCancel(context.Background())
	gate, err := server.New(ctx, o)
	ts.Check(err)
	h := httptest.NewServer(gate)
	s.gate, s.server = gate, h
	ts.Defer(func() { h.Close(); gate.Close(); cancel() }) // its own: a scenario may serve twice
	ts.Setenv("URL", s.server.URL)
	stageURLs(ts, s)
}

func stageLoad(ts *testscript.TestScript, folder string) (ws *workspace.Workspace, failed bool) {
	dir := ""
	if folder != "" {
		dir = ts.MkAbs(folder)
	}
	ws, _, problems := readWorkspace(dir)
	text := strings.ReplaceAll(problems.Error(), filepath.ToSlash(dir)+"/", "")
	ts.Check(os.WriteFile(ts.MkAbs("problems"), []byte(text+"\n"), 0o600))
	return ws, ws == nil
}

func stageURLs(ts *testscript.TestScript, s *stage) {
	for _, w := range s.gate.Workspace().Workflows {
		bare, _ := server.URLs("", w, w.Triggers[0].Name)
		path, _, _ := strings.Cut(bare, "?")
		name := strings.NewReplacer("-", "_", " ", "_").Replace(w.Name)
		ts.Setenv(name, bare)
		ts.Setenv(name+"_path", path)
	}
}

// reload [FOLDER] loads the workspace again, as --watch does when a file changes.
func stageReload(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	s.started(ts)
	ws, failed := stageLoad(ts, args[0])
	if failed != neg {
		ts.Fatalf("the workspace loads: %v\n%s", !failed, ts.ReadFile("problems"))
	}
	if !failed {
		ts.Check(s.gate.Reload(context.Background(), ws))
		stageURLs(ts, s)
	}
}

// clock TIME | +DURATION sets the gate's clock, or moves it.
func stageClock(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err := time.ParseDuration(args[0]); err == nil {
		s.now = s.now.Add(d)
		return
	}
	now, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	s.now = now
}

// token NAME [tenant=T] [app=A] [user=U] [bad=B] resource=R|scope=S [CLAIM=text|CLAIM:=json]…
// sets $NAME to a token issued at the scenario's time. A bad one needs no resource.
func stageToken(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	r := entra.Request{Now: s.clock()}
	issue := (*entra.Directory).Issue
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "tenant":
			r.Tenant = value
		case "app":
			r.Application = value
		case "user":
			r.User = value
		case "resource":
			r.Resource = value
		case "scope":
			r.Scope = value
		case "bad":
			b, err := entra.FindBadToken(value)
			ts.Check(err)
			issue = b.Issue
		default:
			o, err := entra.ParseOverride(arg)
			ts.Check(err)
			r.Claims = append(r.Claims, o)
		}
	}
	token, err := issue(s.gate.Workspace().Directory, r)
	ts.Check(err)
	ts.Setenv(args[0], token)
}

// callback NAME WORKFLOW TRIGGER [QUERY] sets $NAME to the trigger's callback URL,
// path and query, as the API lists it, and $NAME_query to its query alone. QUERY is
// keyType=Secondary, notAfter=TIME, or both.
func stageCallback(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	query := strings.Join(args[3:], "&")
	var list []struct {
		Name     string
		Triggers []struct {
			Name        string
			CallbackURL struct{ Value string }
		}
	}
	ts.Check(json.Unmarshal(s.get(ts, "/_emulator/api/workflows?"+query), &list))
	for _, w := range list {
		for _, t := range w.Triggers {
			if w.Name == args[1] && t.Name == args[2] {
				url := strings.TrimPrefix(t.CallbackURL.Value, s.server.URL)
				ts.Setenv(args[0], url)
				_, q, _ := strings.Cut(url, "?")
				ts.Setenv(args[0]+"_query", q)
				return
			}
		}
	}
	ts.Fatalf("no workflow %s with trigger %s", args[1], args[2])
}

func (s *stage) get(ts *testscript.TestScript, path string) []byte {
	response, err := http.Get(s.server.URL + path)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	return body
}

// call METHOD PATH [Header: value]… [@FILE | =TEXT] calls the emulator. It writes
// the file answer, status and body to the byte with one newline added, and the file
// headers, sorted, without Date. The run's id reads {run} in both, a second one
// {run 2}, so that it shows which are the same.
func stageCall(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	s.runs = nil
	var body io.Reader
	header := http.Header{}
	for _, arg := range args[2:] {
		name, value, isHeader := strings.Cut(arg, ": ")
		switch {
		case strings.HasPrefix(arg, "@"):
			body = strings.NewReader(strings.TrimSuffix(ts.ReadFile(arg[1:]), "\n"))
		case strings.HasPrefix(arg, "="):
			body = strings.NewReader(arg[1:])
		case isHeader:
			header[http.CanonicalHeaderKey(name)] = append(header[http.CanonicalHeaderKey(name)], value)
		default:
			ts.Fatalf("%q is neither Header: value, @FILE nor =TEXT", arg)
		}
	}
	request, err := http.NewRequest(args[0], s.server.URL+args[1], body)
	ts.Check(err)
	request.Header = header
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("answer"), fmt.Appendf(nil, "%d\n%s\n", response.StatusCode, s.stable(answer)), 0o600))
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		if name != "Date" {
			lines = append(lines, strings.ToLower(name)+": "+string(s.stable([]byte(strings.Join(response.Header[name], ", ")))))
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("headers"), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	s.note(ts)
}

var runIDs = regexp.MustCompile(`\b[0-9]{29}CU[0-9]{2}\b`)

// stable replaces what differs from run to run: run ids and the server's port.
func (s *stage) stable(b []byte) []byte {
	b = runIDs.ReplaceAllFunc(b, func(id []byte) []byte {
		i := slices.Index(s.runs, string(id))
		if i < 0 {
			i = len(s.runs)
			s.runs = append(s.runs, string(id))
		}
		if i == 0 {
			return []byte("{run}")
		}
		return fmt.Appendf(nil, "{run %d}", i+1)
	})
	return bytes.ReplaceAll(b, []byte(strings.TrimPrefix(s.server.URL, "http://")), []byte("{host}"))
}

func (s *stage) newest(ts *testscript.TestScript) *journal.Entry {
	var list struct {
		Requests []struct {
			journal.Entry
			Decision *decisionText `json:"decision"`
		}
	}
	dec := json.NewDecoder(bytes.NewReader(s.get(ts, "/_emulator/api/requests?limit=1")))
	dec.UseNumber() // a claim may be a number that no float64 holds
	ts.Check(dec.Decode(&list))
	if len(list.Requests) == 0 {
		return nil
	}
	e := list.Requests[0].Entry
	e.Decision = list.Requests[0].Decision
	return &e
}

func (s *stage) note(ts *testscript.TestScript) {
	e := s.newest(ts)
	if e == nil {
		return
	}
	if e.Fix == "" && (e.Outcome == journal.Refused || e.Refusal != 0) {
		ts.Fatalf("the call was refused for %s, and the journal does not say what to change", e.Reason)
	}
	if !slices.Contains(server.Reasons(), e.Reason) {
		ts.Fatalf("the reason %q is not of the closed set", e.Reason)
	}
	if (e.Cause == "") == (e.Reason == string(server.ReasonClaims)) {
		ts.Fatalf("the call ended for %s, and the journal names the cause %q", e.Reason, e.Cause)
	}
	s.seen.mu.Lock()
	s.seen.numbers[e.Refusal] = true
	s.seen.mu.Unlock()
}

// decisionText is a decision as the journal's JSON has it.
type decisionText struct {
	Admitted bool
	By       string
	Policies []struct {
		Name    string
		Matched bool
		Claims  []struct {
			Name, Wanted     string
			Got              json.RawMessage
			Present, Matched bool
		}
	}
}

// journal writes the newest entry to the file journal: one line for outcome,
// status, code and reason, one for the detail, one for each claim of each policy.
func stageJournal(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	e := s.newest(ts)
	if e == nil {
		ts.Fatalf("the journal is empty")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s\n", e.Outcome, e.Status, strings.Join(strings.Fields(e.Code+" "+e.Reason), " "))
	if e.Detail != "" {
		fmt.Fprintf(&b, "%s\n", s.stable([]byte(e.Detail)))
	}
	if d := e.Decision.(*decisionText); d != nil {
		for _, p := range d.Policies {
			for _, c := range p.Claims {
				var got bytes.Buffer
				ts.Check(json.Compact(&got, c.Got))
				switch {
				case c.Matched:
					fmt.Fprintf(&b, "%s: %s matches %q\n", p.Name, c.Name, c.Wanted)
				case !c.Present:
					fmt.Fprintf(&b, "%s: %s wanted %q, absent\n", p.Name, c.Name, c.Wanted)
				default:
					fmt.Fprintf(&b, "%s: %s wanted %q, got %s\n", p.Name, c.Name, c.Wanted, &got)
				}
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("journal"), []byte(b.String()), 0o600))
}

// api METHOD PATH calls the API below /_emulator and writes status and body to the
// file answer.
func stageAPI(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	request, err := http.NewRequest(args[0], s.server.URL+"/_emulator"+args[1], nil)
	ts.Check(err)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("answer"), fmt.Appendf(nil, "%d\n%s", response.StatusCode, s.stable(body)), 0o600))
}
