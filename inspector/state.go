package inspector

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

const (
	maxStateRequest = 4 << 10
	maxNames        = 20 // workflows that an error names
)

// UnknownWorkflow says that no workflow has a name or an id, and which there are.
type UnknownWorkflow struct {
	Name  string
	Names []string
}

func (e *UnknownWorkflow) Error() string {
	names := strings.Join(e.Names[:min(len(e.Names), maxNames)], ", ")
	if more := len(e.Names) - maxNames; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("no workflow has the name or the id %s; there are: %s", quoted(e.Name), names)
}

// setState switches a workflow: {"state":"Disabled"}.
func (i inspector) setState(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	name, err := url.PathUnescape(chi.URLParam(r, "name"))
	if err != nil {
		problem(w, http.StatusBadRequest, fmt.Sprintf("the workflow's name %s is not percent-escaped as it has to be; write a percent sign as %%25", quoted(chi.URLParam(r, "name"))))
		return
	}
	body, ok := readBody(w, r, maxStateRequest)
	if !ok {
		return
	}
	state, err := readState(body)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	described, err := i.SetState(r, name, state)
	unknown := (*UnknownWorkflow)(nil)
	switch {
	case errors.As(err, &unknown):
		problem(w, http.StatusNotFound, err.Error())
	case err != nil:
		problem(w, http.StatusBadRequest, err.Error())
	default:
		write(w, http.StatusOK, described)
	}
}

func readState(body []byte) (string, error) {
	given, err := readBodyObject(body, `{"state":"Disabled"}`)
	if err != nil {
		return "", err
	}
	written, ok := given["state"]
	if !ok || len(given) > 1 {
		return "", errors.New(`the body has to be an object with state alone, such as {"state":"Disabled"}`)
	}
	return readText("state", written, "Disabled")
}
