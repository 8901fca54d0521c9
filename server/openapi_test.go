package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"flowgate/entra"
)

// document is the OpenAPI document as the tests need it.
type document struct {
	Paths map[string]map[string]struct {
		OperationID string
		RequestBody struct {
			Content map[string]struct{ Schema json.RawMessage }
		}
		Responses map[string]response
	}
	Components struct {
		Responses map[string]response
		Schemas   map[string]json.RawMessage
	}
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema json.RawMessage }
}

// schema is one of the document's, closed: a member that it does not tell is a mistake,
// here, though not to a client.
func (d *document) schema(t *testing.T, text json.RawMessage, closed bool) *jsonschema.Resolved {
	t.Helper()
	whole := map[string]any{"$defs": d.Components.Schemas, "allOf": []json.RawMessage{text}}
	encoded, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	encoded = bytes.ReplaceAll(encoded, []byte("#/components/schemas/"), []byte("#/$defs/"))
	var schema jsonschema.Schema
	if err := json.Unmarshal(encoded, &schema); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if closed {
		shut(&schema)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return resolved
}

func shut(s *jsonschema.Schema) {
	if len(s.Properties) > 0 && s.AdditionalProperties == nil {
		s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
	}
	for _, inner := range slices.Concat(slices.Collect(maps.Values(s.Defs)), slices.Collect(maps.Values(s.Properties)), s.AllOf, s.AnyOf, []*jsonschema.Schema{s.Items}) {
		if inner != nil {
			shut(inner)
		}
	}
}

// exercise is a call of an operation, and the answer that it gets.
type exercise struct {
	operation, path, body string
	status                int
}

// Every operation of the document is called, and answers what the document says.
func TestAnswersAreAsOpenAPISays(t *testing.T) {
	s := gate(t, Options{CA: []byte("pem"), Journal: 100})
	live := httptest.NewServer(s)
	defer live.Close()
	var d document
	if err := json.Unmarshal(ask(t, live, exercise{"GET", "/api/openapi.json", "", 200}).body, &d); err != nil {
		t.Fatal(err)
	}
	post(s, s.url("orders"), "", "", "")
	for _, app := range []string{"caller", "stranger"} {
		post(s, s.url("orders"), "Bearer "+s.token(t, entra.Request{Application: app, Resource: "https://management.azure.com/"}), "application/json", `{"order":1}`)
	}
	post(s, s.url("orders")+"&a=b", "Bearer e30.e30.e30", "application/json", `{"order":1}`)
	id := s.newest().ID

	token := s.token(t, entra.Request{Application: "stranger", Resource: "https://management.azure.com/"})
	called := map[string]bool{}
	for _, x := range []exercise{
		{"GET", "/health", "", 200},
		{"GET", "/ready", "", 200},
		{"GET", "/ca.pem", "", 200},
		{"GET", "/api/openapi.json", "", 200},
		{"GET", "/api/workflows", "", 200},
		{"GET", "/api/workflows?keyType=Secondary&notAfter=2030-01-01T00:00:00Z", "", 200},
		{"GET", "/api/workflows?keyType=None", "", 400},
		{"PUT", "/api/workflows/hooks/state", `{"state":"Disabled"}`, 200},
		{"PUT", "/api/workflows/nobody/state", `{"state":"Disabled"}`, 404},
		{"GET", "/api/requests", "", 200},
		{"GET", "/api/requests?outcome=maybe", "", 400},
		{"GET", "/api/requests/wait?outcome=refused&count=3", "", 200},
		{"GET", "/api/requests/wait?workflow=nobody&timeout=0s", "", 408},
		{"GET", "/api/requests/" + id, "", 200},
		{"GET", "/api/requests/nobody", "", 404},
		{"POST", "/api/tokens", `{"application":"caller","resource":"https://management.azure.com/"}`, 200},
		{"POST", "/api/tokens", `{"bad":"expired"}`, 200},
		{"POST", "/api/tokens", `{}`, 400},
		{"POST", "/api/explain", `{"workflow":"orders","token":"` + token + `"}`, 200},
		{"POST", "/api/explain", `{"workflow":"payroll","token":"Bearer ` + token + `"}`, 200},
		{"POST", "/api/explain", `{"workflow":"orders","token":"e30.e30.e30"}`, 200},
		{"POST", "/api/explain", `{"workflow":"orders"}`, 400},
		{"GET", "/api/refusals", "", 200},
		{"GET", "/metrics", "", 200},
		{"GET", "/api/keys", "", 200},
		{"POST", "/api/keys/rotate", `{"grace":"1h"}`, 200},
		{"POST", "/api/keys/refresh", "", 200},
		{"POST", "/api/keys/refresh", "{}", 200},
		{"POST", "/api/keys/refresh", `{"force":true}`, 400},
		{"GET", "/api/clock", "", 200},
		{"PUT", "/api/clock", `{"offset":"1h"}`, 200},
		{"PUT", "/api/clock", `{"now":"2026-11-23T12:00:00Z","offset":null}`, 200},
		{"PUT", "/api/clock", `{"offset":"` + strings.Repeat("1", 5000) + `h"}`, 413},
		{"DELETE", "/api/requests", "", 204},
		{"POST", "/api/reset", `{"journal":true}`, 400},
		{"POST", "/api/reset", "{}", 204},
	} {
		called[d.check(t, x, ask(t, live, x))] = true
	}
	// It never ends: its own scenario reads it.
	called["streamRequests"] = true
	for path, operations := range d.Paths {
		for method, operation := range operations {
			if !called[operation.OperationID] {
				t.Errorf("%s %s is never called", method, path)
			}
		}
	}
	for name, schema := range d.Components.Schemas {
		if d.schema(t, schema, false) == nil {
			t.Error(name)
		}
	}
}

// What every operation may be sent wrong is answered as the document says as well: a host
// of somebody else, a query parameter that there is not or that cannot be read, a body
// that is too long.
func TestMistakesAreAnsweredAsOpenAPISays(t *testing.T) {
	s := gate(t, Options{CA: []byte("pem")})
	live := httptest.NewServer(s)
	defer live.Close()
	var d document
	if err := json.Unmarshal(ask(t, live, exercise{"GET", "/api/openapi.json", "", 200}).body, &d); err != nil {
		t.Fatal(err)
	}
	for path, operations := range d.Paths {
		path = strings.NewReplacer("{name}", "hooks", "{id}", "nobody").Replace(path)
		for method, operation := range operations {
			x := exercise{operation: strings.ToUpper(method), path: path, status: http.StatusForbidden}
			d.check(t, x, askHost(t, live, x, "attacker.example"))
			if strings.HasPrefix(path, "/api/") {
				for _, query := range []string{"?wrokflow=orders", "?workflow=a;b", "?workflow=100%"} {
					x = exercise{x.operation, path + query, "", http.StatusBadRequest}
					d.check(t, x, ask(t, live, x))
				}
			}
			if len(operation.RequestBody.Content) > 0 {
				x = exercise{x.operation, path, strings.Repeat(" ", 1<<20), http.StatusRequestEntityTooLarge}
				d.check(t, x, ask(t, live, x))
			}
		}
	}
}

type answered struct {
	status int
	kind   string
	body   []byte
}

func ask(t *testing.T, live *httptest.Server, x exercise) answered {
	t.Helper()
	return askHost(t, live, x, "")
}

// askHost is ask under a name of the host; empty: the server's own.
func askHost(t *testing.T, live *httptest.Server, x exercise, host string) answered {
	t.Helper()
	request, err := http.NewRequest(x.operation, live.URL+"/_emulator"+x.path, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	response, err := live.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != x.status {
		t.Errorf("%s %s: %s %s", x.operation, x.path, response.Status, &body)
	}
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return answered{response.StatusCode, kind, body.Bytes()}
}

// check holds a call and its answer against the operation, whose id it returns.
func (d *document) check(t *testing.T, x exercise, a answered) string {
	t.Helper()
	path, _, _ := strings.Cut(x.path, "?")
	for pattern, operations := range d.Paths {
		operation, ok := operations[strings.ToLower(x.operation)]
		if _, exact := d.Paths[path]; !ok || pattern != path && (exact || !matchesPattern(pattern, path)) {
			continue
		}
		where := fmt.Sprintf("%s %s (%s), %d", x.operation, x.path, operation.OperationID, a.status)
		if body, ok := operation.RequestBody.Content["application/json"]; ok && x.body != "" && a.status < 400 {
			d.hold(t, where+", the body", body.Schema, []byte(x.body))
		}
		told, ok := operation.Responses[strconv.Itoa(a.status)]
		if name, isRef := strings.CutPrefix(told.Ref, "#/components/responses/"); isRef {
			told, ok = d.Components.Responses[name], d.Components.Responses[name].Content != nil
		}
		content, hasKind := told.Content[a.kind]
		switch {
		case !ok, !hasKind && len(a.body) > 0:
			t.Errorf("%s: the document tells no such answer of type %q", where, a.kind)
		case strings.HasSuffix(a.kind, "json"):
			d.hold(t, where, content.Schema, a.body)
		}
		return operation.OperationID
	}
	t.Errorf("the document has no %s %s", x.operation, x.path)
	return ""
}

func matchesPattern(pattern, path string) bool {
	wanted, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(wanted, given, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") })
}

func (d *document) hold(t *testing.T, where string, schema json.RawMessage, text []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if err := d.schema(t, schema, true).Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", where, err, text)
	}
}
