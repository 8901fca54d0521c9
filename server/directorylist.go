package server

import (
	"slices"

	"flowgate/entra"
	"flowgate/inspector"
)

// listDirectory tells whom tokens can be made for: names and ids, no secrets.
func (s *Server) listDirectory() inspector.Directory {
	ws := s.Workspace()
	var d inspector.Directory
	for _, t := range ws.Directory.Tenants {
		tenant := inspector.DirectoryTenant{ID: t.ID, Domain: t.Domain}
		for _, a := range t.Applications {
			tenant.Applications = append(tenant.Applications, inspector.DirectoryApplication{Name: a.Name, ClientID: a.ClientID})
		}
		for _, u := range t.Users {
			tenant.Users = append(tenant.Users, inspector.DirectoryUser{Name: u.Name, ObjectID: u.ObjectID})
		}
		for _, r := range t.Resources {
			tenant.Resources = append(tenant.Resources, inspector.DirectoryResource{Identifier: r.Identifier, ClientID: r.ClientID})
			d.Resources = append(d.Resources, r.Identifier)
		}
		d.Tenants = append(d.Tenants, tenant)
	}
	for _, w := range ws.Workflows {
		for i := range w.Triggers { // in the document's order: beyond the bound it says which are listed
			for _, p := range w.Gates[w.Triggers[i].Name].Policies.Policies() {
				for _, c := range p.Claims {
					if c.Name == "aud" && len(d.Resources) < maxListed && !isClientID(d, c.Value) {
						d.Resources = append(d.Resources, c.Value)
					}
				}
			}
		}
	}
	d.Resources = append(d.Resources, ws.Directory.Cloud.FlowService())
	slices.Sort(d.Resources)
	d.Resources = slices.Compact(d.Resources)
	for _, b := range entra.BadTokens() {
		d.Bad = append(d.Bad, inspector.BadName{Name: b.Name, Defect: b.Defect, Reason: b.Reason})
	}
	return d
}

// maxListed bounds the audiences that a page offers, for workspaces of any size.
const maxListed = 1000

// isClientID reports whether an audience is a resource's client id: tokens are asked
// for by the resource's identifier, which is listed.
func isClientID(d inspector.Directory, audience string) bool {
	for _, t := range d.Tenants {
		for _, r := range t.Resources {
			if r.ClientID == audience {
				return true
			}
		}
	}
	return false
}

// listGates tells what stands before the triggers of a workflow.
func (s *Server) listGates(name string) []inspector.Gate {
	var gates []inspector.Gate
	for _, w := range s.Workspace().Workflows {
		if w.Name != name {
			continue
		}
		for i := range w.Triggers {
			g := w.Gates[w.Triggers[i].Name]
			gates = append(gates, inspector.Gate{Trigger: g.Trigger.Name, SAS: g.SAS, Policies: g.Policies.Policies(), Conditions: len(g.Trigger.Conditions)})
		}
	}
	return gates
}
