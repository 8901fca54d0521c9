package entra

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// network is one set of names for the same cloud, for clients' token caches.
type network struct {
	PreferredNetwork string   `json:"preferred_network"`
	PreferredCache   string   `json:"preferred_cache"`
	Aliases          []string `json:"aliases"`
}

// networks is what Entra answers an instance discovery with.
var networks = []network{
	{"login.microsoftonline.com", "login.windows.net", []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}},
	{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
	{"login.microsoftonline.de", "login.microsoftonline.de", []string{"login.microsoftonline.de"}},
	{"login.microsoftonline.us", "login.microsoftonline.us", []string{"login.microsoftonline.us", "login.usgovcloudapi.net"}},
	{"login-us.microsoftonline.com", "login-us.microsoftonline.com", []string{"login-us.microsoftonline.com"}},
}

// instance answers an instance discovery: is the host of an authority one of
// Entra's? Those that are, and the host that the caller used, are; any other is
// refused, as Entra refuses it.
func (e *exchange) instance() (reply, *Error) {
	query := e.request.URL.Query()
	asked := query.Get("authorization_endpoint")
	if asked == "" {
		return reply{}, errNoParameter("authorization_endpoint")
	}
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return reply{}, errUnknownInstance()
	}
	known := networks
	if !isNetwork(u.Host) {
		if !strings.EqualFold(u.Host, e.request.Host) {
			return reply{}, errUnknownInstance()
		}
		known = append([]network{{u.Host, u.Host, []string{u.Host}}}, networks...)
	}
	version := ""
	if strings.Contains(u.Path, "/v2.0/") {
		version = "/v2.0"
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return public(asJSON(http.StatusOK, struct {
		TenantDiscoveryEndpoint string    `json:"tenant_discovery_endpoint"`
		APIVersion              string    `json:"api-version"`
		Metadata                []network `json:"metadata"`
	}{"https://" + u.Host + "/" + url.PathEscape(tenant) + version + "/.well-known/openid-configuration", "1.1", known})), nil
}

// IsHost reports whether a host is one of Entra's sign-in services, in any cloud.
func IsHost(host string) bool { return isNetwork(host) }

func isNetwork(host string) bool {
	return slices.ContainsFunc(networks, func(n network) bool { return slices.Contains(n.Aliases, strings.ToLower(host)) })
}

// realm answers a user-realm look-up, which clients make before they send a
// password: is the user's domain federated? None here is.
func (e *exchange) realm() (reply, *Error) {
	type answer struct {
		Ver               string `json:"ver"`
		AccountType       string `json:"account_type"`
		DomainName        string `json:"domain_name,omitempty"`
		CloudInstanceName string `json:"cloud_instance_name"`
		CloudAudienceURN  string `json:"cloud_audience_urn"`
	}
	user := e.request.URL.Path[len(userRealm):]
	a := answer{"1.0", "Unknown", "", hostsOf(e.directory.Cloud).instance, "urn:federation:MicrosoftOnline"}
	domain := user[strings.LastIndexByte(user, '@')+1:]
	hasUser := func(t Tenant) bool { return t.userNamed(user) != nil }
	if t, err := e.directory.Tenant(domain); err == nil {
		a.AccountType, a.DomainName = "Managed", t.Domain
	} else if slices.ContainsFunc(e.directory.Tenants, hasUser) {
		a.AccountType, a.DomainName = "Managed", domain
	}
	return asJSON(http.StatusOK, a), nil
}
