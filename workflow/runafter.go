package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// step is an action in the order of running.
type step struct {
	name   string
	node   node
	after  []predecessor // those that it runs after
	failed string        // which action has to fail for this one to run; empty: it runs when all goes well
	place  int           // in the document
	waits  int           // for how many of those before it
}

// predecessor is an action that another runs after.
type predecessor struct {
	name     string
	statuses node // that it may end with
}

// steps puts the actions of a group into the order in which they run: each behind those that it runs
// after, and those that may begin together in document order. An action that is not run because one
// before it succeeded is skipped, and so are those that run after it, but for those that ask for that
// (documented). Actions that wait for one another never run; they are left out.
func steps(actions node) []step {
	all := group(actions)
	behind := make(map[string][]*step) // the actions that run after one
	var ready []*step
	for _, s := range all {
		for _, before := range s.after {
			behind[before.name] = append(behind[before.name], s)
		}
		if s.waits = len(s.after); s.waits == 0 {
			ready = append(ready, s)
		}
	}
	skipped := make(map[string]string) // by name: which action has to fail
	var order []step
	for len(ready) > 0 {
		var next []*step
		for _, s := range ready {
			if s.failed = s.failureBefore(skipped); s.failed != "" {
				skipped[s.name] = s.failed
			}
			order = append(order, *s)
			for _, later := range behind[s.name] {
				if later.waits--; later.waits == 0 {
					next = append(next, later)
				}
			}
		}
		slices.SortFunc(next, func(a, b *step) int { return cmp.Compare(a.place, b.place) })
		ready = next
	}
	if i := slices.IndexFunc(all, func(s *step) bool { return s.waits > 0 }); i >= 0 {
		all[i].node.warnf("take a name out of its runAfter", "the action %q never runs: it waits for itself, or for actions that wait for one another", all[i].name)
	}
	return order
}

// group reads the actions of a group, and which of them each runs after. Their names are found in any
// letter case, as the service finds them (presumed). The service saves no name of an action that is not
// in the group ("contains non-existent action").
func group(actions node) []*step {
	var all []*step
	names := make(map[string]string) // by name in lower case
	for name, action := range actions.members() {
		names[strings.ToLower(name)] = name
		all = append(all, &step{name: name, node: action, place: len(all)})
	}
	for _, s := range all {
		for written, statuses := range s.node.property("runAfter").members() {
			name, ok := names[strings.ToLower(written)]
			if !ok {
				statuses.warnf("name an action that stands beside it, or take the name out", "the action %q runs after %q, and there is no such action beside it: the service does not save that", s.name, written)
				continue
			}
			s.after = append(s.after, predecessor{name, statuses})
		}
	}
	return all
}

// failureBefore returns the action that has to fail for this one to run, skipped being those of the
// actions before it that do not run.
func (s *step) failureBefore(skipped map[string]string) string {
	for _, before := range s.after {
		list, _ := before.statuses.value.([]any)
		asks := func(status string) bool {
			return slices.ContainsFunc(list, func(s any) bool { return strings.EqualFold(fmt.Sprint(s), status) })
		}
		cause, isSkipped := skipped[before.name]
		switch {
		case isSkipped && !asks("Skipped"):
			return cause
		case !isSkipped && len(list) > 0 && !asks("Succeeded"):
			return before.name
		}
	}
	return ""
}
