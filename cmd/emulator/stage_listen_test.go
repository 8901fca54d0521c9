package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// listener is a stream that a scenario listens to, and what it has sent.
type listener struct {
	events chan string
	failed chan error
}

// listenTime is how long something is waited for that has to come.
const listenTime = 30 * time.Second

// listen NAME PATH [Header: value]… opens a stream of the API below /_emulator, and
// goes on when it is open.
func stageListen(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	request, err := http.NewRequest(http.MethodGet, s.server.URL+"/_emulator"+args[1], nil)
	ts.Check(err)
	for _, arg := range args[2:] {
		name, value, _ := strings.Cut(arg, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	ts.Defer(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		ts.Fatalf("%s %s", response.Status, kind)
	}
	l := &listener{events: make(chan string, 100), failed: make(chan error, 1)}
	if s.listeners == nil {
		s.listeners = map[string]*listener{}
	}
	s.listeners[args[0]] = l
	go l.read(response.Body)
}

// read takes events apart as RFC-abiding readers do: one to a block of lines.
func (l *listener) read(body io.Reader) {
	var name, id, data string
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if lines.Text() == "" && name != "" {
				l.events <- show(name, id, data)
				name, id, data = "", "", ""
			}
		}
	}
	l.failed <- fmt.Errorf("the stream ended: %v", lines.Err())
}

// show is an event on one line: of a call what matters, of others all.
func show(name, id, data string) string {
	if name != "request" {
		return strings.TrimSpace(name + " " + id + data)
	}
	var e struct{ ID, Workflow, Code string }
	if err := json.Unmarshal([]byte(data), &e); err != nil || e.ID != id {
		return fmt.Sprintf("%s %s: %v in %s", name, id, err, data)
	}
	return strings.Join([]string{name, id, e.Workflow, e.Code}, " ")
}

// heard NAME COUNT waits for so many events of a stream and writes them to the file
// answer.
func stageHeard(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	l := stageOf(ts).listeners[args[0]]
	if l == nil {
		ts.Fatalf("nobody listens as %s", args[0])
	}
	var count int
	_, err := fmt.Sscan(args[1], &count)
	ts.Check(err)
	var b strings.Builder
	for range count {
		select {
		case event := <-l.events:
			fmt.Fprintln(&b, event)
		case err := <-l.failed:
			ts.Fatalf("%v; before:\n%s", err, &b)
		case <-time.After(listenTime):
			ts.Fatalf("no more events come; before:\n%s", &b)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("answer"), []byte(b.String()), 0o600))
}

// waiting NAME PATH calls the API below /_emulator in the background.
func stageWaiting(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	answer := make(chan string, 1)
	if s.waiting == nil {
		s.waiting = map[string]chan string{}
	}
	s.waiting[args[0]] = answer
	go func() {
		response, err := http.Get(s.server.URL + "/_emulator" + args[1])
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			answer <- err.Error()
			return
		}
		answer <- fmt.Sprintf("%d\n%s", response.StatusCode, body)
	}()
}

// waited NAME waits for the answer of a call in the background and writes it to the
// file answer.
func stageWaited(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	select {
	case answer := <-s.waiting[args[0]]:
		ts.Check(os.WriteFile(ts.MkAbs("answer"), s.stable([]byte(answer)), 0o600))
	case <-time.After(listenTime):
		ts.Fatalf("no answer comes")
	}
}
