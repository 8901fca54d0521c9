package inspector

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/jsonschema-go/jsonschema"
)

func TestOpenAPIIsValid(t *testing.T) {
	text, err := os.ReadFile("testdata/openapi-3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	official, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(openapi, &document); err != nil {
		t.Fatal(err)
	}
	if err := official.Validate(document); err != nil {
		t.Error(err)
	}
	// The schema would say so if it were not.
	delete(document["paths"].(map[string]any)["/health"].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)["200"].(map[string]any), "description")
	document["pathz"] = true
	if err := official.Validate(document); err == nil {
		t.Error("a document with mistakes is valid as well")
	}
}

// The document has each address of the API, and no other.
func TestOpenAPITellsTheRoutes(t *testing.T) {
	var document struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(openapi, &document); err != nil {
		t.Fatal(err)
	}
	var told, routed []string
	for path, operations := range document.Paths {
		for method := range operations {
			told = append(told, strings.ToUpper(method)+" "+path)
		}
	}
	err := chi.Walk(New(Options{}).(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(route, "/api/") || slices.Contains(open, route) {
			routed = append(routed, method+" "+route)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	slices.Sort(routed)
	if len(routed) == 0 || !slices.Equal(told, routed) {
		t.Errorf("the document tells %q\nthe router has    %q", told, routed)
	}
}
