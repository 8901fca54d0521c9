package inspector

import "net/http"

// reset makes everything that was changed since the start as it was then.
func (i inspector) reset(w http.ResponseWriter, r *http.Request) {
	if !nothing(w, r) {
		return
	}
	i.Reset()
	w.WriteHeader(http.StatusNoContent)
}
