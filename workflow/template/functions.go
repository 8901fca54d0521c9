package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"flowgate/expression"
)

// function is a function of the language. Plain ones take evaluated arguments;
// comparing ones as well, and pay for what they compare; special ones evaluate what
// they need, or ask the scope.
type function struct {
	name      string
	min, max  int // arguments; max -1: any number
	plain     func(args []any) (any, error)
	comparing func(b *Budget, args []any) (any, error)
	special   func(c *call, scope *Scope) (any, error)
}

// of gives the value of a function that is not special.
func (f function) of(args []any, b *Budget) (any, error) {
	if f.comparing != nil {
		return f.comparing(b, args)
	}
	return f.plain(args)
}

// functions is every function that this package evaluates, by its name in lower
// case: names of functions ignore letter case (documented). It is made at its first
// use, which few workspaces have.
var functions func() map[string]function

// The variable is set here, not in its declaration: special functions evaluate
// terms, and terms look into the table.
func init() { functions = sync.OnceValue(byName) }

func byName() map[string]function {
	all := make(map[string]function)
	for _, group := range [][]function{
		scopeFunctions, deploymentFunctions, resourceFunctions, logicFunctions, numberFunctions,
		textFunctions, encodingFunctions, arrayFunctions, objectFunctions, lambdaFunctions,
	} {
		for _, f := range group {
			all[strings.ToLower(f.name)] = f
		}
	}
	return all
}

// deployed are the functions that read a deployed Azure (documented); those
// whose names begin with "list" do as well.
var deployed = []string{"reference", "references", "pickZones", "toLogicalZone", "toLogicalZones",
	"toPhysicalZone", "toPhysicalZones", "providers", "getSecret", "managementGroup", "externalInput"}

// noFunction says why there is no function of the call's name.
func (c *call) noFunction(*Scope) error {
	lower := strings.ToLower(c.name)
	isDeployed := strings.HasPrefix(lower, "list") ||
		slices.ContainsFunc(deployed, func(name string) bool { return strings.EqualFold(name, c.name) })
	if isDeployed {
		return c.errorf("%s() needs a deployed Azure, and there is none here; write the value itself, or make it a parameter and give it in emulator.yaml", c.name)
	}
	all := functions()
	var names []string
	for _, lower := range slices.Sorted(maps.Keys(all)) {
		names = append(names, all[lower].name)
	}
	return c.errorf("the template function %q is not known here%s", c.name, didYouMean(c.name, names))
}

// didYouMean names the word that was perhaps meant, as the end of a message.
func didYouMean(word string, among []string) string {
	if near := expression.Nearest(word, among); near != "" {
		return fmt.Sprintf("; did you mean %q", near)
	}
	return ""
}

// scopeFunctions name things of the template.
var scopeFunctions = []function{
	{name: "parameters", min: 1, max: 1, special: func(c *call, scope *Scope) (any, error) {
		return c.lookUp(scope, "parameter", scope.Parameters)
	}},
	{name: "variables", min: 1, max: 1, special: func(c *call, scope *Scope) (any, error) {
		return c.lookUp(scope, "variable", scope.Variables)
	}},
	{name: "copyIndex", min: 0, max: 2, special: copyIndex},
	{name: "utcNow", min: 0, max: 1, special: utcNow},
	{name: "newGuid", min: 0, max: 0, special: newGUID},
}

// lookUp returns the named parameter or variable. It costs nothing: the value
// was paid for when it was made.
func (c *call) lookUp(scope *Scope, what string, names Names) (any, error) {
	arg, err := c.args[0].eval(scope)
	if err != nil {
		return nil, err
	}
	name, ok := arg.(string)
	if !ok {
		return nil, c.errorf("%s: a %s is named by a string, found %s", c.name, what, expression.Kind(arg))
	}
	var all []string
	if names != nil {
		all = names.Names()
	}
	if err := scope.Budget.spendUnits(1 + len(all)/16); err != nil {
		return nil, located(err, c.at)
	}
	for _, n := range all {
		if strings.EqualFold(n, name) {
			return names.Value(n)
		}
	}
	if err := scope.Budget.spendUnits(guessUnits); err != nil {
		return nil, located(err, c.at)
	}
	return nil, c.errorf("there is no %s %q%s", what, name, didYouMean(name, all))
}

// copyIndex gives the turn of a copy loop, the innermost or the one named, plus
// an offset.
func copyIndex(c *call, scope *Scope) (any, error) {
	args, err := c.evalArgs(scope)
	if err != nil {
		return nil, err
	}
	if len(scope.Copies) == 0 {
		return nil, c.errorf("copyIndex() stands outside of any copy loop")
	}
	turn := scope.Copies[len(scope.Copies)-1]
	if len(args) > 0 {
		if name, ok := args[0].(string); ok {
			i := slices.IndexFunc(scope.Copies, func(loop Copy) bool { return strings.EqualFold(loop.Name, name) })
			if i < 0 {
				return nil, c.errorf("there is no copy loop %q around", name)
			}
			turn, args = scope.Copies[i], args[1:]
		}
	}
	offset := int64(0)
	if len(args) > 0 {
		n, ok := integer(args[0])
		if !ok || n < 0 || n > 1<<31 {
			return nil, c.errorf("copyIndex: the offset must be an integer, found %s", show(args[0]))
		}
		offset = n
	}
	return number(int64(turn.Index) + offset), nil
}

// utcNow is allowed in default values of parameters alone (documented).
func utcNow(c *call, scope *Scope) (any, error) {
	args, err := c.evalArgs(scope)
	if err != nil {
		return nil, err
	}
	if !scope.Defaults {
		return nil, c.errorf("utcNow() may stand in the default value of a parameter only")
	}
	format := "yyyyMMddTHHmmssZ"
	if len(args) > 0 {
		written, ok := args[0].(string)
		if !ok {
			return nil, c.errorf("utcNow: the format must be a string, found %s", expression.Kind(args[0]))
		}
		format = written
	}
	text, err := formatTime(scope.Deployment.Now, format)
	if err != nil {
		return nil, c.errorf("utcNow: %w", err)
	}
	return text, nil
}

// newGUID gives the same GUID at every load, unlike the service: a workflow's
// name and id that follow from it stay what they are. Each call within a
// deployment gives another.
func newGUID(c *call, scope *Scope) (any, error) {
	if !scope.Defaults {
		return nil, c.errorf("newGuid() may stand in the default value of a parameter only")
	}
	scope.Budget.guids++
	return guidOf(fmt.Sprintf("%s-newGuid-%d", scope.Deployment.Name, scope.Budget.guids)), nil
}
