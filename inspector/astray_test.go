package inspector

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// Who takes a method that an address does not have is told those that it has
// (RFC 9110, section 15.5.6).
func TestWrongMethodsAreToldTheRightOnes(t *testing.T) {
	for _, tc := range []struct{ method, path, allow string }{
		{"POST", "/health", "GET, HEAD"},
		{"OPTIONS", "/api/keys", "GET, HEAD"},
		{"PATCH", "/api/requests", "GET, HEAD, DELETE"},
		{"POST", "/api/requests/wait", "GET, HEAD"},
		{"DELETE", "/api/requests/1", "GET, HEAD"},
		{"POST", "/api/clock", "GET, HEAD, PUT"},
		{"GET", "/api/workflows/a%2Fb/state", "PUT"},
		{"HEAD", "/api/tokens", "POST"},
		{"GET", "/api/explain", "POST"},
		{"DELETE", "/explain", "GET, HEAD, POST"},
		{"PUT", "/", "GET, HEAD"},
		{"BREW", "/api/reset", "POST"},
	} {
		r := httptest.NewRequest(tc.method, tc.path, nil)
		r.RemoteAddr, r.Host = "127.0.0.1:50000", "localhost"
		w := httptest.NewRecorder()
		New(Options{}).ServeHTTP(w, r)
		if got := w.Header().Get("Allow"); w.Code != 405 || got != tc.allow || !strings.Contains(w.Body.String(), "; use "+oneOf(strings.Split(tc.allow, ", "))) {
			t.Errorf("%s %s: %d, Allow %q, want %q\n%s", tc.method, tc.path, w.Code, got, tc.allow, w.Body)
		}
	}
}
