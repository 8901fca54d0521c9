package policy

// Cause names the likeliest reason why a decision refused, out of a closed set.
type Cause string

// The causes.
const (
	TrailingSlash                   Cause = "trailing-slash"                     // one slash too few or too many at the end, not in the audience of a double-slash scope
	DoubleSlashScope                Cause = "double-slash-scope"                 // aud lost its slash: the scope was asked for with one slash before .default
	IssuerVersion                   Cause = "issuer-version"                     // a v2.0 token held against a v1.0 policy, or the reverse
	IssuerWithoutVersion            Cause = "issuer-without-version"             // the policy's issuer is https://login.microsoftonline.com/{tid}/, which no token has
	OtherTenant                     Cause = "other-tenant"                       // the token is of another tenant
	OtherAudience                   Cause = "other-audience"                     // the token is for another resource
	ClientIDForObjectID             Cause = "client-id-for-object-id"            // an application's client id stands where its object id belongs, or the reverse
	RegistrationForEnterpriseObject Cause = "registration-for-enterprise-object" // the object id of the app registration stands where the enterprise application's belongs
	AppIDForAzp                     Cause = "appid-for-azp"                      // the policy names appid and the token has azp, or the reverse
	LetterCase                      Cause = "letter-case"                        // a value differs in letter case alone
	ClaimNameCase                   Cause = "claim-name-case"                    // a claim's name differs in letter case alone
	ArrayWithoutElement             Cause = "array-without-element"              // the claim is a list that lacks the value
	ClaimAbsent                     Cause = "claim-absent"                       // the token lacks the claim
	AppOnlyHasNoUserClaim           Cause = "app-only-has-no-user-claim"         // the claim is a user's, and the token is an application's
	RoleNotGranted                  Cause = "role-not-granted"                   // the role was not granted to the application
	OtherCloud                      Cause = "other-cloud"                        // the token is of another cloud
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
	ObjectID       string // of the enterprise application (service principal): what oid in a token says
	RegistrationID string // object id of the app registration, which no token has; empty when not known
}

// KnownUser is a user.
type KnownUser struct{ Name, ObjectID string }

// KnownResource is a resource that tokens can be for.
type KnownResource struct{ Identifier, ClientID string }

// Explanation is why a decision refused, and what to change. The zero value
// explains nothing: the token was admitted, or there was no policy.
type Explanation struct {
	Cause  Cause  `json:"cause"`
	Policy string `json:"policy"` // the nearest policy: the one that the fix is about
	Fix    string `json:"fix"`    // one sentence, with the values in it
}
