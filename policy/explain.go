package policy

import (
	"cmp"
	"slices"
)

// Cause names the likeliest reason why a decision refused, out of a closed set.
type Cause string

// The causes, in the order in which Explain looks for them. What the values themselves
// show comes before what is concluded from them, and what holds of any token last.
const (
	ClaimNameCase                   Cause = "claim-name-case"                    // a claim's name differs in letter case alone
	DoubleSlashScope                Cause = "double-slash-scope"                 // aud lost its slash: the scope was asked for with one slash before .default
	TrailingSlash                   Cause = "trailing-slash"                     // one slash too few or too many at the end, not in the audience of a double-slash scope
	LetterCase                      Cause = "letter-case"                        // a value differs in letter case alone
	IssuerWithoutVersion            Cause = "issuer-without-version"             // the policy's issuer is https://login.microsoftonline.com/{tid}/, which no token has
	AppIDForAzp                     Cause = "appid-for-azp"                      // the policy names appid and the token has azp, or the reverse
	IssuerVersion                   Cause = "issuer-version"                     // a v2.0 token held against a v1.0 policy, or the reverse
	ClientIDForObjectID             Cause = "client-id-for-object-id"            // an application's client id stands where its object id belongs, or the reverse
	RegistrationForEnterpriseObject Cause = "registration-for-enterprise-object" // the object id of the app registration stands where the enterprise application's belongs
	AppOnlyHasNoUserClaim           Cause = "app-only-has-no-user-claim"         // the claim is a user's, and the token is an application's
	RoleNotGranted                  Cause = "role-not-granted"                   // the role was not granted to the application
	OtherCloud                      Cause = "other-cloud"                        // the token is of another cloud
	OtherTenant                     Cause = "other-tenant"                       // the token is of another tenant
	ArrayWithoutElement             Cause = "array-without-element"              // the claim is a list that lacks the value
	OtherAudience                   Cause = "other-audience"                     // the token is for another resource
	ClaimAbsent                     Cause = "claim-absent"                       // the token lacks the claim
	NearestPolicy                   Cause = "nearest-policy"                     // no single cause: the nearest policy and all its mismatches
)

// Known is what a workspace knows of the directory. It makes causes and fixes
// more precise; the zero value knows nothing.
type Known struct {
	Cloud   Cloud
	Tenants []KnownTenant
}

// KnownTenant is a tenant that the workspace knows.
type KnownTenant struct {
	ID, Domain   string
	Applications []KnownApplication
	Users        []KnownUser
	Resources    []KnownResource
}

// KnownApplication is an application and its three ids.
type KnownApplication struct {
	Name           string
	ClientID       string
	ObjectID       string              // of the enterprise application (service principal): what oid in a token says
	RegistrationID string              // object id of the app registration, which no token has; empty when not known
	Roles          map[string][]string // granted to it, by resource identifier
}

// KnownUser is a user.
type KnownUser struct{ Name, ObjectID string }

// KnownResource is a resource that tokens can be for.
type KnownResource struct {
	Identifier, ClientID string
	TokenVersion         int // of the tokens for it: 1 or 2; 0 when not known
}

// Explanation is why a decision refused, and what to change. The zero value
// explains nothing: the token was admitted, or there was no policy.
type Explanation struct {
	Cause  Cause  `json:"cause"`
	Policy string `json:"policy"` // the nearest policy: the one that the fix is about
	Fix    string `json:"fix"`    // one sentence, with the values in it
}

// Causes returns the closed set, in the order in which Explain looks for them.
func Causes() []Cause {
	all := make([]Cause, 0, len(suspicions)+1)
	for _, s := range suspicions {
		all = append(all, s.cause)
	}
	return append(all, NearestPolicy)
}

// Explain names the likeliest cause of a refusal, and what to change. claims are
// those that the decision was made on.
//
// A cause is named only if undoing that one mistake would admit the call, and it is
// the judging itself that says so: each suspicion makes the token or the policy as it
// would be without the mistake, and all comparisons are made again. Nor is a cause named
// that would have a token say what none of Entra says. Policies are
// looked at from the nearest on, the one with fewest mismatches, and of equally near
// ones in the order of the causes, then of the policies' names. If no mistake alone is
// to blame, the cause is NearestPolicy and the fix lists what the nearest policy missed.
func Explain(d Decision, claims Claims, known Known) Explanation {
	explanation, _ := explain(d, claims, known)
	return explanation
}

// finding is what an explanation rests on, for tests to judge again.
type finding struct {
	*hearing
	correction
}

func explain(d Decision, claims Claims, known Known) (Explanation, finding) {
	if d.Admitted || len(d.Policies) == 0 {
		return Explanation{}, finding{}
	}
	near := nearestFirst(d, claims, known)
	for rest := near; len(rest) > 0; {
		tied := slices.IndexFunc(rest, func(h *hearing) bool { return h.distance() != rest[0].distance() })
		if tied < 0 {
			tied = len(rest)
		}
		for _, s := range suspicions {
			for _, h := range rest[:tied] {
				if c, ok := s.correct(h); ok && h.admits(c) && h.possible(c) {
					return Explanation{s.cause, h.Name, sentence(c.fix())}, finding{h, c}
				}
			}
		}
		rest = rest[tied:]
	}
	return Explanation{NearestPolicy, near[0].Name, sentence(near[0].everyMismatch())}, finding{}
}

// nearestFirst orders the policies by their mismatches. A policy without claims,
// which admits nobody whatever is changed, comes last.
func nearestFirst(d Decision, claims Claims, known Known) []*hearing {
	known = known.from(tenantOf(claims))
	all := make([]*hearing, 0, len(d.Policies))
	for _, j := range d.Policies {
		all = append(all, newHearing(j, claims, known))
	}
	slices.SortStableFunc(all, func(a, b *hearing) int { return cmp.Compare(a.distance(), b.distance()) })
	return all
}
