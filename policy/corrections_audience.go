package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Mistakes about what the token is for and what is in it.

// otherAudience asks for the wanted resource instead. Where its tokens' version is
// known, they differ in all that goes with the version: those of v1.0 echo the name that
// the resource was asked for by, and those of v2.0 have its client id.
func (h *hearing) otherAudience() (correction, bool) {
	m, ok := h.mismatch("aud")
	got, isText := m.Got.(string)
	if !ok || !isText || !isAudience(m.Wanted) || !h.inReach(m.Wanted) || h.known.lacks(h.tenant(), m.Wanted) {
		return none()
	}
	r, isKnown := h.known.resource(m.Wanted)
	same := h.known.sameResource(got, m.Wanted)
	c := correction{token: Claims{"aud": m.Wanted}}
	scope := scopeFor(m.Wanted)
	switch {
	case same && (!isKnown || r.TokenVersion != 1):
		return none() // its tokens have no other aud
	case same:
	case isKnown && r.TokenVersion == 2:
		c.says("aud", r.ClientID)
		if r.Identifier != "" {
			scope = scopeFor(r.Identifier)
		}
	}
	if !same {
		h.forResource(&c, m.Wanted)
	}
	h.reissue(&c, h.known.version(m.Wanted))
	c.fix = func() string {
		is := "this one is for " + quoted(got)
		if same {
			is += ", another name of the same resource"
		}
		ask := fmt.Sprintf("ask for the token with scope=%s", quoted(scope))
		if h.isIDToken() {
			ask += " and send the access_token of the answer, not its id_token"
			is += h.known.whose(got) + " and has neither appid nor azp, like an ID token"
		}
		return fmt.Sprintf("%s: %s, and policy %s wants aud %s", ask, is, called(h.Name), quoted(m.Wanted))
	}
	return c, true
}

// isIDToken reports whether the token is like an ID token of Entra: for an application, and without
// appid and azp, one of which every access token has (entra.md section 1).
func (h *hearing) isIDToken() bool {
	_, isEntras := parseIssuer(h.text("iss"))
	return isEntras && isGUID(h.text("aud")) && h.clientID() == "" && !h.appOnly()
}

// reissue says what of the token would differ in another version: the issuer's form,
// ver, the name of the application's claim, and what only users' tokens of this one have.
func (h *hearing) reissue(c *correction, version int) {
	is, ok := parseIssuer(h.text("iss"))
	if !ok || is.version == version || version != 1 && version != 2 {
		return
	}
	c.says("iss", is.inVersion(version))
	if own := h.known.Cloud; version == 2 && own != "" && own.issues(is) { // sts.windows.net is that of two directories
		c.says("iss", own.IssuerV2(is.tenant))
	}
	c.says("ver", fmt.Sprintf("%d.0", version))
	for _, name := range usersOf[is.version] {
		if !slices.Contains(usersOf[version], name) {
			c.forgets(name)
		}
	}
	for _, twins := range versionTwins {
		if value, has := h.claims[twins[2-version]]; has {
			c.says(twins[version-1], value)
			c.forgets(twins[2-version])
		}
	}
}

// arrayWithoutElement adds to one list what the policy misses in it.
func (h *hearing) arrayWithoutElement() (correction, bool) {
	for _, m := range h.mismatches {
		list, ok := m.Got.([]any)
		if !ok || slices.Contains(singleClaims, m.Name) { // that Entra never writes as a list
			continue
		}
		longer := append(append(make([]any, 0, len(list)+1), list...), m.Wanted)
		return correction{token: Claims{m.Name: longer}, fix: func() string {
			fix := fmt.Sprintf("have %s added to the caller's %s", quoted(m.Wanted), label(m.Name))
			if m.Name == "amr" { // nobody adds to it: it is how the user signed in
				fix = fmt.Sprintf("get a token for which the user signed in with %s, which its amr would list", quoted(m.Wanted))
			}
			if len(list) == 0 {
				return fix + ": the token has none"
			}
			return fix + fmt.Sprintf(", or name in policy %s one that the token has: %s", called(h.Name), shown(list))
		}}, true
	}
	return none()
}

// absentAdvice says how a claim comes into a token. What is not in it, and an advice
// about the manifest, is for a resource of one's own.
var absentAdvice = map[string]string{
	"groups":    groupsAdvice,
	"wids":      groupsAdvice,
	"roles":     "assign the role to the user",
	"aud":       "get it from Entra, whose tokens always have one",
	"iss":       "get it from Entra, whose tokens always have one",
	"tid":       "get it from Entra, whose tokens always have one",
	"oid":       "get it from Entra, whose tokens always have one",
	"sub":       "get it from Entra, whose tokens always have one",
	"appid":     "get it from Entra, whose v1.0 tokens always have one",
	"azp":       "get it from Entra, whose v2.0 tokens always have one",
	"scp":       "ask for it on behalf of a user",
	"acr":       "get it from Entra, whose v1.0 tokens of users always have one",
	"amr":       "let the user sign in in that way",
	"xms_mirid": "use a managed identity",
	"m":         "sign it into the PoP request",
	"u":         "sign it into the PoP request",
	"p":         "sign it into the PoP request",
}

const (
	groupsAdvice   = "set groupMembershipClaims in the manifest of the token's resource"
	optionalAdvice = "configure it as an optional claim of the token's resource"
)

// adviceFor says how the claim comes into this token. A manifest decides that, the
// resource's, and that of Microsoft's services is Microsoft's.
// Source: Microsoft's "optional claims" page.
func (h *hearing) adviceFor(claim string) string {
	advice, ok := absentAdvice[claim]
	if !ok {
		advice = optionalAdvice
	}
	if aud := h.text("aud"); (advice == optionalAdvice || advice == groupsAdvice) && ofMicrosoft(aud) {
		return fmt.Sprintf("only a resource of your own can be told to have it in its tokens, and %s is Microsoft's", quoted(aud))
	}
	if claim == "idtyp" && !h.appOnly() {
		return advice + ", with include_user_token, for without that only tokens of applications have it"
	}
	return advice
}

// overflows returns the claim by which the token says that it leaves out its user's groups, for they
// are more than a token lists; "" where it says nothing of the sort.
// Source: Microsoft's "group overage claim" page.
func (h *hearing) overflows() string {
	names, _ := h.claims["_claim_names"].(map[string]any)
	if _, elsewhere := names["groups"]; elsewhere {
		return "_claim_names"
	}
	if has := h.claims["hasgroups"]; has == true || has == "true" {
		return "hasgroups"
	}
	return ""
}

// neverInV2 are users' claims of v1.0 tokens that no v2.0 one has (entra.md section 1); the
// others are optional there.
// Source: Microsoft's "optional claims" page.
var neverInV2 = []string{"acr", "amr", "unique_name"}

// claimAbsent: one claim that the token could have. A claim of the other version
// alone is not absent by mistake.
func (h *hearing) claimAbsent() (correction, bool) {
	if len(h.mismatches) == 0 || h.mismatches[0].Present || h.mismatches[0].Name == "" || !isSeen(h.mismatches[0].Name) {
		return none()
	}
	m := h.mismatches[0]
	if h.appOnly() && slices.Contains(userClaims, m.Name) {
		return none() // no token of an application has it, whatever is configured
	}
	if is, _ := parseIssuer(h.text("iss")); is.version == 2 && slices.Contains(neverInV2, m.Name) {
		return none()
	}
	kind := "user"
	if h.appOnly() {
		kind = "app"
	}
	if m.Name == "idtyp" && m.Wanted != kind {
		return none() // with the claim, this token would say something else
	}
	for _, twins := range versionTwins {
		for i, name := range twins {
			if _, has := h.claims[twins[1-i]]; has && name == m.Name {
				return none()
			}
		}
	}
	return correction{token: Claims{m.Name: m.Wanted}, fix: func() string {
		why, advice := "lacks", h.adviceFor(m.Name)
		if said := h.overflows(); m.Name == "groups" && said != "" {
			why = fmt.Sprintf("leaves out, for its user is in more groups than a token lists, as its %s says", said)
			advice = "have the token's resource list only the groups that are assigned to it (groupMembershipClaims ApplicationGroup), and assign this one"
			if aud := h.text("aud"); ofMicrosoft(aud) {
				advice = fmt.Sprintf("only a resource of your own can be told to list fewer, and %s is Microsoft's", quoted(aud))
			}
		}
		fix := fmt.Sprintf("get a token with %s %s, which this one %s: %s", label(m.Name), quoted(m.Wanted), why, advice)
		if !h.flow {
			fix += fmt.Sprintf(", or drop the claim from policy %s", called(h.Name))
		}
		return fix
	}}, true
}

// scopeFor returns the scope that gives a token for the audience: everything before
// the last slash is echoed, so that one that ends in a slash gets two.
func scopeFor(audience string) string { return audience + "/.default" }

// listed joins parts of a sentence, at most maxListed of them.
func listed(parts []string) string {
	if more := len(parts) - maxListed; more > 0 {
		parts = append(parts[:maxListed:maxListed], fmt.Sprintf("%d more", more))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func listedClaims(claims []Claim) string {
	parts := make([]string, 0, len(claims))
	for _, c := range claims {
		parts = append(parts, label(c.Name)+" "+quoted(c.Value))
	}
	return listed(parts)
}
