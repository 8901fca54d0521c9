package policy

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Limits under which the service saves policies (documented, Microsoft's "limits
// and configuration" page). The claim value's limit was 80 in 2020.
const (
	MaxPolicies   = 5
	MaxClaims     = 10
	MaxClaimValue = 150 // characters, as .NET counts them: UTF-16 code units
)

// issuerPrefixes are the only beginnings of an issuer that the service saves
// (documented).
var issuerPrefixes = []string{issuerV1, issuerV2}

// Violation is a rule that a policy breaks, in the words in which the service
// refuses to save it.
type Violation struct {
	Policy  string // the policy's name; empty when the set itself is at fault
	Claim   int    // index of the claim at fault, or -1
	Code    string // empty where nobody has published the code
	Message string
	Grade   Grade
	Fix     string // what to change, in our words
}

// Violations returns every rule of the service's management side that the set
// breaks, in policy order; none when the
// service would save it.
func (s Set) Violations() []Violation {
	var all []Violation
	if n := len(s.policies); n > MaxPolicies {
		all = append(all, Violation{Claim: -1, Grade: Presumed,
			Message: fmt.Sprintf("The access control configuration of workflow is not valid. The number of OAuth authentication policies '%d' exceeds the maximum limit of '%d'.", n, MaxPolicies),
			Fix:     "merge or drop policies; one for each kind of caller is enough"})
	}
	for _, p := range s.policies {
		all = append(all, p.violations()...)
	}
	return all
}

func (p Policy) violations() []Violation {
	var all []Violation
	add := func(claim int, code string, grade Grade, fix, format string, args ...any) {
		message := fmt.Sprintf("OAuth authentication policy '%s' in access control configuration of workflow is not valid. ", p.Name) +
			fmt.Sprintf(format, args...)
		all = append(all, Violation{p.Name, claim, code, message, grade, fix})
	}
	if p.Type != AAD && p.Type != AADPOP {
		add(-1, "OnlyAADOAuthTypeSupported", Observed, `set "type" to "AAD", or to "AADPOP" for proof-of-possession tokens`,
			"The 'type' property of authentication policy should be set to AAD.")
	}
	if n := len(p.Claims); n > MaxClaims {
		add(-1, "", Presumed, "drop claims; iss, aud and the caller's id are enough mostly",
			"The number of claims '%d' exceeds the maximum limit of '%d'.", n, MaxClaims)
	}
	issuer := false
	for i, c := range p.Claims {
		if c.Name == "iss" {
			issuer = true
			if !SavedIssuer(c.Value) {
				add(i, "", Presumed, "name an issuer of Microsoft Entra ID; no other can be used",
					"The value of the claim 'iss' should start with '%s'.", strings.Join(issuerPrefixes, "' or '"))
			}
		}
		if characters(c.Value) > MaxClaimValue {
			// The service prints the length of the claim's name where one would
			// expect the value's: published as seen, kept as it is.
			add(i, "InvalidOAuthClaimValue", Observed, "shorten the claim's value; the number printed is the length of its name, as the service prints it",
				"The provided claims value '%s' have a length of '%d' respectively which exceeds the maximum limit of '%d'.",
				c.Name, characters(c.Name), MaxClaimValue)
		}
	}
	if !issuer {
		add(-1, "MissingOAuthRequiredClaimValue", CodeQuoted, p.issuerAdvice(), "The required claim 'iss' is missing.")
	}
	return all
}

// issuerAdvice says how a policy without iss gets one: by its right name, if that is all.
func (p Policy) issuerAdvice() string {
	for _, c := range p.Claims {
		if strings.EqualFold(c.Name, "iss") || strings.EqualFold(c.Name, "issuer") {
			return fmt.Sprintf(`rename %q to "iss"`, c.Name)
		}
	}
	return `add a claim "iss" with the issuer of the tokens, such as https://sts.windows.net/{tenant}/`
}

// characters counts as .NET does: UTF-16 code units.
func characters(s string) int { return len(utf16.Encode([]rune(s))) }

// SavedIssuer reports whether the service saves a policy with the issuer (documented).
func SavedIssuer(value string) bool {
	for _, prefix := range issuerPrefixes {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return false
}
