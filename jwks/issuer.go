package jwks

import (
	"fmt"
	"strings"

	"flowgate/pattern"
)

// keyIssuer is the issuer member that Entra publishes with each key: whose tokens the key signs.
// It takes one of three forms, told apart by the first segment of its path.
//
//	https://login.microsoftonline.com/{tenantid}/v2.0      literally so: any tenant
//	https://login.microsoftonline.com/9188040d-…/v2.0      this tenant alone
//	anything else                                          this issuer alone
//
// Empty means that the key names no issuer and binds nothing. That a verifier must honour it is
// documented in "Validate the signing key issuer" of Microsoft's access-tokens page; Microsoft's
// own library does so in AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet#2136.
type keyIssuer string

// parseKeyIssuer reads the issuer member of a JWK.
func parseKeyIssuer(jwk map[string]any) (keyIssuer, error) {
	value, present := jwk["issuer"]
	if !present {
		return "", nil
	}
	issuer, ok := value.(string)
	// Not empty: that would turn a binding into none.
	if !ok || issuer == "" {
		return "", fmt.Errorf("its issuer is %s instead of a URL", display(value))
	}
	return keyIssuer(issuer), nil
}

// admits says whether a token with these claims may be signed by a key of this issuer, and why
// not. Tenants are compared, not issuers: v1.0 tokens are issued by sts.windows.net and signed by
// the keys of login.microsoftonline.com.
func (i keyIssuer) admits(claims map[string]any) error {
	if i == "" {
		return nil
	}
	tid, hasTenant := claims["tid"]
	iss, _ := claims["iss"].(string)
	tenant, _ := tid.(string)

	switch of := firstSegment(string(i)); {
	case of == "{tenantid}":
		if hasTenant && !sameTenant(firstSegment(iss), tenant) {
			return fmt.Errorf("its key signs for the tenant that iss names, but iss is %q and tid is %s", clip(iss), display(tid))
		}
	case pattern.IsGUID(of):
		// A key of one tenant that could sign for another would let that tenant's administrator
		// speak for all.
		if !sameTenant(of, tenant) || !sameTenant(of, firstSegment(iss)) {
			return fmt.Errorf("its key signs for the tenant %s alone, but tid is %s and iss is %q", of, display(tid), clip(iss))
		}
	case iss != string(i):
		return fmt.Errorf("its key signs for the issuer %q alone, but iss is %q", clip(string(i)), clip(iss))
	}
	return nil
}

// firstSegment returns the first path segment of an https URL, empty if there is none.
func firstSegment(url string) string {
	rest, ok := strings.CutPrefix(url, "https://")
	if !ok {
		return ""
	}
	_, path, _ := strings.Cut(rest, "/")
	segment, _, _ := strings.Cut(path, "/")
	return segment
}

// sameTenant compares two tenant ids, GUIDs in any letter case. What is no GUID is no tenant, so
// neither two absent ids nor a domain name ever match.
func sameTenant(a, b string) bool { return pattern.IsGUID(a) && strings.EqualFold(a, b) }
