package inspector

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// bodyTime is how long a body of this API may take.
const bodyTime = 30 * time.Second

// readBody reads a body of at most limit bytes. It answers what is wrong itself.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	// Writers without deadlines, as in tests, are bounded by their maker.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		problem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", limit))
		return nil, false
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "the body ended early")
		return nil, false
	}
	return body, true
}
