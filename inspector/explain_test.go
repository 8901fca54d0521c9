package inspector

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A body far larger than anything that is pasted is not read.
func TestExplainBoundsItsBody(t *testing.T) {
	h := New(Options{Explain: func(ExplainRequest) (Explained, error) {
		t.Error("it is read")
		return Explained{}, nil
	}})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/api/explain", strings.NewReader(`{"token":"`+strings.Repeat("x", maxExplainRequest)+`"}`))
	r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1"
	h.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "the body has more than 524288 bytes") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func FuzzReadExplainRequest(f *testing.F) {
	f.Add([]byte(`{"workflow":"orders","trigger":"manual","token":"a.b.c"}`))
	f.Add([]byte(`{"token":null}`))
	f.Add([]byte(`{"Token":"x","token":"y"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := readExplainRequest(body); err == nil && len(r.Workflow)+len(r.Trigger)+len(r.Token) > 3*len(body) {
			t.Errorf("%q: %+v", body, r) // invalid UTF-8 triples, nothing more
		}
	})
}
