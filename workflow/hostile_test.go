package workflow

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"flowgate/expression"
)

// TestHostileDocuments: whatever a document holds, loading it ends soon, with
// problems, and within a memory that does not follow from what it asks for.
func TestHostileDocuments(t *testing.T) {
	var variables []string
	for i := range 60 {
		variables = append(variables, fmt.Sprintf(`"v%d": "[createArray(variables('v%d'), variables('v%d'))]"`, i, i+1, i+1))
	}
	var literal []string
	for i := range 60 {
		literal = append(literal, fmt.Sprintf(`"v%d": ["[variables('v%d')]", "[variables('v%d')]"]`, i, i+1, i+1))
	}
	var chain []string
	for i := range 5000 {
		chain = append(chain, fmt.Sprintf(`"v%d": "[variables('v%d')]"`, i, i+1))
	}
	variables = append(variables, `"v60": "x"`)
	literal = append(literal, `"v60": "x"`)
	nested := `"resources": []`
	for range 20 {
		nested = `"resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": {` + nested + `}}}]`
	}
	uses := func(variables []string) string {
		return inTemplate(`"variables": {` + strings.Join(variables, ",") + `}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[string(variables('v0'))]", "properties": {` + callable + `}}]`)
	}
	name := strings.Repeat("n", 1<<20)
	loops := `{"copy": [{"name": "a", "count": 800, "input": `
	tests := map[string]string{
		"deep arrays":           strings.Repeat("[", 1<<20),
		"deep objects":          strings.Repeat(`{"a":`, 1<<18),
		"long name, many below": `{"` + name + `": [` + strings.Repeat("0,", 1<<8) + `0]}`,
		"many values":           `{"triggers": [` + strings.Repeat("0,", 1<<21) + `0]}`,
		"doubling variables":    uses(variables),
		"doubling arrays":       uses(literal),
		"chain of variables":    uses(chain),
		"loops in loops":        inWorkflow(`"definition": ` + loops + loops + loops + `"x"}]}}]}}]}`),
		"function of itself": inTemplate(`"functions": [{"namespace": "n", "members": {"f": {"parameters": [], "output": {"value": "[createArray(n.f(), n.f())]"}}}}],
			"resources": [{"type": "Microsoft.Logic/workflows", "name": "[n.f()]", "properties": {` + callable + `}}]`),
		"many parameters that fail": inWorkflow(`"definition": {"triggers": {"m": {"type": "Request"}}, "parameters": {` + repeated(20000, `"p%d": {"defaultValue": "[parameters('q')]"}`) + `},
			"actions": {"R": {"type": "Response", "inputs": {"statusCode": 302, "body": "` + strings.Repeat("x", 1<<20) + `"}}}}`),
		"many names, looked up often": inTemplate(`"variables": {` + repeated(5000, `"v%d": "x"`) + `}, "resources": [` + repeated(5000, `{"type": "Microsoft.Logic/workflows", "name": "[variables('w%d')]", "properties": {`+callable+`}}`) + `]`),
		"many policies":               `{"properties": {"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {` + repeated(20000, `"p%d": {"type": "AAD", "claims": [{"name": "iss", "value": "x"}]}`) + `}}}}, ` + callable + `}}`,
		"many problems":               `{"triggers": {"manual": {"type": "Request", "conditions": [` + strings.Repeat("1,", 10000) + `1]}}}`,
		"templates in templates":      inTemplate(nested),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			workflows, problems := Load("f.json", []byte(text), Deployment{})
			runtime.ReadMemStats(&after)
			if len(workflows) > 0 || !problems.Fatal() || len(problems) > maxProblems+2 {
				t.Errorf("got %d workflows, %d problems", len(workflows), len(problems))
			}
			if why := map[string]string{"many values": "the document is too large", "long name, many below": "the document is too large"}[name]; !strings.Contains(problems[0].Error(), why) {
				t.Errorf("it was read, and then refused: %v", problems[0])
			}
			if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; allocated > 1024 {
				t.Errorf("allocated %d MB in all", allocated)
			}
			t.Log(problems[0])
		})
	}
}

// repeated is a list of n things, each with its number.
func repeated(n int, pattern string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(pattern, i)
	}
	return strings.Join(all, ",")
}

func TestTooLarge(t *testing.T) {
	_, problems := Load("f.json", make([]byte, MaxFile+1), Deployment{})
	const want = "f.json: error: 20971521 bytes are more than the 20 MB that a document may have"
	if problems.Error() != want {
		t.Errorf("got %v", problems)
	}
}

func TestPositions(t *testing.T) {
	text := "\ufeff" + strings.Repeat("é", 1500) + "\n" + strings.Repeat("ab\nc€", 900) + strings.Repeat("x", 3000) + "\n"
	o := newOffsets([]byte(text))
	line, column := 1, 1
	for offset, r := range text {
		if l, c := o.position(offset); l != line || c != column {
			t.Fatalf("offset %d is at %d:%d, want %d:%d", offset, l, c, line, column)
		}
		switch r {
		case '\ufeff':
		case '\n':
			line, column = line+1, 1
		default:
			column++
		}
	}
	if l, c := o.position(len(text) + 9); l != line || c != column {
		t.Errorf("the end is at %d:%d, want %d:%d", l, c, line, column)
	}
}

// TestCommentsKeepPlaces: a template with comments and broken lines is read as
// if they were spaces.
func TestCommentsKeepPlaces(t *testing.T) {
	text := "{ // a \"comment\"\n/* and\n another */ \"triggers\": {\"manual\": {\"type\": \"Request\", \"inputs\": {\"method\": /* é */ \"GOT\"}}}} // end"
	before := text
	data := []byte(text)
	_, problems := Load("f.json", data, Deployment{})
	const want = `f.json:3:85: error: "GOT" is no HTTP method; use one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE`
	if problems.Error() != want {
		t.Errorf("got %v\nwant %s", problems, want)
	}
	if string(data) != before {
		t.Error("the caller's data were changed")
	}
	broken := inWorkflow("\"state\": \"[concat('Dis',\n\t'abled')]\", " + callable)
	if w := load(t, "f.json", []byte(broken), Deployment{}); w[0].State != Disabled {
		t.Errorf("state %s", w[0].State)
	}
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.json", "testdata/samples/*.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add(solution(f))
	f.Add([]byte(inWorkflow(`"copy": [{"name": "definition", "count": "[int('1')]", "input": {"triggers": {}}}]`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := deployment(t, `{"callerId": "x"}`)
		workflows, problems := Load("f", data, d)
		if len(workflows) == 0 && !problems.Fatal() {
			t.Error("neither workflows nor an error")
		}
		for _, w := range workflows {
			if len(w.ID) != 32 || len(w.Version) != 20 || len(w.Triggers) == 0 || w.Parameters == nil || w.State == "" {
				t.Errorf("incomplete: %+v", w)
			}
			expression.Encode(w.Parameters)
		}
		_ = problems.Error()
		_ = Check("f", data, d).Error()
	})
}
