package workspace

import (
	"fmt"
	"slices"
	"strings"

	"flowgate/pattern"
	"flowgate/policy"
	"flowgate/workflow"
)

// flow looks at the specific users of a flow of the tenant.
func (l *linter) flow(tenant string, t *workflow.Trigger) workflow.Problems {
	if t.Mode != policy.UserMode {
		return nil
	}
	var all workflow.Problems
	for _, written := range t.Users {
		if p := l.user(tenant, written, t.UsersAt); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// user looks at one of a flow's users. That nobody has an email is told when the
// flow loads.
func (l *linter) user(tenant, written string, at workflow.Place) *workflow.Problem {
	if p := l.clientForObject(written, tenant, at, "an allowed user is named by email or object id"); p != nil {
		return p
	}
	id, known := l.directory.ObjectID(tenant, written)
	lower := strings.ToLower(id)
	switch homes := l.homes[lower]; {
	case !known:
	case !pattern.IsGUID(id):
		return lint("user-unknown", at, workflow.SeverityWarning, "write the user's email, or the object id",
			"the allowed user %q is neither an email nor an object id: nobody is admitted as that user", written)
	case id != lower:
		return lint("letter-case", at, workflow.SeverityWarning, fmt.Sprintf("write %q", lower),
			"tokens have ids in lower case, and letter case is compared: the allowed user %q never matches", written)
	case homes != nil && !slices.Contains(homes, tenant):
		return lint("other-tenant", at, workflow.SeverityWarning, "write the object id that it has in the flow's tenant, or give the flow its tenant in emulator.yaml",
			"the allowed user %q is of tenant %q, and the flow admits tokens of tenant %q alone", written, homes[0], tenant)
	case homes == nil && l.alone:
		return lint("user-unknown", at, workflow.SeverityNote, "add whoever it is under tenants in emulator.yaml, or entra to trust",
			"no tenant of the workspace has the object id %q of an allowed user, and the emulator's tokens alone are trusted", written)
	}
	return nil
}
