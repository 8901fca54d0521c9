package inspector

import (
	_ "embed"
	"net/http"
)

// openapi is this API as an OpenAPI document. The tests hold it against the router and
// against what a running server answers.
//
//go:embed openapi.json
var openapi []byte

func (i inspector) openapi(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(openapi)
}
