package workspace

import (
	"cmp"

	"flowgate/entra"
	"flowgate/policy"
)

// Known returns what the workspace knows of the directory, for explaining refusals.
// It was gathered at load; the caller must not change it.
func (ws *Workspace) Known() policy.Known { return ws.known }

func knownOf(d *entra.Directory) policy.Known {
	known := policy.Known{Cloud: d.Cloud}
	for _, t := range d.Tenants {
		tenant := policy.KnownTenant{ID: t.ID, Domain: t.Domain}
		for _, a := range t.Applications {
			tenant.Applications = append(tenant.Applications, policy.KnownApplication{Name: a.Name, ClientID: a.ClientID, ObjectID: a.ObjectID, RegistrationID: a.RegistrationID, Roles: a.Roles})
		}
		// A managed identity is an enterprise application without a registration.
		for _, m := range t.Identities {
			tenant.Applications = append(tenant.Applications, policy.KnownApplication{Name: m.Name, ClientID: m.ClientID, ObjectID: m.ObjectID, Roles: m.Roles})
		}
		for _, u := range t.Users {
			tenant.Users = append(tenant.Users, policy.KnownUser{Name: u.Name, ObjectID: u.ObjectID})
		}
		for _, r := range t.Resources {
			tenant.Resources = append(tenant.Resources, policy.KnownResource{Identifier: r.Identifier, ClientID: r.ClientID, TokenVersion: cmp.Or(r.TokenVersion, 1)})
		}
		known.Tenants = append(known.Tenants, tenant)
	}
	return known
}
