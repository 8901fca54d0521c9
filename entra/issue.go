package entra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Request asks for a token. Of Resource (v1.0) and Scope (v2.0) exactly one is
// given. Without User the token is app-only.
type Request struct {
	Tenant      string // id or domain; empty: the application's
	Application string // name or client id; empty: the first of the tenant
	User        string // user principal name or object id
	Resource    string
	Scope       string
	Claims      []Override // applied last, in order
	Now         time.Time
}

// Override sets one claim to a value that encoding/json can write, or removes it.
type Override struct {
	Name   string
	Value  any
	Remove bool
}

// ParseOverride reads a claim override as the command line gives it: name=text
// sets a string, name:=json any JSON value, and name:=null removes the claim.
func ParseOverride(s string) (Override, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok || strings.TrimSuffix(name, ":") == "" {
		return Override{}, fmt.Errorf("claim %q is not name=value; write oid=text for a string, roles:=[\"A\"] for JSON, tid:=null to leave it out", s)
	}
	name, isJSON := strings.CutSuffix(name, ":")
	if !isJSON {
		return Override{Name: name, Value: value}, nil
	}
	var v any
	dec := json.NewDecoder(strings.NewReader(value))
	dec.UseNumber()
	err := dec.Decode(&v)
	if _, end := dec.Token(); err != nil || end != io.EOF { // More would take ] and } for the end
		return Override{}, fmt.Errorf("claim %q: %q is not one JSON value; use = for a plain string", name, value)
	}
	return Override{Name: name, Value: v, Remove: v == nil}, nil
}

// Issue returns the signed access token that Entra would give for the request.
// Errors name what the directory does not know and what it has instead.
func (d *Directory) Issue(r Request) (string, error) {
	t, err := d.token(r)
	if err != nil {
		return "", err
	}
	return t.sign()
}

// Claims returns the claims of the token that Issue would give, unsigned: for
// asking what a gate would say of it.
func (d *Directory) Claims(r Request) (map[string]any, error) {
	t, err := d.token(r)
	if err != nil {
		return nil, err
	}
	data, err := t.claims.encode()
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return claims, dec.Decode(&claims)
}

func (d *Directory) token(r Request) (*token, error) {
	tenant, app, err := d.application(r.Tenant, r.Application)
	if err != nil {
		return nil, err
	}
	asked, permissions := r.Resource, []string{defaultScope}
	switch {
	case r.Resource == "" && r.Scope == "":
		return nil, errors.New("give a resource or a scope, one of the two, such as the resource https://management.azure.com/ or the scope https://service.flow.microsoft.com//.default")
	case r.Resource != "" && r.Scope != "":
		return nil, fmt.Errorf("give a resource or a scope, one of the two, not both resource %q and scope %q", r.Resource, r.Scope)
	case r.Scope != "":
		if asked, permissions, err = askedFor(r.Scope); err != nil {
			return nil, err
		}
	}
	resource, err := tenant.resource(asked)
	if err != nil {
		return nil, err
	}
	t := &token{directory: d, tenant: tenant, app: app, resource: resource, audience: asked, now: r.Now}
	if r.User == "" {
		if len(permissions) > 1 || permissions[0] != defaultScope {
			return nil, fmt.Errorf("scope %q: an application without a user asks for %s/.default", r.Scope, asked)
		}
		t.appOnly()
	} else {
		user, err := tenant.user(r.User)
		if err != nil {
			return nil, err
		}
		var granted []string
		for _, p := range permissions {
			if p == defaultScope {
				granted = append(granted, strings.Fields(resource.allScopes())...)
				continue
			}
			granted = append(granted, p)
		}
		t.delegated(user, strings.Join(compact(granted), " "))
	}
	for _, o := range r.Claims {
		t.claims.override(o)
	}
	return t, nil
}

// askedFor reads a scope as the v2.0 endpoint does, with openid and the like beside what it is
// for, as client libraries write it (entra.md section 5).
func askedFor(scope string) (resource string, permissions []string, err error) {
	for _, s := range strings.Fields(scope) {
		if isOpenID(s) {
			continue
		}
		of, permission, err := splitScope(s)
		if err != nil {
			return "", nil, err
		}
		if resource != "" && of != resource {
			return "", nil, fmt.Errorf("scope %q is for two resources, %q and %q; ask for a token of each", scope, resource, of)
		}
		resource, permissions = of, append(permissions, permission)
	}
	if permissions == nil {
		return "", nil, errUnscoped(scope)
	}
	return resource, compact(permissions), nil
}
