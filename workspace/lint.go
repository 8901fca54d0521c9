package workspace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"flowgate/entra"
	"flowgate/jwks"
	"flowgate/pattern"
	"flowgate/policy"
	"flowgate/workflow"
)

// Lint returns what the documents likely do not mean, in the order of their places:
// what each shows by itself, and what shows beside the cloud, the tenants and the
// keys of the workspace. What a start tells as well is in Notes instead.
func (ws *Workspace) Lint() workflow.Problems {
	l := newLinter(ws)
	var all workflow.Problems
	for _, w := range ws.Workflows {
		own := slices.Clone(w.Lints)
		for i := range w.Triggers {
			all = append(all, l.flow(w.Tenant, &w.Triggers[i])...)
		}
		for _, p := range w.Policies.Policies() {
			for i, c := range p.Claims {
				if problem := l.claim(p, c, w.PolicyAt(p.Name, i)); problem != nil {
					all = append(all, problem)
					own = slices.DeleteFunc(own, func(o *workflow.Problem) bool { return mootCase(o, problem) })
				}
			}
		}
		all = append(all, own...)
	}
	all.Sort()
	return slices.CompactFunc(all, func(a, b *workflow.Problem) bool { return *a == *b }) // a template may make many of one
}

// mootCase reports whether a problem is the letter case of an id for which another problem
// has another id written.
func mootCase(o, other *workflow.Problem) bool {
	wrongID := other.Lint == "client-id-for-object-id" || other.Lint == "registration-for-enterprise-object"
	return wrongID && o.Lint == "letter-case" && o.File == other.File && o.Line == other.Line && o.Column == other.Column
}

// linter is what the lints of a workspace look things up in.
type linter struct {
	cloud      policy.Cloud
	directory  *entra.Directory
	alone      bool                    // no tokens but the emulator's own are believed
	homes      map[string][]string     // ids of the tenants that have an object id
	clients    map[string][]enterprise // by client id
	objects    map[string][]enterprise // by object id
	registered map[string][]enterprise // by the object id of the registration
	callers    map[string][]string     // ids of the tenants that have an application's client id
}

func newLinter(ws *Workspace) *linter {
	l := &linter{
		cloud: ws.Cloud, directory: ws.Directory,
		alone: !slices.ContainsFunc(ws.Trust, func(s jwks.Source) bool { return s.Name != "emulator" }),
		homes: map[string][]string{}, clients: map[string][]enterprise{}, objects: map[string][]enterprise{},
		registered: map[string][]enterprise{}, callers: map[string][]string{},
	}
	for _, t := range ws.Directory.Tenants {
		for _, u := range t.Users {
			l.homes[u.ObjectID] = append(l.homes[u.ObjectID], t.ID)
		}
		for _, a := range applicationsOf(t) {
			l.homes[a.ObjectID] = append(l.homes[a.ObjectID], t.ID)
			in := enterprise{a, t.ID}
			l.clients[a.ClientID] = append(l.clients[a.ClientID], in)
			l.objects[a.ObjectID] = append(l.objects[a.ObjectID], in)
			l.registered[a.RegistrationID] = append(l.registered[a.RegistrationID], in)
			l.callers[a.ClientID] = append(l.callers[a.ClientID], t.ID)
		}
	}
	return l
}

// lint is a problem that the lint called name found.
func lint(name string, at workflow.Place, severity workflow.Severity, fix, format string, args ...any) *workflow.Problem {
	p := at.Problem(severity, fmt.Sprintf(format, args...), fix)
	p.Lint = name
	return p
}

func (l *linter) claim(p policy.Policy, c policy.Claim, at workflow.Place) *workflow.Problem {
	version, tenant := p.Issuer()
	switch c.Name {
	case "iss":
		return l.issuer(c.Value, at)
	case "aud":
		return cmp.Or(l.audience(c.Value, at), l.version(version, tenant, c.Value, at))
	case "oid", "sub":
		return cmp.Or(l.nameForID(c, tenant, at), l.clientForObject(c.Value, tenant, at, c.Name+" is an object id"), l.abroad(c.Name, c.Value, tenant, l.homes[c.Value], at))
	case "appid", "azp":
		return cmp.Or(l.nameForID(c, tenant, at), l.objectForClient(c.Value, at, c.Name+" is a client id"), l.abroad(c.Name, c.Value, tenant, l.callers[c.Value], at))
	}
	return nil
}

// nameForID finds an application's name where a token has one of its ids, those of the
// issuer's tenant if that has one of the name.
func (l *linter) nameForID(c policy.Claim, tenant string, at workflow.Place) *workflow.Problem {
	if c.Value == "" || pattern.IsGUID(c.Value) {
		return nil
	}
	var found *entra.Application
	for _, t := range l.directory.Tenants {
		for _, a := range applicationsOf(t) {
			if a.Name == c.Value && (found == nil || t.ID == tenant) {
				found = &a
			}
		}
	}
	if found == nil {
		return nil
	}
	id, kind := found.ClientID, "client id"
	if c.Name == "oid" || c.Name == "sub" {
		id, kind = found.ObjectID, "object id"
	}
	return lint("id-form", at, workflow.SeverityWarning, fmt.Sprintf("write %q, its %s", id, kind),
		"%s is an id, and %q is the name of an application: the policy never matches", c.Name, c.Value)
}

// applicationsOf are the applications of a tenant, managed identities among them.
func applicationsOf(t entra.Tenant) []entra.Application {
	all := slices.Clone(t.Applications)
	for _, m := range t.Identities {
		all = append(all, m.Application)
	}
	return all
}

// version finds the audience of a resource of the tenant whose tokens are of the other
// version than the policy's issuer.
func (l *linter) version(version int, tenant, aud string, at workflow.Place) *workflow.Problem {
	t, err := l.directory.Tenant(tenant)
	if version == 0 || err != nil {
		return nil
	}
	for _, r := range t.Resources {
		is := cmp.Or(r.TokenVersion, 1)
		if is == version || aud != r.Identifier && !strings.EqualFold(aud, r.ClientID) || version == 2 && strings.Contains(aud, "://") { // the policy's own lint tells the last
			continue
		}
		name := cmp.Or(r.Identifier, r.ClientID)
		issuer, written := l.cloud.Issuer(tenant), name
		if is == 2 {
			issuer, written = l.cloud.IssuerV2(tenant), r.ClientID
		}
		fix := fmt.Sprintf("give the resource tokens of v%d.0 (tokenVersion in emulator.yaml, requestedAccessTokenVersion in its registration)", version)
		if policy.SavedIssuer(issuer) {
			fix = fmt.Sprintf("name the issuer %s, and the aud %q, or %s", issuer, written, fix)
		}
		return lint("audience-version", at, workflow.SeverityWarning, fix,
			"tokens for the resource %q are v%d.0 ones, and the issuer is that of v%d.0 tokens: the policy never matches", name, is, version)
	}
	return nil
}

// abroad finds ids that only other tenants than the issuer's have. An application may be
// in tenants that the workspace does not know of, unless it knows of all tokens there are.
func (l *linter) abroad(claim, id, tenant string, homes []string, at workflow.Place) *workflow.Problem {
	if tenant == "" || len(homes) == 0 || slices.Contains(homes, tenant) || !l.alone {
		return nil
	}
	fix := "write the id that it has in the issuer's tenant, or name the issuer of its own"
	if claim == "appid" || claim == "azp" { // a client id is the same in every tenant
		fix = "add the application to the issuer's tenant, by consent there and under that tenant in emulator.yaml, or name the issuer of its own"
	}
	return lint("other-tenant", at, workflow.SeverityWarning, fix,
		"%s %q is of tenant %q, and the issuer is that of tenant %q: the policy never matches", claim, id, homes[0], tenant)
}

// issuer finds issuers of another cloud, and of tenants that nobody can have a token
// of. Where the keys of others are trusted, the workspace need not know the tenant.
func (l *linter) issuer(value string, at workflow.Place) *workflow.Problem {
	version, tenant := policy.LiveIssuer(value)
	own := l.cloud.Issuer(tenant)
	if version == 2 {
		own = l.cloud.IssuerV2(tenant)
	}
	switch {
	case version == 0:
	case own != value:
		return lint("other-cloud", at, workflow.SeverityWarning, l.issuerFix(tenant),
			"v%d.0 tokens of the cloud %s have the issuer %q, not %q: the policy never matches", version, l.cloud, own, value)
	case l.alone && !slices.ContainsFunc(l.directory.Tenants, func(t entra.Tenant) bool { return t.ID == tenant }):
		return lint("unknown-tenant", at, workflow.SeverityNote, "add the tenant under tenants in emulator.yaml, or entra to trust",
			"the workspace has no tenant %q, and trusts the emulator's tokens alone", tenant)
	}
	return nil
}

// issuerFix says what the tokens of the cloud have that the service saves.
func (l *linter) issuerFix(tenant string) string {
	const cloud = "name the cloud that the workflow lives in under cloud in emulator.yaml"
	if l.cloud == policy.China {
		return cloud + "; the documented rule saves no issuer of China's, and nobody has published what the service does there"
	}
	return cloud + ", or have callers get v1.0 tokens and name their issuer " + l.cloud.Issuer(tenant)
}

// audience finds the audience of a service of another cloud.
func (l *linter) audience(value string, at workflow.Place) *workflow.Problem {
	own, of, ok := l.cloud.Counterpart(value)
	if !ok {
		return nil
	}
	return lint("other-cloud", at, workflow.SeverityWarning, fmt.Sprintf("write %q, or name the cloud that the workflow lives in under cloud in emulator.yaml", own),
		"aud %q is a service of the cloud %s, and the workspace is of %s", value, of, l.cloud)
}
