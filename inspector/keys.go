package inspector

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	maxRotateRequest = 4 << 10
	// defaultGrace is how long the old key is believed when the request does not
	// say: about as long as a token of its lives.
	defaultGrace = time.Hour
	maxGrace     = 30 * 24 * time.Hour
)

func (i inspector) keys(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	ready, keys := i.Ready()
	write(w, http.StatusOK, map[string]any{"ready": ready, "keys": keys})
}

// rotate makes the offline Entra ID sign with a new key: {"grace":"1h"}, or nothing.
func (i inspector) rotate(w http.ResponseWriter, r *http.Request) {
	grace, ok := question(w, r, maxRotateRequest, readGrace)
	if !ok {
		return
	}
	if err := i.Rotate(grace); err != nil {
		problem(w, http.StatusConflict, err.Error())
		return
	}
	i.keys(w, r)
}

func readGrace(body []byte) (time.Duration, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return defaultGrace, nil
	}
	given, err := readBodyObject(body, `{"grace":"1h"}`)
	if err != nil {
		return 0, err
	}
	grace := defaultGrace
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name != "grace" {
			return 0, fmt.Errorf("member %s is unknown; use grace", quoted(name))
		}
		written, err := readText(name, given[name], "1h")
		if err != nil {
			return 0, err
		}
		if grace, err = time.ParseDuration(written); err != nil || grace < 0 || grace > maxGrace {
			return 0, fmt.Errorf("grace %s is no time from 0s to 720h; write one such as \"1h\"", quoted(written))
		}
	}
	return grace, nil
}

// refresh fetches the key sets that live at URLs, now.
func (i inspector) refresh(w http.ResponseWriter, r *http.Request) {
	if !nothing(w, r) {
		return
	}
	if err := i.Refresh(r.Context()); err != nil {
		problem(w, http.StatusBadGateway, err.Error())
		return
	}
	i.keys(w, r)
}
