package inspector_test

import (
	"encoding/json"
	"html"
	"io"
	"maps"
	"net"
	"os/exec"
	"strings"
	"testing"

	"flowgate/journal"
)

// Whatever the page has no note about, the command sends again as it was: the journal has
// two entries that tell the same call.
func TestCommandSendsWhatWasSent(t *testing.T) {
	needs(t, "bash", "curl")
	s := openSite(t, nil)
	for _, sent := range []string{
		"POST /x/../_emulator/api/reset HTTP/1.1\r\n\r\n",
		"POST /x/./%2e%2E/[1-2]{a,b}/c%20d%23e/ HTTP/1.1\r\nAuthorization:\r\n\r\n",
		"OPTIONS //a?x=%00&x=+&y=%zz&%5B=%7B&z=to+be+continued%E2%80%A6 HTTP/1.1\r\nUser-Agent:\r\nAccept: text/plain\r\n\r\n",
		"POST * HTTP/1.1\r\nUser-Agent: it's me!\r\nX-Empty:\r\nX-Odd: a\tb; \"$c\" `d` \\\r\n\r\n",
		"PUT /a HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n=a'b!c\\\x07\xe2\x80\xae\r\nd\n\"$e\"\n",
		"PUT /a HTTP/1.1\r\nContent-Length: 8\r\n\r\n@/etc/pa",
		"PUT /a HTTP/1.1\r\nContent-Length: 4\r\n\r\n=cat",
	} {
		s.raw(strings.Replace(sent, "\r\n", "\r\nHost: "+s.Listener.Addr().String()+"\r\nConnection: close\r\n", 1))
		page := html.UnescapeString(s.get("/_emulator/calls/" + s.newest().ID))
		_, command, _ := strings.Cut(page, "curl -i")
		command, _, _ = strings.Cut("curl -i"+command, "</pre>")
		first := s.newest()
		if strings.Contains(page, `<p class="note">`) || first.Path == "" {
			t.Errorf("%q: the page has a note, or no path", sent)
		}
		if out, err := exec.Command("bash", "-c", command).CombinedOutput(); err != nil {
			t.Errorf("%q: %v %s, of\n%s", sent, err, out, command)
		}
		again := s.newest()
		for _, e := range []*journal.Entry{first, again} {
			delete(e.Headers, "Connection")
			delete(e.Headers, "Content-Length")
		}
		if again.ID == first.ID || again.Method != first.Method || again.Path != first.Path || again.Body != first.Body ||
			!maps.Equal(again.Query, first.Query) || !maps.Equal(again.Headers, first.Headers) {
			t.Errorf("%q: sent as %+v, and then %+v, by\n%s", sent, *first, *again, command)
		}
	}
}

// What no command can send, or nobody knows any more, the page has a note about.
func TestNoteOfWhatACommandDoesNotSend(t *testing.T) {
	s := openSite(t, nil)
	for sent, want := range map[string]string{
		"Content-Length: 3\r\n\r\na\x00b":                          "or has a NUL, which no command has.",
		"Content-Length: 5\r\n\r\n\ufeff{}":                        "the journal does not keep it as it was.",
		"Content-Length: 3\r\n\r\na\xffb":                          "the journal does not keep it as it was.",
		"X-A: \xff\r\n\r\n":                                        "Headers that the journal does not keep as they were sent are left out.",
		"X-A: " + strings.Repeat("a", 3<<10) + "\r\n\r\n":          "Headers that the journal does not keep as they were sent are left out.",
		strings.Repeat("X-A: a\r\n", 101) + "\r\n":                 "Headers that the journal does not keep as they were sent are left out.",
		"Authorization: Bearer x\r\n\r\n":                          "The token was not looked at, and is not kept",
		"Content-Length: 9999\r\n\r\n" + strings.Repeat("a", 9999): "it is too long for a command",
	} {
		s.raw("POST /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + sent)
		if page := s.get("/_emulator/calls/" + s.newest().ID); !strings.Contains(page, want) {
			t.Errorf("%.40q: the page does not say: %s", sent, want)
		}
	}
}

// raw sends a request byte by byte as it is, and waits for the end of the answer.
func (s site) raw(request string) {
	s.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		s.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		s.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		s.Fatal(err)
	}
}

// newest is the journal's newest entry.
func (s site) newest() *journal.Entry {
	s.Helper()
	answer, err := s.Client().Get(s.URL + "/_emulator/api/requests?limit=1")
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	var list struct{ Requests []journal.Entry }
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil || len(list.Requests) == 0 {
		s.Fatal(err, len(list.Requests))
	}
	return &list.Requests[0]
}
