package workspace

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"flowgate/pattern"
	"flowgate/workflow"
)

// maxNesting bounds the depth of emulator.yaml: template parameters may be deep,
// nothing else is.
const maxNesting = 64

// checkTypes holds the tree against the Go type it will be decoded into, because
// the decoder makes the text "5" of the number 5 and nothing of an empty value:
// both are mistakes here, and a secret 0123 would silently become 83.
func (d *document) checkTypes(n ast.Node, t reflect.Type, depth int) workflow.Problems {
	if depth > maxNesting {
		return d.wrong(n, fmt.Sprintf("nested deeper than %d levels", maxNesting), "")
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v, ok := n.(*ast.MappingValueNode); ok { // a mapping of one member
		n = ast.Mapping(v.Start, false, v)
	}
	if t.Kind() == reflect.Interface {
		return d.checkDepth(n, depth)
	}
	if n.Type() == ast.NullType {
		return d.wrong(n, fmt.Sprintf("nothing stands where a %s is expected", yamlKind(t)), "write one, or leave the key out")
	}
	if !fits(n.Type(), t.Kind()) {
		return d.wrong(n, fmt.Sprintf("a %s stands where a %s is expected", nodeKind(n.Type()), yamlKind(t)), kindFixes[yamlKind(t)])
	}
	var all workflow.Problems
	switch t.Kind() {
	case reflect.Slice:
		for _, item := range n.(*ast.SequenceNode).Values {
			all = append(all, d.checkTypes(item, t.Elem(), depth+1)...)
		}
	case reflect.Int:
		return d.checkNumber(n)
	case reflect.Map, reflect.Struct:
		for _, m := range n.(*ast.MappingNode).Values {
			all = append(all, d.checkMember(m, t, depth)...)
		}
	}
	return all
}

func (d *document) checkMember(m *ast.MappingValueNode, t reflect.Type, depth int) workflow.Problems {
	if t.Kind() == reflect.Map {
		return append(d.checkNumber(m.Key), d.checkTypes(m.Value, t.Elem(), depth+1)...)
	}
	name := m.Key.GetToken().Value
	var keys []string
	for f := range fieldsOf(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == name {
			return d.checkTypes(m.Value, f.Type, depth+1)
		}
		keys = append(keys, key)
	}
	at := m.Key.GetToken().Position
	return d.fail(at.Line, at.Column, fmt.Sprintf("unknown key %q", name), "the keys here are "+strings.Join(keys, ", "))
}

// checkNumber refuses a number that begins with a zero, as a value or a name: octal in YAML 1.1, as the
// decoder reads it, and decimal in YAML 1.2, as its author most likely does. The decoder takes one
// with an 8 or a 9 in it, which is not octal, for text.
func (d *document) checkNumber(n ast.Node) workflow.Problems {
	written := n.GetToken()
	plain := n.Type() == ast.IntegerType || n.Type() == ast.StringType && written.Type == token.StringType
	if !plain || !zeroFirst().MatchString(written.Value) {
		return nil
	}
	return d.wrong(n, fmt.Sprintf("the number %s begins with a zero, which not everybody reads alike", written.Value), "leave the zero out, or put it in quotes if it is text")
}

var zeroFirst = pattern.New(`^[-+]?0[0-9_]+$`)

// checkDepth bounds the nesting of a value of any shape, whose numbers have to be plain.
func (d *document) checkDepth(n ast.Node, depth int) workflow.Problems {
	if depth > maxNesting {
		return d.wrong(n, fmt.Sprintf("nested deeper than %d levels", maxNesting), "")
	}
	all := d.checkNumber(n)
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, m := range n.Values {
			all = append(all, d.checkDepth(m, depth)...)
		}
	case *ast.MappingValueNode:
		all = append(d.checkNumber(n.Key), d.checkDepth(n.Value, depth+1)...)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			all = append(all, d.checkDepth(item, depth+1)...)
		}
	}
	return all
}

// kindFixes say how the expected kind is written.
var kindFixes = map[string]string{
	"string":  `put it in quotes; a time has its unit, such as "5m"`,
	"list":    "write [a, b], or one line beginning with - for each",
	"mapping": "write name: value, one a line, indented",
	"number":  "write digits alone",
	"boolean": "write true or false",
}

func (d *document) wrong(n ast.Node, text, fix string) workflow.Problems {
	at := n.GetToken().Position
	return d.fail(at.Line, at.Column, text, fix)
}

// nodeKind names a kind of YAML node in the words of yamlKind.
func nodeKind(t ast.NodeType) string {
	switch t {
	case ast.StringType, ast.LiteralType:
		return "string"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "number"
	case ast.BoolType:
		return "boolean"
	case ast.SequenceType:
		return "list"
	case ast.MappingType:
		return "mapping"
	}
	return strings.ToLower(t.YAMLName())
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func fits(n ast.NodeType, k reflect.Kind) bool {
	switch k {
	case reflect.String:
		return n == ast.StringType || n == ast.LiteralType
	case reflect.Int:
		return n == ast.IntegerType
	case reflect.Bool:
		return n == ast.BoolType
	case reflect.Slice:
		return n == ast.SequenceType
	case reflect.Map, reflect.Struct:
		return n == ast.MappingType
	}
	return false
}

// maxIndent bounds what stands before a line's text: spaces, and the dashes of
// lists in lists.
const maxIndent = 4 * maxNesting

// tooDeep looks for deep nesting before anything is parsed, because the parser's
// time and memory grow with the square of the depth. It counts brackets wherever
// they stand, also in text: nobody writes so many that stay open.
func tooDeep(data []byte) (line, column int, deep bool) {
	depth, line, column := 0, 1, 0
	indent := true
	for _, c := range data {
		column++
		switch c {
		case '\n':
			line, column, indent = line+1, 0, true
			continue
		case ' ', '-', '?', '\t':
			if indent && column > maxIndent {
				return line, column, true
			}
			continue
		case '[', '{':
			if depth++; depth > maxNesting {
				return line, column, true
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
		indent = false
	}
	return 0, 0, false
}
