package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"flowgate/entra"
	"flowgate/journal"
)

// What was not read of a body is not taken for a body that there was not.
func TestEntryTellsThatABodyWasNotRead(t *testing.T) {
	s := gate(t, Options{MaxBody: 1 << 20})
	live := httptest.NewServer(s)
	defer live.Close()
	good := "Bearer " + s.token(t, entra.Request{Resource: "https://management.azure.com/"})
	long := strings.Repeat(" ", journal.MaxBody) + "{}"
	chunked := func(text string) io.Reader { return io.MultiReader(strings.NewReader(text)) }
	for name, tc := range map[string]struct {
		authorization string
		body          io.Reader
		bytes         int64
		unread        bool
	}{
		"refused, no body":       {"", http.NoBody, 0, false},
		"refused, short":         {"", strings.NewReader("{}"), 2, false},
		"refused, long":          {"", strings.NewReader(long), 0, true},
		"refused, chunked":       {"", chunked("{}"), 0, true},
		"admitted, no body":      {good, http.NoBody, 0, false},
		"admitted, long":         {good, strings.NewReader(long), int64(len(long)), false},
		"admitted, chunked":      {good, chunked("{}"), 2, false},
		"too long, as announced": {good, strings.NewReader(strings.Repeat(" ", 1<<20+9)), 1 << 20, true},
		"too long, chunked":      {good, chunked(strings.Repeat(" ", 1<<20+9)), 1 << 20, true},
	} {
		request, err := http.NewRequest(http.MethodPost, live.URL+s.url("orders"), tc.body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if tc.authorization != "" {
			request.Header.Set("Authorization", tc.authorization)
		}
		answer, err := live.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if e := s.newest(); e.BodyBytes != tc.bytes || e.BodyUnread != tc.unread {
			t.Errorf("%s: %d bytes, unread %v", name, e.BodyBytes, e.BodyUnread)
		}
	}
}
