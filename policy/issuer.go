package policy

import "strings"

// issuer is what an issuer of Entra says.
type issuer struct {
	host    string
	tenant  string
	version int // 1 or 2; 0 where a sign-in host stands without version
}

// stsHosts write v1.0 issuers, loginHosts v2.0 ones. sts.windows.net is the public
// cloud's and the US government's.
var (
	stsHosts   = []string{"sts.windows.net", "sts.chinacloudapi.cn"}
	loginHosts = []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}
)

// parseIssuer reads https://{sts}/{tenant}/, https://{login}/{tenant}/v2.0, and
// https://{login}/{tenant} with and without slash, as policies have it.
func parseIssuer(text string) (issuer, bool) {
	host, path, ok := cutHost(text)
	tenant, rest, slash := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || tenant == "" {
		return issuer{}, false
	}
	for _, h := range stsHosts {
		if h == host {
			return issuer{host, tenant, 1}, slash && rest == ""
		}
	}
	for _, h := range loginHosts {
		if h == host && rest == "v2.0" {
			return issuer{host, tenant, 2}, true
		}
		if h == host && rest == "" {
			return issuer{host, tenant, 0}, true
		}
	}
	return issuer{}, false
}

// cloud returns the first cloud that has the issuer.
func (i issuer) cloud() Cloud {
	switch {
	case strings.HasSuffix(i.host, ".cn"):
		return China
	case strings.HasSuffix(i.host, ".us"):
		return GCCHigh
	}
	return Public
}

// sameDirectory reports whether both may be issuers of one directory: of
// sts.windows.net nobody can tell which of two.
func (i issuer) sameDirectory(other issuer) bool {
	a, b := i.cloud(), other.cloud()
	return a == b || a != China && b != China && (i.version == 1 || other.version == 1)
}

// inVersion returns the same tenant's issuer in another version.
func (i issuer) inVersion(version int) string {
	if version == 1 {
		return i.cloud().Issuer(i.tenant)
	}
	return i.cloud().IssuerV2(i.tenant)
}

func isGUID(s string) bool {
	const form = "00000000-0000-0000-0000-000000000000"
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		digit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		if form[i] == '-' && c != '-' || form[i] != '-' && !digit {
			return false
		}
	}
	return true
}
