package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/server"
	"flowgate/workspace"
)

const vectorKit = "../../fixtures/vectors"

// vector is a file of fixtures/vectors/vectors, as its README describes it.
type vector struct {
	Name, Shows, Source string
	Keys, Policy        string
	Clock               time.Time
	SkewSeconds         int
	Scheme, Token       string
	Expect              struct {
		Admitted     bool
		Status       int
		Code, Reason string
	}
}

// TestVectors sends every vector to a gate of its own over HTTP.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob(vectorKit + "/vectors/*.json")
	if err != nil {
		t.Fatal(err)
	}
	admitted, refused := 0, 0
	for _, file := range files {
		v := readVector(t, file)
		if v.Expect.Admitted {
			admitted++
		} else {
			refused++
		}
		t.Run(v.Name, func(t *testing.T) { v.check(t) })
	}
	// A kit that lost its files would pass for ever.
	if admitted < 30 || refused < 300 {
		t.Errorf("%d vectors admit and %d refuse", admitted, refused)
	}
	t.Logf("%d vectors: %d admitted, %d refused", len(files), admitted, refused)
}

func readVector(t *testing.T, file string) vector {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if v.Name+".json" != filepath.Base(file) || v.Shows == "" || v.Source == "" || v.Token == "" {
		t.Fatalf("%s lacks its name, what it shows, its source or its token", file)
	}
	if v.Expect.Admitted != (v.Expect.Status == http.StatusAccepted) || v.Expect.Admitted != (v.Expect.Reason == "none") {
		t.Fatalf("%s contradicts itself: %+v", file, v.Expect)
	}
	return v
}

func (v vector) check(t *testing.T) {
	s, err := server.New(context.Background(), server.Options{Workspace: v.workspace(t), Journal: 1, Now: func() time.Time { return v.Clock }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := httptest.NewServer(s)
	defer h.Close()

	bare, _ := server.URLs(h.URL, s.Workspace().Workflows[0], "manual")
	request, err := http.NewRequest(http.MethodPost, bare, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", v.Scheme+" "+v.Token)
	response, err := h.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error struct{ Code string } }
	if len(body) > 0 {
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
	}
	entry := runningGate{s, h.URL}.newest(t)
	if response.StatusCode != v.Expect.Status || answer.Error.Code != v.Expect.Code || entry.Reason != v.Expect.Reason || (entry.Outcome == "admitted") != v.Expect.Admitted {
		t.Errorf("%s (%s)\ngot  %d %q %s %s\nwant %+v", v.Shows, v.Source, response.StatusCode, answer.Error.Code, entry.Outcome, entry.Reason, v.Expect)
	}
}

// workspace is what the vector's files make: one workflow, gated by its policy.
func (v vector) workspace(t *testing.T) *workspace.Workspace {
	t.Helper()
	read := func(folder, name string) []byte {
		data, err := os.ReadFile(filepath.Join(vectorKit, folder, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: fmt.Appendf(nil, "trust: [keys.json]\nclockSkew: %ds\nworkflows: [{ file: gate.json, name: gate }]\n", v.SkewSeconds)},
		"keys.json":     {Data: read("keys", v.Keys)},
		"gate.json": {Data: fmt.Appendf(nil, `{"properties":{"accessControl":%s,"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{"schema":{}}}},"actions":{}}}}`,
			bytes.TrimSpace(read("policies", v.Policy)))},
	})
	if ws == nil {
		t.Fatalf("%v", strings.TrimSpace(problems.Error()))
	}
	return ws
}
