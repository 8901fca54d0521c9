package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"flowgate/workflow"
)

// maxConfig bounds emulator.yaml: 1 MiB, some ten thousand workflows.
const maxConfig = 1 << 20

// document is a parsed emulator.yaml that still knows its places.
type document struct {
	file string
	tree *ast.File
}

// parse reads emulator.yaml into a Config. Unknown keys, wrong types, duplicate
// keys, anchors, directives and a second document are errors at their place.
func parse(file string, data []byte) (*Config, *document, workflow.Problems) {
	doc := &document{file: file}
	if len(data) > maxConfig {
		return nil, doc, doc.fail(0, 0, fmt.Sprintf("%d bytes; at most %d are read", len(data), maxConfig), "")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows' editors and shells begin a file with it
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return nil, doc, doc.fail(1, 1, "the file is UTF-16, as PowerShell 5 writes what > takes", "save it as UTF-8")
	}
	if line, column, deep := tooDeep(data); deep {
		return nil, doc, doc.fail(line, column, fmt.Sprintf("nested deeper than %d levels", maxNesting), "")
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, doc, doc.failYAML(err)
	}
	doc.tree = tree
	if p := doc.alone(tree.Docs); p != nil {
		return nil, doc, p
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return nil, doc, doc.fail(0, 0, "the file is empty", "give it at least workflows: [{file: …}]")
	}
	if p := doc.shape(tree.Docs[0].Body); p != nil {
		return nil, doc, p
	}
	if p := doc.checkTypes(tree.Docs[0].Body, reflect.TypeFor[Config](), 0); p != nil {
		return nil, doc, p
	}
	var c Config
	if err := yaml.NodeToValue(tree.Docs[0].Body, &c, yaml.Strict()); err != nil {
		return nil, doc, doc.failYAML(err)
	}
	return &c, doc, nil
}

// alone refuses a second document. The parser makes a document of a directive too, such
// as the %YAML 1.1 that would have another language read.
func (d *document) alone(docs []*ast.DocumentNode) workflow.Problems {
	if len(docs) < 2 {
		return nil
	}
	if directive, ok := docs[0].Body.(*ast.DirectiveNode); ok {
		return d.wrong(directive, "directives are not read", "leave the line out")
	}
	begin := docs[1].Start // its ---, which need not stand after a ...
	if begin == nil {
		begin = first(docs[1].Body).GetToken()
	}
	return d.fail(begin.Position.Line, begin.Position.Column, "a second document begins here", "keep one workspace in a file")
}

// shape refuses what YAML has and a configuration does not need: anchors and
// aliases, whose expansion has no bound, tags, merge keys and deep nesting.
func (d *document) shape(body ast.Node) workflow.Problems {
	v := &shapeVisitor{}
	ast.Walk(v, body)
	if v.bad == nil {
		return nil
	}
	at := v.bad.GetToken().Position
	return d.fail(at.Line, at.Column, v.what, "write the value out")
}

type shapeVisitor struct {
	bad  ast.Node
	what string
}

// Visit stops at the first node that is refused.
func (v *shapeVisitor) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType:
		v.what = "anchors and aliases are not read"
	case ast.TagType:
		v.what = "tags are not read"
	case ast.MergeKeyType:
		v.what = "merge keys are not read"
	default:
		return v
	}
	if v.bad == nil {
		v.bad = n
	}
	return nil
}

func (d *document) failYAML(err error) workflow.Problems {
	var at yaml.Error
	if !errors.As(err, &at) {
		return d.fail(0, 0, err.Error(), "")
	}
	line, column := 0, 0
	if t := at.GetToken(); t != nil && t.Position != nil {
		line, column = t.Position.Line, t.Position.Column
	}
	return d.fail(line, column, strings.TrimSuffix(at.GetMessage(), "."), "mend the YAML here; each key stands once, and is indented with spaces")
}

// yamlKind names a Go type as the author of a file would.
func yamlKind(t reflect.Type) string {
	if t == nil {
		return "value"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Map, reflect.Struct:
		return "mapping"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return "number"
	}
	return t.String()
}

func (d *document) fail(line, column int, text, fix string) workflow.Problems {
	return workflow.Problems{{File: d.file, Line: line, Column: column, Severity: workflow.SeverityError, Text: text, Fix: fix}}
}

// at makes an error at the place of a YAML path such as $.tenants[1].id; of a path
// that does not stand in the file, the nearest parent's place.
func (d *document) at(path, text, fix string) *workflow.Problem {
	for {
		if line, column, ok := d.place(path); ok {
			return d.fail(line, column, text, fix)[0]
		}
		i := strings.LastIndexAny(path, ".[")
		if i <= 0 {
			return d.fail(0, 0, text, fix)[0]
		}
		path = path[:i]
	}
}

// atKey makes an error at the key called name of the mapping at a path.
func (d *document) atKey(path, name, text, fix string) *workflow.Problem {
	if p, err := yaml.PathString(path); err == nil {
		if n, err := p.FilterFile(d.tree); err == nil {
			for _, m := range members(n) {
				if t := m.Key.GetToken(); t.Value == name {
					return d.fail(t.Position.Line, t.Position.Column, text, fix)[0]
				}
			}
		}
	}
	return d.at(path, text, fix)
}

// members returns the members of a mapping: one of a single member is another kind
// of node.
func members(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func (d *document) place(path string) (line, column int, ok bool) {
	p, err := yaml.PathString(path)
	if err != nil {
		return 0, 0, false
	}
	n, err := p.FilterFile(d.tree)
	if err != nil || n == nil {
		return 0, 0, false
	}
	t := first(n).GetToken()
	if t == nil || t.Position == nil {
		return 0, 0, false
	}
	return t.Position.Line, t.Position.Column, true
}

// first is the node that its author sees first: a mapping's own token is its first
// colon, and before that stands its first key.
func first(n ast.Node) ast.Node {
	if m, isMapping := n.(*ast.MappingNode); isMapping && len(m.Values) > 0 && !m.IsFlowStyle {
		return m.Values[0].Key
	}
	return n
}
