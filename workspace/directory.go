package workspace

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"flowgate/entra"
)

// maxCertificate bounds a certificate's file: 64 KiB.
const maxCertificate = 64 << 10

func (l *loader) tenants() {
	l.ws.Directory = &entra.Directory{Cloud: l.ws.Cloud}
	ids, domains := map[string]string{}, map[string]bool{}
	for i, t := range l.config.Tenants {
		path := fmt.Sprintf("$.tenants[%d]", i)
		tenant := entra.Tenant{ID: l.guid(path+".id", "tenant id", t.ID, ids), Domain: strings.ToLower(t.Domain)}
		if tenant.Domain != "" && domains[tenant.Domain] {
			l.bad(path+".domain", "give each its own", "domain %q is another tenant's already", t.Domain)
		}
		domains[tenant.Domain] = true
		l.applications(path, t, &tenant)
		l.users(path, t, &tenant)
		l.resources(path, t, &tenant)
		l.identities(path, t, &tenant)
		l.granted(path, t, &tenant)
		l.ws.Directory.Tenants = append(l.ws.Directory.Tenants, tenant)
	}
}

func (l *loader) applications(path string, t TenantConfig, tenant *entra.Tenant) {
	clients, objects, names := map[string]string{}, map[string]string{}, map[string]bool{}
	for i, a := range t.Applications {
		at := fmt.Sprintf("%s.applications[%d]", path, i)
		if a.Name == "" || names[a.Name] {
			l.bad(at+".name", "give each application a name of its own", "application name %q is missing or taken", a.Name)
		}
		names[a.Name] = true
		tenant.Applications = append(tenant.Applications, entra.Application{
			Name:     a.Name,
			ClientID: l.guid(at+".clientId", "client id", a.ClientID, clients),
			ObjectID: l.guid(at+".objectId", "object id", a.ObjectID, objects),
			Secret:   a.Secret,
			Roles:    a.Roles,

			Certificates: l.certificates(at, a.Certificates),
			RedirectURIs: l.redirectURIs(at, a.RedirectURIs),
			PublicClient: a.PublicClient,

			SingleUseAssertions: a.SingleUseAssertions,
		})
		if a.RegistrationObjectID != "" {
			added := &tenant.Applications[len(tenant.Applications)-1]
			added.RegistrationID = l.guid(at+".registrationObjectId", "object id of the registration", a.RegistrationObjectID, objects)
		}
	}
}

func (l *loader) users(path string, t TenantConfig, tenant *entra.Tenant) {
	objects, names := map[string]string{}, map[string]bool{}
	for i, u := range t.Users {
		at := fmt.Sprintf("%s.users[%d]", path, i)
		if name := strings.ToLower(u.Name); names[name] {
			l.bad(at+".name", "give each user a name of its own", "user name %q is taken already", u.Name)
		} else {
			names[name] = true
		}
		if !strings.Contains(u.Name, "@") {
			l.bad(at+".name", "write a user principal name, such as ana@contoso.example", "user name %q is not one", u.Name)
		}
		tenant.Users = append(tenant.Users, entra.User{Name: u.Name, ObjectID: l.guid(at+".objectId", "object id", u.ObjectID, objects),
			Password: u.Password, GivenName: u.GivenName, FamilyName: u.FamilyName})
	}
	if tenant.DeviceUser = t.DeviceUser; t.DeviceUser != "" && !slices.ContainsFunc(t.Users, func(u UserConfig) bool { return strings.EqualFold(u.Name, t.DeviceUser) }) {
		l.bad(path+".deviceUser", "name one of the tenant's users", "device codes are approved by %q, who is no user of the tenant", t.DeviceUser)
	}
}

func (l *loader) resources(path string, t TenantConfig, tenant *entra.Tenant) {
	clients, identifiers := map[string]string{}, map[string]bool{}
	for i, r := range t.Resources {
		at := fmt.Sprintf("%s.resources[%d]", path, i)
		// A trailing slash does not tell two resources apart.
		if id := strings.ToLower(strings.TrimRight(r.Identifier, "/")); identifiers[id] {
			l.bad(at+".identifier", "give each resource an identifier of its own", "identifier %q is taken already", r.Identifier)
		} else {
			identifiers[id] = true
		}
		if r.Identifier == "" {
			l.bad(at, "give it an identifier, such as api://orders", "a resource has no identifier")
		}
		if r.TokenVersion < 0 || r.TokenVersion > 2 {
			l.bad(at+".tokenVersion", "use 1 or 2", "unknown token version %d", r.TokenVersion)
		}
		tenant.Resources = append(tenant.Resources, entra.Resource{Identifier: r.Identifier,
			ClientID: l.guid(at+".clientId", "client id", r.ClientID, clients), TokenVersion: r.TokenVersion,
			DisplayName: r.Name, AppRoles: r.AppRoles, AssignmentRequired: r.AssignmentRequired, Scopes: r.Scopes})
	}
}

// certificates reads the certificates that an application may prove itself with:
// each a PEM file, or the PEM itself.
func (l *loader) certificates(path string, written []string) []*x509.Certificate {
	var all []*x509.Certificate
	for i, w := range written {
		data, shown, err := []byte(w), "certificate", error(nil)
		if !strings.Contains(w, "-----BEGIN ") {
			shown = l.folder.path(w)
			data, err = l.folder.read(w, maxCertificate)
		}
		var c *x509.Certificate
		if err == nil {
			c, err = parseCertificate(data)
		}
		if err != nil {
			l.bad(fmt.Sprintf("%s.certificates[%d]", path, i), "name a PEM file with an RSA certificate in it", "%s: %v", shown, err)
			continue
		}
		all = append(all, c)
	}
	return all
}

// parseCertificate returns the first certificate of a PEM document. A private key
// beside it is not looked at.
func parseCertificate(data []byte) (*x509.Certificate, error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return nil, errors.New("no certificate in it")
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errors.New("the certificate cannot be read")
		}
		if _, ok := c.PublicKey.(*rsa.PublicKey); !ok {
			return nil, fmt.Errorf("its key is %s, not RSA", c.PublicKeyAlgorithm)
		}
		return c, nil
	}
}

func (l *loader) redirectURIs(path string, written []string) []string {
	for i, w := range written {
		if u, err := url.Parse(w); err != nil || u.Scheme == "" || u.Fragment != "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
			l.bad(fmt.Sprintf("%s.redirectUris[%d]", path, i), "write it whole, such as http://localhost:3000/signed-in", "redirect URI %q is not one", w)
		}
	}
	return written
}

// identities are the managed identities of the host that the emulator stands for.
func (l *loader) identities(path string, t TenantConfig, tenant *entra.Tenant) {
	clients, objects, system := map[string]string{}, map[string]string{}, 0
	for i, m := range t.ManagedIdentities {
		at := fmt.Sprintf("%s.managedIdentities[%d]", path, i)
		if lower := strings.ToLower(m.ResourceID); !strings.HasPrefix(lower, "/subscriptions/") || !strings.Contains(lower, "/providers/") {
			l.bad(at+".resourceId", "write /subscriptions/…/resourcegroups/…/providers/…", "resource id %q of managed identity %q is not one", m.ResourceID, m.Name)
		}
		identity := entra.ManagedIdentity{Application: entra.Application{Name: m.Name, Roles: m.Roles,
			ClientID: l.guid(at+".clientId", "client id", m.ClientID, clients),
			ObjectID: l.guid(at+".objectId", "object id", m.ObjectID, objects)}, ResourceID: m.ResourceID}
		if !identity.UserAssigned() {
			system++
		}
		if system > 1 {
			l.bad(at, "keep one; user-assigned ones are below Microsoft.ManagedIdentity/userAssignedIdentities", "a host has one system-assigned identity")
		}
		tenant.Identities = append(tenant.Identities, identity)
	}
}

// granted holds the roles that are granted against those that a resource of the
// workspace declares, if it declares any.
func (l *loader) granted(path string, t TenantConfig, tenant *entra.Tenant) {
	check := func(at string, roles map[string][]string) {
		for _, r := range tenant.Resources {
			for _, role := range roles[r.Identifier] {
				if r.AppRoles != nil && !slices.Contains(r.AppRoles, role) {
					l.bad(at, "declare it under the resource's appRoles, or grant one that is there", "role %q of %s is granted, but the resource has no such role", role, r.Identifier)
				}
			}
		}
	}
	for i, a := range t.Applications {
		check(fmt.Sprintf("%s.applications[%d].roles", path, i), a.Roles)
	}
	for i, m := range t.ManagedIdentities {
		check(fmt.Sprintf("%s.managedIdentities[%d].roles", path, i), m.Roles)
	}
}
