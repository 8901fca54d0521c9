package entra

import (
	"fmt"
	"slices"

	"flowgate/policy"
)

// BadToken is one entry of a catalogue of tokens that are wrong on purpose: each has
// one defect, and a gate must turn it away for that defect alone.
type BadToken struct {
	Name     string
	Defect   string
	Workflow string // of the embedded workspace: where the defect is what turns it away
	Refusal  int    // number of the server's catalogue
	Reason   string // the journal's

	resource func(policy.Cloud) string // asked for when the request names none
	spoil    func(*forgery) error
}

// BadTokens returns the catalogue. Most of it is wrong everywhere, and is shown on
// the workflow orders; the rest is wrong for what one workflow asks.
func BadTokens() []BadToken { return slices.Clone(badTokens) }

var badTokens = []BadToken{
	{"expired", "issued a day ago", "orders", 12, "token-expired", management, (*forgery).expired},
	{"not-yet-valid", "valid from tomorrow", "orders", 9, "token-not-yet-valid", management, (*forgery).notYetValid},
	{"no-expiry", "without exp", "orders", 13, "token-no-expiry", management, without("exp")},

	{"no-kid", "its header names the key by x5t alone", "orders", 9, "token-key", management, (*forgery).noKeyID},
	{"unknown-kid", "its header names a key that nobody publishes", "orders", 9, "token-key", management, (*forgery).unknownKeyID},
	{"wrong-key", "signed with another key than the one it names", "orders", 9, "token-signature", management, (*forgery).wrongKey},
	{"tampered", "oid was changed after it was signed", "orders", 9, "token-signature", management, (*forgery).tampered},
	{"alg-none", "not signed, and its header says so", "orders", 9, "token-algorithm", management, (*forgery).unsigned},
	{"alg-hs256-public-key", "HS256, with the public key for a shared secret", "orders", 9, "token-algorithm", management, (*forgery).hmacWithPublicKey},
	{"crit", "its header has an extension that must be understood", "orders", 9, "token-malformed", management, (*forgery).critical},

	{"aud-without-slash", "aud has lost its trailing slash", "invoices", 10, "claims", policy.Cloud.FlowService, (*forgery).withoutSlash},
	{"aud-graph", "aud is Microsoft Graph", "invoices", 10, "claims", policy.Cloud.FlowService, (*forgery).forGraph},
	{"issuer-v2", "iss of a v2.0 token, where a v1.0 token is asked for", "invoices", 10, "claims", policy.Cloud.FlowService, (*forgery).issuerV2},
	{"issuer-other-tenant", "iss names another tenant", "invoices", 10, "claims", policy.Cloud.FlowService, (*forgery).otherIssuer},
	{"tid-missing", "without tid", "invoices", 10, "claims", policy.Cloud.FlowService, without("tid")},
	{"oid-missing", "without oid", "approvals", 10, "claims", policy.Cloud.FlowService, without("oid")},
	{"client-id-as-oid", "oid is the application's client id, not its object id", "approvals", 10, "claims", policy.Cloud.FlowService, (*forgery).clientIDAsObjectID},
	{"roles-missing", "without roles", "payroll", 10, "claims", management, without("roles")},

	{"duplicate-member", "aud occurs twice in its claims", "orders", 9, "token-malformed", management, (*forgery).duplicate},
	{"jwe", "encrypted, not only signed", "orders", 9, "token-malformed", management, (*forgery).encrypted},
	{"huge", "more than 64 KiB, with 1,500 groups", "orders", 9, "token-malformed", management, (*forgery).huge},
}

func management(policy.Cloud) string { return "https://management.azure.com/" }

// FindBadToken returns the entry of that name.
func FindBadToken(name string) (BadToken, error) {
	for _, b := range badTokens {
		if b.Name == name {
			return b, nil
		}
	}
	return BadToken{}, fmt.Errorf("no bad token %q; there are %s", name, oneOf(badTokens, func(b BadToken) string { return b.Name }))
}

// Issue returns the token that the directory would give for the request, spoiled, and
// signed with the public key. A request that asks for nothing asks for what the entry's
// workflow takes.
func (b BadToken) Issue(d *Directory, r Request) (string, error) {
	return b.issue(d, r, publicSigner())
}

// IssueBad is the BadToken's Issue, signed with the key of now instead of the public one,
// which may be believed no longer.
func (s *Service) IssueBad(b BadToken, r Request) (string, error) {
	return b.issue(s.options.Directory(), r, s.keys.signer())
}

func (b BadToken) issue(d *Directory, r Request, key *signer) (string, error) {
	if r.Resource == "" && r.Scope == "" {
		r.Resource = b.resource(d.Cloud)
	}
	t, err := d.token(r)
	if err != nil {
		return "", err
	}
	t.key = key
	f := &forgery{token: t, header: t.header(), seal: key.compact}
	if err := b.spoil(f); err != nil {
		return "", fmt.Errorf("%s: %w", b.Name, err)
	}
	return f.seal(f.header, f.claims)
}
