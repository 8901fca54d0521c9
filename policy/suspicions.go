package policy

// suspicion is a cause, and how its mistake would be undone. It reports false where
// nothing speaks for it.
type suspicion struct {
	cause   Cause
	correct func(*hearing) (correction, bool)
}

// suspicions are in the order of looking, which the constants have too.
var suspicions = []suspicion{
	{ClaimNameCase, (*hearing).claimNameCase},
	{DoubleSlashScope, (*hearing).doubleSlashScope},
	{TrailingSlash, (*hearing).trailingSlash},
	{LetterCase, (*hearing).letterCase},
	{IssuerWithoutVersion, (*hearing).issuerWithoutVersion},
	{AppIDForAzp, (*hearing).appIDForAzp},
	{IssuerVersion, (*hearing).issuerVersion},
	{ClientIDForObjectID, (*hearing).clientIDForObjectID},
	{RegistrationForEnterpriseObject, (*hearing).registrationForEnterpriseObject},
	{AppOnlyHasNoUserClaim, (*hearing).appOnlyHasNoUserClaim},
	{RoleNotGranted, (*hearing).roleNotGranted},
	{OtherCloud, (*hearing).otherCloud},
	{OtherTenant, (*hearing).otherTenant},
	{ArrayWithoutElement, (*hearing).arrayWithoutElement},
	{OtherAudience, (*hearing).otherAudience},
	{ClaimAbsent, (*hearing).claimAbsent},
}

// none is what a suspicion says that nothing speaks for.
func none() (correction, bool) { return correction{}, false }
