package policy

import (
	"slices"
	"strings"
	"unicode"
)

// What of a token does not outlive a correction that asks for another one. An explanation
// claims no more than it knows, so that what the workspace cannot tell of the other token
// is no claim of it.

// grantClaims are what a resource puts into its tokens, and what is granted at it: those
// of another resource say something else.
var grantClaims = []string{"roles", "scp", "groups", "wids"}

// forResource asks for a token for another resource.
func (h *hearing) forResource(c *correction, audience string) {
	c.forgets(grantClaims...)
	if !h.appOnly() {
		c.forgets("sub") // made for each resource
		return
	}
	if a, ok := h.known.application(func(t KnownTenant, a KnownApplication) bool {
		return sameID(t.ID, h.tenant()) && sameID(a.ClientID, h.clientID())
	}); ok {
		c.grants(a, h.known.identifier(audience))
	}
}

// inDirectory asks for a token of another tenant, where the same user or application has
// other ids, if it is there at all.
func (h *hearing) inDirectory(c *correction, tenant string) {
	c.forgets(grantClaims...)
	c.forgets(userClaims...)
	c.forgets(objectIDClaims...)
	isThere := func(t KnownTenant, a KnownApplication) bool {
		return strings.EqualFold(t.ID, tenant) && sameID(a.ClientID, h.clientID())
	}
	there, ok := h.known.application(isThere)
	switch {
	case ok && h.appOnly():
		c.says("oid", there.ObjectID)
		c.says("sub", there.ObjectID)
		c.grants(there, h.known.identifier(h.text("aud")))
	case !ok && slices.ContainsFunc(h.known.Tenants, func(t KnownTenant) bool { return strings.EqualFold(t.ID, tenant) }):
		c.forgets(clientIDClaims...)
	}
	if h.known.lacks(tenant, h.text("aud")) {
		c.forgets("aud")
	}
}

// inCloud asks for a token of another cloud's directory, which has applications of its own.
func (h *hearing) inCloud(c *correction) {
	c.forgets(grantClaims...)
	c.forgets(userClaims...)
	c.forgets(objectIDClaims...)
	c.forgets(clientIDClaims...)
}

// ofUser asks for a user's token in the place of an application's.
func (h *hearing) ofUser(c *correction) {
	c.forgets(grantClaims...)
	c.forgets(objectIDClaims...)
	c.forgets("idtyp")
	for _, m := range h.Claims {
		user, ok := h.known.named(m.Wanted)
		if said := c.token[m.Name]; ok && said == any(m.Wanted) {
			c.says("oid", user.ObjectID)
			return
		}
	}
}

// grants says which roles the application has at a resource, where the workspace knows
// of some.
func (c *correction) grants(a KnownApplication, identifier string) {
	var roles []any
	for resource, granted := range a.Roles {
		if sameResourceName(resource, identifier) {
			for _, role := range granted {
				roles = append(roles, role)
			}
		}
	}
	if len(roles) > 0 {
		c.says("roles", roles)
	}
}

// inReach reports whether the token's tenant can have tokens for the audience: it has none
// for the services of clouds whose directory it is not in.
func (h *hearing) inReach(audience string) bool {
	of := cloudsOf(audience)
	is, ok := parseIssuer(h.text("iss"))
	return !ok || len(of) == 0 || slices.ContainsFunc(of, func(c Cloud) bool { return c.issues(is) })
}

// isAudience reports whether a token can be for it: it is no scope, and has nothing that
// a person would not see.
func isAudience(text string) bool {
	_, isScope := audienceOf(text)
	return text != "" && !isScope && isSeen(text)
}

// onlySeen drops the blanks of a text and what is not seen, onlySeenOrBlank the latter alone.
func onlySeen(text string) string { return strings.ReplaceAll(onlySeenOrBlank(text), " ", "") }

func onlySeenOrBlank(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}

// isSeen reports whether text has no blank and nothing invisible in it.
func isSeen(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}
