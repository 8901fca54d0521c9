package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// step is an action in the order of running.
type step struct {
	name   string
	node   node
	failed string // which action has to fail for this one to run; empty: it runs when all goes well
}

// steps puts the actions of a group into the order in which they run: each behind those that it runs
// after, and those that nothing tells apart in document order. An action that is not run because one
// before it succeeded is skipped, and so are those that run after it, but for those that ask for that
// (documented). Actions that wait for one another never run; they are left out.
func steps(actions node) []step {
	var names []string
	all := make(map[string]node)
	for name, action := range actions.members() {
		names, all[name] = append(names, name), action
	}
	behind := make(map[string][]string) // names of the actions that run after one
	waits := make(map[string]int)       // how many actions before one are not in order yet
	for _, name := range names {
		for before := range all[name].property("runAfter").members() {
			if _, ok := all[before]; ok {
				behind[before] = append(behind[before], name)
				waits[name]++
			}
		}
	}
	ready := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return waits[name] > 0 })
	skipped := make(map[string]string) // by name: which action has to fail
	var order []step
	for ; len(ready) > 0; ready = ready[1:] {
		s := step{name: ready[0], node: all[ready[0]]}
		if s.failed = s.node.failureBefore(skipped); s.failed != "" {
			skipped[s.name] = s.failed
		}
		order = append(order, s)
		for _, name := range behind[s.name] {
			if waits[name]--; waits[name] == 0 {
				ready = append(ready, name)
			}
		}
	}
	return order
}

// failureBefore returns the action that has to fail for this one to run, skipped being those of the
// actions before it that do not run.
func (n node) failureBefore(skipped map[string]string) string {
	for before, statuses := range n.property("runAfter").members() {
		list, ok := statuses.value.([]any)
		if !ok || len(list) == 0 {
			continue
		}
		asks := func(status string) bool {
			return slices.ContainsFunc(list, func(s any) bool { return strings.EqualFold(fmt.Sprint(s), status) })
		}
		cause, isSkipped := skipped[before]
		switch {
		case isSkipped && !asks("Skipped"):
			return cause
		case !isSkipped && !asks("Succeeded"):
			return before
		}
	}
	return ""
}
