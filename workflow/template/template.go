// Package template is the template language of Azure Resource Manager: the
// expressions in square brackets that an ARM template, and what Bicep emits, has
// in its strings. It knows nothing of documents and places in files; whoever
// calls it says what the parameters and variables are.
//
// It evaluates what can be known without a deployment. A function that reads a
// deployed Azure (reference, the list functions) is an error that says so, and
// only when its value is asked for.
package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Limits of one evaluation and of everything that shares its Budget.
const (
	maxExpression = 24_576   // characters of one expression (documented)
	maxNesting    = 64       // of calls, brackets and user functions
	maxWork       = 16 << 20 // units of Budget, about as many bytes
	maxText       = 1 << 20  // bytes of text that one function gives; Azure allows 131,072 characters
	maxElements   = 10_000   // elements that one function makes; documented of range
	guessUnits    = 10_000   // units of guessing what a wrong name was meant to be
	valueUnits    = 16       // units of a value beside its text, about what it takes in memory
	floatUnits    = 1000     // units of reading a number that is not short as a float, beside its text
)

// Error is a defect of an expression.
type Error struct {
	Offset int    // bytes from the start of the string that holds the expression
	Msg    string // lower case, no full stop
	Fix    string // what to change; may be empty
}

func (e *Error) Error() string {
	if e.Fix == "" {
		return e.Msg
	}
	return e.Msg + "; " + e.Fix
}

// Expression is a parsed expression, to be evaluated as often as wanted.
type Expression struct{ root term }

// IsExpression reports whether a string of a template is an expression: it
// begins with one bracket and ends with one. "[[…" is text that Text gives.
func IsExpression(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && !strings.HasPrefix(s, "[[")
}

// Text returns what a string of a template that is no expression says: a
// leading bracket is written twice in a template (documented).
func Text(s string) string {
	if strings.HasPrefix(s, "[[") {
		return s[1:]
	}
	return s
}

// Names are the parameters or the variables that an expression may name. Value
// is asked for a name that Names gave, and only when it is needed, so that what
// nobody uses cannot fail.
type Names interface {
	Names() []string
	Value(name string) (any, error)
}

// Deployment answers the functions that ask where a template is deployed.
type Deployment struct {
	Name          string    // deployment().name
	Cloud         string    // AzureCloud, AzureUSGovernment, AzureChinaCloud
	Tenant        string    // GUID; empty: asking for it is an error
	Subscription  string    // GUID
	ResourceGroup string    // name
	Location      string    // resourceGroup().location
	Now           time.Time // utcNow()
}

// Function is a function that the template itself defines.
type Function struct {
	Parameters []string
	Output     func(scope *Scope) (any, error) // the scope has the arguments as its parameters
}

// Copy is one turn of a copy loop.
type Copy struct {
	Name  string
	Index int
}

// Scope is what the names in an expression mean. Parameters and Variables may
// be nil: then there are none.
type Scope struct {
	Deployment *Deployment
	Parameters Names
	Variables  Names
	Functions  map[string]Function // by namespace.name in lower case
	Copies     []Copy              // innermost last
	Defaults   bool                // in a parameter's default value, where alone utcNow and newGuid may be called
	Budget     *Budget

	arguments []binding // of the lambdas around, innermost last
	depth     int       // of user functions
}

type binding struct {
	name  string
	value any
}

// Evaluate returns the expression's value: one of the values of package
// expression. The error is an *Error of this expression, or whatever a Names or
// a Function returned.
func (e *Expression) Evaluate(scope *Scope) (any, error) {
	v, err := e.root.eval(scope)
	if err != nil {
		return nil, err
	}
	return v, scope.Budget.Spend(v)
}

// Budget bounds the work of evaluations that share it, so that no template,
// however it nests its variables, takes more than a moment or a few megabytes.
// The zero value is a full budget.
type Budget struct {
	spent int
	guids int // that newGuid gave
}

var errBudget = &Error{Msg: fmt.Sprintf("the template needs more than %d million units of work", maxWork>>20),
	Fix: "make its variables and copy loops smaller"}

// Spend takes the size of v from the budget. It is the one place that walks a
// value from end to end, so it also finds what the deployment leaves open.
func (b *Budget) Spend(v any) error {
	if err := b.spendUnits(valueUnits); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		return b.spendUnits(len(v))
	case json.Number:
		return b.spendUnits(len(v))
	case []any:
		for _, e := range v {
			if err := b.Spend(e); err != nil {
				return err
			}
		}
	case object:
		for _, name := range v.Names() {
			member, _ := v.Get(name)
			if err := b.Spend(member); err != nil {
				return err
			}
			if err := b.spendUnits(len(name)); err != nil {
				return err
			}
		}
	case *unknown:
		return &Error{Msg: v.msg, Fix: v.fix}
	}
	return nil
}

func (b *Budget) spendUnits(n int) error {
	b.spent += n
	if b.spent > maxWork {
		return errBudget
	}
	return nil
}

// unknown is a value that the deployment leaves open, such as its tenant: an
// error for whoever uses it and for nobody else.
type unknown struct{ msg, fix string }
