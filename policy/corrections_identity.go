package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Mistakes about who calls: an application's several ids, a user, a role.

var (
	objectIDClaims = []string{"oid", "sub"} // in an application's token both are its object id
	clientIDClaims = []string{"appid", "azp"}

	// usersOf are what users' tokens of a version have as a matter of course and an application's
	// never, userClaims these and what is configured for users alone (entra.md section 1).
	usersOf = map[int][]string{
		1: {"acr", "amr", "family_name", "given_name", "ipaddr", "name", "scp", "unique_name", "upn"},
		2: {"name", "preferred_username", "scp"},
	}
	userClaims = slices.Concat(usersOf[1], usersOf[2], []string{"email"})
)

// appOnly reports whether the token is an application's own. idtyp says so, but is
// optional; an application's sub is its object id, where a user's is made for each
// resource, and it has no scp.
func (h *hearing) appOnly() bool {
	if kind, ok := h.claims["idtyp"].(string); ok {
		return kind == "app"
	}
	for _, name := range userClaims {
		if _, has := h.claims[name]; has {
			return false
		}
	}
	return h.text("oid") != "" && h.text("oid") == h.text("sub")
}

// text returns a claim of the token that is text.
func (h *hearing) text(name string) string {
	text, _ := h.claims[name].(string)
	return text
}

// tenant returns the id of the token's tenant.
func (h *hearing) tenant() string { return tenantOf(h.claims) }

func tenantOf(claims Claims) string {
	if id, _ := claims["tid"].(string); id != "" {
		return id
	}
	issuer, _ := claims["iss"].(string)
	is, _ := parseIssuer(issuer)
	return is.tenant
}

// clientID returns the client id that the token names.
func (h *hearing) clientID() string {
	if id := h.text("appid"); id != "" {
		return id
	}
	return h.text("azp")
}

// caller names the token's application in a sentence.
func (h *hearing) caller() string {
	if a, ok := h.known.application(func(_ KnownTenant, a KnownApplication) bool {
		return a.Name != "" && (sameID(a.ObjectID, h.text("oid")) || sameID(a.ClientID, h.clientID()))
	}); ok {
		return "application " + called(a.Name)
	}
	if id := h.clientID(); id != "" {
		return "the application with client id " + quoted(id)
	}
	return "the application"
}

// clientIDForObjectID: that two ids are one application's, the workspace knows, or
// the application's own token shows. Ids that were swapped are one mistake.
func (h *hearing) clientIDForObjectID() (correction, bool) {
	var c correction
	var fixes []string
	for _, m := range h.mismatches {
		got, _ := m.Got.(string)
		isObject, isClient := slices.Contains(objectIDClaims, m.Name), slices.Contains(clientIDClaims, m.Name)
		if got == "" || !isObject && !isClient {
			continue
		}
		right, wrong, other := "object id", "client id", h.clientID()
		if isClient {
			right, wrong, other = wrong, right, h.text("oid")
		}
		a, known := h.known.application(func(_ KnownTenant, a KnownApplication) bool {
			return sameID(a.ClientID, m.Wanted) && sameID(a.ObjectID, got) || sameID(a.ClientID, got) && sameID(a.ObjectID, m.Wanted)
		})
		switch {
		case known && sameID(a.ClientID, got) == isObject:
			c.says(m.Name, m.Wanted)
			fixes = append(fixes, fmt.Sprintf("get the token from Entra: this one has the %s %s of application %s as %s, where Entra writes its %s %s",
				wrong, quoted(got), called(a.Name), m.Name, right, quoted(m.Wanted)))
		case known, h.appOnly() && sameID(other, m.Wanted):
			c.asks(m, m.Name, got)
			fixes = append(fixes, h.otherID(m, got, fmt.Sprintf("the %s of %s belongs there, not its %s", right, h.caller(), wrong)))
		}
	}
	c.fix = func() string { return strings.Join(fixes, "; ") }
	return c, c.changes()
}

// registrationForEnterpriseObject: both have an object id, and no token has the
// registration's.
func (h *hearing) registrationForEnterpriseObject() (correction, bool) {
	for _, m := range h.mismatches {
		got, _ := m.Got.(string)
		if !slices.Contains(objectIDClaims, m.Name) {
			continue
		}
		if _, ok := h.known.application(func(_ KnownTenant, a KnownApplication) bool {
			return sameID(a.RegistrationID, m.Wanted) && sameID(a.ObjectID, got)
		}); ok {
			c := correction{fix: func() string {
				return h.otherID(m, got, fmt.Sprintf("the object id of the enterprise application of %s belongs there, not that of its app registration", h.caller()))
			}}
			c.asks(m, m.Name, got)
			return c, true
		}
	}
	return none()
}

// otherID has the policy, or the flow's list of users, which has no claims, name the id that
// the token has.
func (h *hearing) otherID(m Comparison, got, why string) string {
	written := quoted(got)
	if !h.flow {
		written = label(m.Name) + " " + written
	}
	return fmt.Sprintf("in %s write %s for %s: %s", h.place(), written, quoted(m.Wanted), why)
}

// place is where an id of the policy is written down.
func (h *hearing) place() string {
	if h.flow {
		return "the flow's list of users"
	}
	return "policy " + called(h.Name)
}

// appOnlyHasNoUserClaim corrects all of a user's claims together: one sign-in would.
func (h *hearing) appOnlyHasNoUserClaim() (correction, bool) {
	if !h.appOnly() {
		return none()
	}
	var c correction
	var wanted []string
	for _, m := range h.mismatches {
		user, isUser := h.known.userOf(h.tenant(), m.Wanted)
		switch {
		case m.Name == "oid" && isUser:
			wanted = append(wanted, fmt.Sprintf("oid %s (user %s)", quoted(m.Wanted), called(user.Name)))
		case slices.Contains(userClaims, m.Name) && !m.Present && h.hasInVersion(m.Name):
			wanted = append(wanted, label(m.Name)+" "+quoted(m.Wanted))
		default:
			continue
		}
		c.says(m.Name, m.Wanted)
	}
	if c.changes() {
		h.ofUser(&c)
	}
	c.fix = func() string {
		instead := "add a policy for " + h.caller()
		if h.flow {
			instead = h.joinsFlow()
		}
		return fmt.Sprintf("let the user sign in and send the token of that sign-in, or %s: policy %s wants %s, and this is an application's own token, which never has that",
			instead, called(h.Name), listed(wanted))
	}
	return c, c.changes()
}

// hasInVersion reports whether users' tokens of this one's version have a claim as a matter
// of course: email is optional in both, and upn in v2.0.
func (h *hearing) hasInVersion(claim string) bool {
	is, _ := parseIssuer(h.text("iss"))
	if of, ok := usersOf[is.version]; ok {
		return slices.Contains(of, claim)
	}
	return true
}

// roleNotGranted: roles that an application lacks in its own token.
func (h *hearing) roleNotGranted() (correction, bool) {
	has, isList := h.claims["roles"].([]any)
	if _, present := h.claims["roles"]; !h.appOnly() || present && !isList {
		return none()
	}
	var missing []string
	var roles []any
	for _, m := range h.mismatches {
		if m.Name == "roles" {
			roles = append(roles, m.Wanted)
			missing = append(missing, quoted(m.Wanted))
		}
	}
	if len(missing) == 0 {
		return none()
	}
	return correction{token: Claims{"roles": append(roles, has...)}, fix: func() string {
		noun := "role"
		if len(missing) > 1 {
			noun = "roles"
		}
		fix := fmt.Sprintf("grant %s %s of resource %s to %s, consent to it and get a new token", noun, listed(missing), shown(h.claims["aud"]), h.caller())
		if len(has) > 0 {
			fix += ": this one has roles " + shown(has)
		}
		return fix
	}}, true
}

// sameID compares ids, GUIDs in any letter case; what is empty is no id.
func sameID(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
