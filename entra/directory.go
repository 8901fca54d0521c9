// Package entra is the offline stand-in for Microsoft Entra ID: tenants with
// their applications, users and resources, and the tokens issued to them. Tokens
// look as Entra's do, member by member (facts: entra.md), but are signed with a key
// that is public on purpose. It is no identity provider for anything real.
package entra

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"flowgate/policy"
)

// Directory is every tenant of one cloud.
type Directory struct {
	Cloud   policy.Cloud
	Tenants []Tenant
}

// Tenant is an Entra tenant.
type Tenant struct {
	ID           string // GUID, lower case
	Domain       string // a verified domain
	Applications []Application
	Users        []User
	Resources    []Resource

	Identities []ManagedIdentity // of the host that the emulator stands for
	DeviceUser string            // who approves device codes at once; empty: somebody on the page
}

// Application is an app registration with its enterprise application.
type Application struct {
	Name     string
	ClientID string              // the registration's application id
	ObjectID string              // the enterprise application's object id: the token's oid
	Secret   string              // client secret
	Roles    map[string][]string // application roles granted, by resource identifier

	RegistrationID string // the registration's object id, which no token has; may be empty

	Certificates []*x509.Certificate // with whose keys its assertions may be signed
	RedirectURIs []string
	PublicClient bool // "allow public client flows": they need no credential even if it has one

	SingleUseAssertions bool // the very same client assertion is refused the second time
}

// User is a user of a tenant.
type User struct {
	Name       string // user principal name
	ObjectID   string
	Password   string
	GivenName  string
	FamilyName string
}

// Resource is an API that tokens are asked for.
type Resource struct {
	Identifier   string // application id URI, such as api://orders
	ClientID     string // the audience of its v2.0 tokens
	TokenVersion int    // requestedAccessTokenVersion: 1 or 2; 0 means 1, as null does

	DisplayName        string
	AppRoles           []string // that applications can be granted; nil: any
	AssignmentRequired bool     // applications without a role get no token
	Scopes             []string // delegated permissions; nil: any
}

// ManagedIdentity is a managed identity of the host: an enterprise application
// without a registration.
type ManagedIdentity struct {
	Application
	ResourceID string // Azure resource id: the host's own, or a user-assigned identity's
}

// Tenant returns the tenant with the given id or domain.
func (d *Directory) Tenant(idOrDomain string) (*Tenant, error) {
	for i := range d.Tenants {
		t := &d.Tenants[i]
		if strings.EqualFold(t.ID, idOrDomain) || t.Domain != "" && strings.EqualFold(t.Domain, idOrDomain) {
			return t, nil
		}
	}
	if len(d.Tenants) == 0 {
		return nil, fmt.Errorf("no tenant %q: the workspace has none", idOrDomain)
	}
	return nil, fmt.Errorf("no tenant %q; the workspace has %s", idOrDomain, oneOf(d.Tenants, func(t Tenant) string {
		if t.Domain == "" {
			return t.ID
		}
		return t.Domain
	}))
}

// ObjectID resolves what the triggerAllowedUsers of a tenant's flow names: a user's email to
// the user's object id, and any other text, an object id, to itself. It reports
// false for an email that no user of the directory has. A guest is called the same in
// both tenants and has an object id in each: the flow's tenant knows its own.
func (d *Directory) ObjectID(tenant, written string) (string, bool) {
	if !strings.Contains(written, "@") {
		return written, true
	}
	if own, err := d.Tenant(tenant); err == nil {
		if u := own.userNamed(written); u != nil {
			return u.ObjectID, true
		}
	}
	for i := range d.Tenants {
		if u := d.Tenants[i].userNamed(written); u != nil {
			return u.ObjectID, true
		}
	}
	return "", false
}

// application finds an application by name or client id: in the tenant where one
// is given, else wherever it is the only one so called.
func (d *Directory) application(tenant, nameOrID string) (*Tenant, *Application, error) {
	var in *Tenant
	if tenant != "" {
		t, err := d.Tenant(tenant)
		if err != nil && len(d.Tenants) == 0 {
			return nil, nil, fmt.Errorf("%w; add it under tenants in emulator.yaml", err)
		}
		if err != nil {
			return nil, nil, err
		}
		in = t
	}
	var foundTenant *Tenant
	var found *Application
	var known []string
	for i := range d.Tenants {
		t := &d.Tenants[i]
		if in != nil && t != in {
			continue
		}
		for j := range t.Applications {
			a := &t.Applications[j]
			known = append(known, a.Name)
			if a.Name != nameOrID && !strings.EqualFold(a.ClientID, nameOrID) && nameOrID != "" {
				continue
			}
			if found != nil && nameOrID != "" {
				return nil, nil, fmt.Errorf("application %q exists in tenants %s and %s; name one of the tenants as well", nameOrID, foundTenant.ID, t.ID)
			}
			if found == nil {
				foundTenant, found = t, a
			}
		}
	}
	if found == nil {
		where := "the workspace"
		if in != nil {
			where = "tenant " + in.ID
		}
		if len(known) == 0 {
			return nil, nil, fmt.Errorf("no application%s: %s has none; add one under applications of a tenant in emulator.yaml", called(nameOrID), where)
		}
		return nil, nil, fmt.Errorf("no application %q; %s has %s", nameOrID, where, oneOf(known, func(s string) string { return s }))
	}
	return foundTenant, found, nil
}

func (t *Tenant) user(nameOrID string) (*User, error) {
	for i := range t.Users {
		u := &t.Users[i]
		if strings.EqualFold(u.Name, nameOrID) || strings.EqualFold(u.ObjectID, nameOrID) {
			return u, nil
		}
	}
	if len(t.Users) == 0 {
		return nil, fmt.Errorf("no user %q: tenant %s has none; add the user under users of the tenant in emulator.yaml, or leave the user out", nameOrID, t.ID)
	}
	return nil, fmt.Errorf("no user %q in tenant %s; it has %s", nameOrID, t.ID, oneOf(t.Users, func(u User) string { return u.Name }))
}

// called is a name behind what it is the name of, where one was given.
func called(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" %q", name)
}

// oneOf lists names for a message: sorted, quoted, "none" when there are none.
func oneOf[T any](all []T, name func(T) string) string {
	if len(all) == 0 {
		return "none"
	}
	names := make([]string, len(all))
	for i, x := range all {
		names[i] = fmt.Sprintf("%q", name(x))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
