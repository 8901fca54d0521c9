package workspace

import (
	"fmt"
	"slices"
	"strings"

	"flowgate/entra"
	"flowgate/workflow"
)

// enterprise is an application as a tenant has it: the client id is the same in every
// tenant, the object id is not.
type enterprise struct {
	entra.Application
	tenant string // id
}

// clientForObject finds a client id where an object id of the tenant belongs, objectForClient
// the reverse. An id that is both is left alone.
func (l *linter) clientForObject(id, tenant string, at workflow.Place, belongs string) *workflow.Problem {
	id = strings.ToLower(id)
	if l.homes[id] != nil || id == "" {
		return nil
	}
	if all := l.registered[id]; all != nil {
		return lint("registration-for-enterprise-object", at, workflow.SeverityWarning, objectIDFix(all, tenant),
			"%q is the object id of the app registration of %q, which no token has", id, all[0].Name)
	}
	if all := l.clients[id]; all != nil {
		return lint("client-id-for-object-id", at, workflow.SeverityWarning, objectIDFix(all, tenant),
			"%q is the client id of the application %q, and %s: it never matches", id, all[0].Name, belongs)
	}
	return nil
}

// objectIDFix names the object id that an application has in the tenant, or all it has where
// several others have it: only the writer knows which tenant's tokens are to match.
func objectIDFix(all []enterprise, tenant string) string {
	if i := slices.IndexFunc(all, func(e enterprise) bool { return e.tenant == tenant }); i >= 0 {
		all = all[i : i+1]
	}
	if len(all) == 1 {
		return fmt.Sprintf("write %q, the object id of its enterprise application", all[0].ObjectID)
	}
	ids := make([]string, len(all))
	for i, e := range all {
		ids[i] = fmt.Sprintf("%q in tenant %q", e.ObjectID, e.tenant)
	}
	return "write the object id of its enterprise application: " + strings.Join(ids, ", ")
}

func (l *linter) objectForClient(id string, at workflow.Place, belongs string) *workflow.Problem {
	id = strings.ToLower(id)
	all := l.objects[id]
	if all == nil || l.clients[id] != nil {
		return nil
	}
	return lint("client-id-for-object-id", at, workflow.SeverityWarning, fmt.Sprintf("write %q, its client id", all[0].ClientID),
		"%q is the object id of the application %q, and %s: it never matches", id, all[0].Name, belongs)
}
