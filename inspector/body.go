package inspector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

// readBody reads a body of at most limit bytes. It answers what is wrong itself.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		problem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes; send no more", limit))
		return nil, false
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "the body ended early; send as many bytes as its Content-Length says")
		return nil, false
	}
	return body, true
}

// maxNothing bounds the body of a request that asks for nothing in it.
const maxNothing = 4 << 10

// nothing refuses a query, and a body with a member: who sends one expects it to matter,
// and everything would be done regardless. It answers what is wrong itself.
func nothing(w http.ResponseWriter, r *http.Request) bool {
	_, ok := question(w, r, maxNothing, func(body []byte) (struct{}, error) {
		if len(bytes.TrimSpace(body)) == 0 {
			return struct{}{}, nil
		}
		given, err := readBodyObject(body, "{}, or nothing")
		if names := slices.Sorted(maps.Keys(given)); len(names) > 0 {
			return struct{}{}, fmt.Errorf("member %s is unknown; this address takes none", quoted(names[0]))
		}
		return struct{}{}, err
	})
	return ok
}

// question reads what is asked in a body of at most limit bytes, of an address that takes no
// query. It answers what is wrong itself.
func question[Q any](w http.ResponseWriter, r *http.Request, limit int64, read func([]byte) (Q, error)) (q Q, ok bool) {
	if !known(w, r) {
		return q, false
	}
	body, ok := readBody(w, r, limit)
	if !ok {
		return q, false
	}
	q, err := read(body)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return q, false
	}
	return q, true
}
