package jwks

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRedactedURL(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"https://keys.example": "https://keys.example",
		"HTTPS://Keys.Example:8443/a%20b/@c/keys":      "HTTPS://Keys.Example:8443/a%20b/@c/keys",
		"https://keys.example/keys?sv=1&sig=hunter8":   "https://keys.example/keys?sv=…&sig=…",
		"https://keys.example/keys?sig=hunter8#":       "https://keys.example/keys?sig=…",
		"https://keys.example/?sig=hunter8%3D&&x=":     "https://keys.example/?sig=…&…&…",
		"https://keys.example/?sig=a=hunter8;b?hunter": "https://keys.example/?sig=…",
		"https://keys.example/?hunter8":                "https://keys.example/?…",
		"https://keys.example/?hunter8==":              "https://keys.example/?…",
		"https://keys.example/?sig%3Dhunter8=x":        "https://keys.example/?…",
		"https://u:hunter8@keys.example/k?sig=hunter8": "https://…@keys.example/k?sig=…",
		"https://u:hun@ter8@keys.example/k":            "https://…@keys.example/k",
		"https://hunter8@keys.example":                 "https://…@keys.example",
		"https://u:hunter8#@keys.example/k":            "…",
		"https://u:1#hunter8@keys.example/k":           "…",
		"https://u:hunter8/@keys.example/k":            "…",
		"https://keys.example/k#sig=hunter8":           "…",
		"https:///u:hunter8@keys.example/k":            "…",
		"u:hunter8@keys.example/?to=https://a":         "…",
		"https://%zz?sig=hunter8":                      "…",
		"file:///keys.json":                            "file:///keys.json",
	} {
		if got := RedactedURL(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

// What a URL is refused for is told without what it holds.
func TestRefusedURLIsNotRepeated(t *testing.T) {
	for _, text := range []string{"https://u:hunter8@keys.example/k", "http://keys.example/k?sig=hunter8", "https://keys.example/k#hunter8", "https://%zz?hunter8"} {
		s := Source{Name: "s", URL: text}
		if err := s.Check(); err == nil || strings.Contains(err.Error(), "hunter8") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The server is asked with the whole URL, and nobody who reads of it sees the values of the query:
// not of a fetch that succeeded, nor of any that failed.
func TestURLOfAFetchIsShownWithoutItsSecret(t *testing.T) {
	var status atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "sv=1&sig=hunter8é\"" {
			t.Errorf("asked with %q", r.URL.RawQuery)
		}
		switch code := int(status.Load()); code {
		case 0: // a broken answer
			panic(http.ErrAbortHandler)
		case http.StatusAccepted: // a page
			_, _ = w.Write([]byte("<html>"))
		case http.StatusPartialContent: // less than is promised
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		case http.StatusFound:
			http.Redirect(w, r, "/elsewhere", code)
		default:
			w.WriteHeader(code)
			_, _ = w.Write(document(jwk(trusted(), "A", "")))
		}
	})
	secret := server.URL + "/keys.json?sv=1&sig=hunter8é\""
	shown := server.URL + "/keys.json?sv=…&sig=…"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	v := openWith(t, Options{Client: server.Client(), Logger: logger, Sources: []Source{{Name: "blob", URL: secret}}})
	var said strings.Builder
	for _, code := range []int32{0, http.StatusAccepted, http.StatusPartialContent, http.StatusFound, http.StatusForbidden, http.StatusOK} {
		status.Store(code)
		err := v.Refresh(t.Context())
		if (err == nil) != (code == http.StatusOK) || err != nil && !strings.Contains(err.Error(), shown) {
			t.Errorf("%d: %v", code, err)
		}
		_, unknown := v.Verify(sign(trusted(), `{"alg":"RS256","kid":"C"}`, payload("")), now)
		fmt.Fprintf(&said, "%v\n%v\n%+v\n", err, unknown, v.Status())
	}
	v.Close() // so that nobody writes to the log any more
	said.WriteString(log.String())
	if got := v.Status()[0].URL; got != shown {
		t.Errorf("the status has the URL %s", got)
	}
	if strings.Contains(said.String(), "hunter8") || strings.Count(log.String(), "url="+fmt.Sprintf("%q", shown)) < 6 {
		t.Error(said.String())
	}
}
