package policy

import (
	"cmp"
	"fmt"
	"strings"
)

// Mistakes about who issued the token, and in which version.

// issuers parses the policy's issuer and the token's, if they differ.
func (h *hearing) issuers() (m Comparison, wanted, got issuer, ok bool) {
	m, ok = h.mismatch("iss")
	if !ok {
		return m, wanted, got, false
	}
	text, _ := m.Got.(string)
	wanted, okWanted := parseIssuer(m.Wanted)
	got, okGot := parseIssuer(text)
	return m, wanted, got, okWanted && okGot && got.version != 0
}

// issuerWithoutVersion: the service saves such an issuer, and no token has it.
func (h *hearing) issuerWithoutVersion() (correction, bool) {
	m, wanted, got, ok := h.issuers()
	if !ok || wanted.version != 0 || wanted.tenant != got.tenant || !wanted.sameDirectory(got) {
		return none()
	}
	text, _ := m.Got.(string)
	return h.rewritten(m, text, fmt.Sprintf("no token has an issuer without version, and this one is a v%d.0 token", got.version)), true
}

// versionTwins are claims that a v1.0 token has under one name and a v2.0 token
// under another, with the same value.
var versionTwins = [][2]string{{"appid", "azp"}, {"appidacr", "azpacr"}, {"upn", "preferred_username"}, {"unique_name", "preferred_username"}}

// twinOf returns the token's name for a claim that it lacks, if the value under that
// name is the one wanted.
func (h *hearing) twinOf(m Comparison) (string, bool) {
	for _, twins := range versionTwins {
		for i, name := range twins {
			if other := twins[1-i]; name == m.Name && !m.Present && matches(h.claims[other], m.Wanted) {
				return other, true
			}
		}
	}
	return "", false
}

func (h *hearing) appIDForAzp() (correction, bool) {
	for _, m := range h.mismatches {
		other, ok := h.twinOf(m)
		if !ok || m.Name != "appid" && m.Name != "azp" {
			continue
		}
		version := "v1.0"
		if other == "azp" {
			version = "v2.0"
		}
		c := correction{fix: func() string {
			return fmt.Sprintf("in policy %s write the claim %q for %q: a %s token names its application %s there", called(h.Name), other, m.Name, version, quoted(m.Wanted))
		}}
		c.asks(m, other, m.Wanted)
		return c, true
	}
	return none()
}

// issuerVersion rewrites the policy for the token's version: the issuer's form,
// appid or azp, ver, and the audience, where identifier and client id are known to be
// one resource's. The resource decides the version, never the endpoint.
func (h *hearing) issuerVersion() (correction, bool) {
	m, wanted, got, ok := h.issuers()
	if _, differs := h.mismatch("iss"); !differs && !h.flow {
		return h.otherVersionBeside()
	}
	if !ok || wanted.version == 0 || wanted.version == got.version || wanted.tenant != got.tenant || !wanted.sameDirectory(got) {
		return none()
	}
	if !h.flow && !SavedIssuer(h.text("iss")) {
		c, ask, ok := h.resourceInVersion(1)
		c.fix = func() string {
			return fmt.Sprintf("%s: policy %s wants iss %s, and the service saves no policy with %s, which this token has", ask, called(h.Name), quoted(m.Wanted), shown(m.Got))
		}
		return c, ok
	}
	if h.flow {
		return correction{token: Claims{"iss": m.Wanted}, fix: func() string {
			return fmt.Sprintf("get the token with scope=%s, whose tokens are v1.0 ones: a flow wants iss %s, and this token has the v%d.0 issuer %s",
				quoted(scopeFor(h.Claims[0].Wanted)), quoted(m.Wanted), got.version, shown(m.Got))
		}}, true
	}
	var c correction
	var written []Claim
	rewrite := func(m Comparison, name, value string) {
		c.asks(m, name, value)
		written = append(written, Claim{name, value})
	}
	for _, m := range h.mismatches {
		text, _ := m.Got.(string)
		other, isTwin := h.twinOf(m)
		switch {
		case m.Name == "iss", m.Name == "ver" && m.Present, m.Name == "aud" && h.known.sameResource(text, m.Wanted):
			rewrite(m, m.Name, text)
		case isTwin:
			rewrite(m, other, m.Wanted)
		}
	}
	c.fix = func() string {
		fix := fmt.Sprintf("in policy %s write %s, for it is for v%d.0 tokens, and the token is a v%d.0 one, as its resource asks",
			called(h.Name), listedClaims(written), wanted.version, got.version)
		if other, ask, ok := h.resourceInVersion(wanted.version); ok && h.admits(other) && h.possible(other) {
			fix += ", or " + ask
		}
		return fix
	}
	return c, true
}

// otherVersionBeside: the issuer is right, and beside it the policy names the resource, or
// the version, as tokens of the other version do.
func (h *hearing) otherVersionBeside() (correction, bool) {
	is, ok := parseIssuer(h.text("iss"))
	if !ok || is.version == 0 {
		return none()
	}
	var c correction
	var written []string
	for _, m := range h.mismatches {
		text, isText := m.Got.(string)
		isAud := m.Name == "aud" && is.version == 2 && h.known.sameResource(text, m.Wanted) // of v1.0 the caller has the choice
		if isVer := m.Name == "ver" && text == fmt.Sprintf("%d.0", is.version); !isText || !isAud && !isVer {
			continue
		}
		c.asks(m, m.Name, text)
		written = append(written, fmt.Sprintf("%s %s for %s", m.Name, quoted(text), quoted(m.Wanted)))
	}
	c.fix = func() string {
		return fmt.Sprintf("in policy %s write %s: its issuer is that of v%d.0 tokens, which have it so", called(h.Name), listed(written), is.version)
	}
	return c, c.changes()
}

// resourceInVersion has the token's resource, one of the user's own, ask for tokens of a
// version. Those of v2.0 have its client id as aud, and those of v1.0 echo what the caller
// asks for: the name that the policy has for it.
func (h *hearing) resourceInVersion(version int) (c correction, ask string, ok bool) {
	r, ok := h.known.resource(h.text("aud"))
	if !ok {
		return c, "", false
	}
	name := cmp.Or(r.Identifier, r.ClientID)
	ask = fmt.Sprintf("have resource %s ask for v%d.0 tokens (requestedAccessTokenVersion)", quoted(name), version)
	aud := r.ClientID
	if version == 1 {
		aud = name
		for _, c := range h.Claims {
			if c.Name == "aud" && h.known.sameResource(r.ClientID, c.Wanted) {
				aud = c.Wanted
			}
		}
		ask += fmt.Sprintf(", and get one with scope=%s", quoted(scopeFor(aud)))
	}
	h.reissue(&c, version)
	c.says("aud", aud)
	return c, ask, true
}

// otherTenant: iss and tid go together. The application of another tenant has
// another object id; only if the workspace knows that the very same application has
// the wanted one there is it the same mistake.
func (h *hearing) otherTenant() (correction, bool) {
	m, wanted, got, ok := h.issuers()
	if !ok || wanted.version != got.version || !isGUID(wanted.tenant) || !isGUID(got.tenant) || strings.EqualFold(wanted.tenant, got.tenant) || !wanted.sameDirectory(got) {
		return none()
	}
	c := correction{token: Claims{"iss": m.Wanted, "tid": wanted.tenant}}
	h.inDirectory(&c, wanted.tenant)
	c.fix = func() string {
		fix := fmt.Sprintf("get the token from tenant %s, whose tokens policy %s takes: this one is of tenant %s, as its iss %s says",
			h.known.tenantName(wanted.tenant), called(h.Name), h.known.tenantName(got.tenant), shown(m.Got))
		if aud := h.text("aud"); h.known.lacks(wanted.tenant, aud) {
			fix += ", and for a resource of that tenant, which has no " + quoted(aud)
		}
		if !h.flow {
			fix += "; to let that tenant in, add a policy for it"
		}
		return fix
	}
	return c, true
}
