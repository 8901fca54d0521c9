package inspector

import (
	"net/http"
)

func (i pages) refusalsPage(w http.ResponseWriter, r *http.Request) {
	if _, err := readQuery(r.URL.RawQuery); err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	i.show(w, http.StatusOK, "refusals", "Refusals", "refusals", map[string]any{"Refusals": i.Refusals(r)})
}
