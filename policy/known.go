package policy

import (
	"fmt"
	"slices"
	"strings"
)

// from returns the same knowledge as a token of the tenant has it: of names that several
// tenants use, it has its own tenant's.
func (k Known) from(tenant string) Known {
	own := slices.IndexFunc(k.Tenants, func(t KnownTenant) bool { return strings.EqualFold(t.ID, tenant) })
	if own > 0 {
		others := slices.Delete(slices.Clone(k.Tenants), own, own+1)
		k.Tenants = append([]KnownTenant{k.Tenants[own]}, others...)
	}
	return k
}

// application returns the first known application that the test holds of.
func (k Known) application(holds func(KnownTenant, KnownApplication) bool) (KnownApplication, bool) {
	for _, t := range k.Tenants {
		for _, a := range t.Applications {
			if holds(t, a) {
				return a, true
			}
		}
	}
	return KnownApplication{}, false
}

// whose says in brackets whom an id stands for; nothing when the workspace does not
// know it.
func (k Known) whose(id string) string {
	if a, ok := k.application(func(_ KnownTenant, a KnownApplication) bool {
		return a.Name != "" && (sameID(a.ClientID, id) || sameID(a.ObjectID, id))
	}); ok {
		return " (application " + called(a.Name) + ")"
	}
	if u, ok := k.user(id); ok {
		return " (user " + called(u.Name) + ")"
	}
	return ""
}

// user returns the user with an object id.
func (k Known) user(objectID string) (KnownUser, bool) {
	for _, t := range k.Tenants {
		if u, ok := t.user(objectID); ok {
			return u, true
		}
	}
	return KnownUser{}, false
}

func (t KnownTenant) user(objectID string) (KnownUser, bool) {
	for _, u := range t.Users {
		if sameID(u.ObjectID, objectID) {
			return u, true
		}
	}
	return KnownUser{}, false
}

// userOf returns the user of a tenant with an object id.
func (k Known) userOf(tenant, objectID string) (KnownUser, bool) {
	for _, t := range k.Tenants {
		if strings.EqualFold(t.ID, tenant) {
			return t.user(objectID)
		}
	}
	return KnownUser{}, false
}

// named returns the user of that name or object id.
func (k Known) named(text string) (KnownUser, bool) {
	for _, t := range k.Tenants {
		for _, u := range t.Users {
			if sameID(u.Name, text) || sameID(u.ObjectID, text) {
				return u, true
			}
		}
	}
	return KnownUser{}, false
}

// identifier returns the identifier of the resource that an audience names; the audience
// itself where the workspace does not know it.
func (k Known) identifier(audience string) string {
	if r, ok := k.resource(audience); ok && r.Identifier != "" {
		return r.Identifier
	}
	return audience
}

// sameResourceName compares identifiers as Entra does when it is asked for a token.
func sameResourceName(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}

// resource returns the resource that an audience names, by identifier or client id.
func (k Known) resource(audience string) (KnownResource, bool) {
	for _, t := range k.Tenants {
		if r, ok := t.resource(audience); ok {
			return r, true
		}
	}
	return KnownResource{}, false
}

func (t KnownTenant) resource(audience string) (KnownResource, bool) {
	for _, r := range t.Resources {
		if sameID(r.ClientID, audience) || r.Identifier != "" && sameResourceName(r.Identifier, audience) {
			return r, true
		}
	}
	return KnownResource{}, false
}

// version is that of the tokens for an audience, 1 or 2; 0 when it is not known. Microsoft's
// own services have v1.0 tokens (entra.md section 1).
func (k Known) version(audience string) int {
	if r, ok := k.resource(audience); ok {
		return r.TokenVersion
	}
	if ofMicrosoft(audience) {
		return 1
	}
	return 0
}

// lacks reports whether a known tenant has no resource of that audience, which another has.
func (k Known) lacks(tenant, audience string) bool {
	if _, ok := k.resource(audience); !ok {
		return false
	}
	for _, t := range k.Tenants {
		if strings.EqualFold(t.ID, tenant) {
			_, has := t.resource(audience)
			return !has
		}
	}
	return false
}

// sameResource reports whether two audiences name one resource: a known one, or one
// whose identifier is made of its client id, as Entra proposes it.
func (k Known) sameResource(a, b string) bool {
	if isGUID(a) && b == "api://"+a || isGUID(b) && a == "api://"+b {
		return true
	}
	ra, okA := k.resource(a)
	rb, okB := k.resource(b)
	return okA && okB && ra == rb
}

// tenantName names a tenant in a sentence, by its domain where that is known.
func (k Known) tenantName(id string) string {
	for _, t := range k.Tenants {
		if strings.EqualFold(t.ID, id) && t.Domain != "" {
			return fmt.Sprintf("%s (%s)", called(t.Domain), quoted(id))
		}
	}
	return quoted(id)
}

// sameTenant reports whether an issuer that names its tenant by a domain is otherwise the
// one of a token of that tenant, or, without a version, may be.
func (k Known) sameTenant(wanted, got string) bool {
	w, okWanted := parseIssuer(wanted)
	g, okGot := parseIssuer(got)
	same := w.host == g.host && w.version == g.version || w.version == 0 && g.version != 0 && w.sameDirectory(g)
	return okWanted && okGot && same && SavedIssuer(got) && slices.ContainsFunc(k.Tenants, func(t KnownTenant) bool {
		return t.Domain != "" && strings.EqualFold(t.Domain, w.tenant) && strings.EqualFold(t.ID, g.tenant)
	})
}
