package policy

import "strings"

// LoginHost returns the host of the cloud's sign-in service, which stands in v2.0
// issuers. It tells directories apart: GCC shares the public one.
func (c Cloud) LoginHost() string {
	switch c {
	case GCCHigh, DoD:
		return "login.microsoftonline.us"
	case China:
		return "login.partner.microsoftonline.cn"
	}
	return "login.microsoftonline.com"
}

// IssuerV2 returns the v2.0 issuer of a tenant's tokens in the cloud.
func (c Cloud) IssuerV2(tenant string) string {
	return "https://" + c.LoginHost() + "/" + tenant + "/v2.0"
}

// serviceHosts are hosts of services that each cloud has its own of, beside the flow
// service's. Source: Microsoft's "National clouds" page.
var serviceHosts = []map[Cloud]string{
	{Public: "management.azure.com", GCC: "management.azure.com", GCCHigh: "management.usgovcloudapi.net", DoD: "management.usgovcloudapi.net", China: "management.chinacloudapi.cn"},
	{Public: "management.core.windows.net", GCC: "management.core.windows.net", GCCHigh: "management.core.usgovcloudapi.net", DoD: "management.core.usgovcloudapi.net", China: "management.core.chinacloudapi.cn"},
	{Public: "graph.microsoft.com", GCC: "graph.microsoft.com", GCCHigh: "graph.microsoft.us", DoD: "dod-graph.microsoft.us", China: "microsoftgraph.chinacloudapi.cn"},
}

// Counterpart returns what the tokens of cloud c are for in the place of an audience
// that is a service of another cloud, and which cloud that is. It reports false for
// a service of c, and for what is no service that clouds have their own of.
func (c Cloud) Counterpart(audience string) (own string, of Cloud, ok bool) {
	host, path, ok := cutHost(audience)
	if !ok || path != "" && path != "/" {
		return "", "", false
	}
	if of = cloudOfFlowService("https://" + host + "/"); of != "" {
		return c.FlowService(), of, of != c
	}
	for _, hosts := range serviceHosts {
		if of = cloudAt(hosts, host); of != "" {
			return "https://" + hosts[c] + path, of, hosts[c] != host
		}
	}
	return "", "", false
}

// cloudAt returns the first cloud that has a service at the host.
func cloudAt(hosts map[Cloud]string, host string) Cloud {
	for _, c := range Clouds() {
		if hosts[c] == host {
			return c
		}
	}
	return ""
}

// cloudsOf returns the clouds whose service an audience is; none for what is no service
// that clouds have their own of.
func cloudsOf(audience string) []Cloud {
	host, _, ok := cutHost(audience)
	if !ok {
		return nil
	}
	var all []Cloud
	for _, c := range Clouds() {
		has := strings.TrimSuffix(c.FlowService(), "/") == "https://"+host
		for _, hosts := range serviceHosts {
			has = has || hosts[c] == host
		}
		if has {
			all = append(all, c)
		}
	}
	return all
}

// issues reports whether the cloud's tokens can have the issuer.
func (c Cloud) issues(i issuer) bool {
	if i.version == 1 {
		return c.Issuer(i.tenant) == "https://"+i.host+"/"+i.tenant+"/"
	}
	return i.host == c.LoginHost()
}

// clouds returns the clouds of two audiences that are the same service's in two of
// them, and are written alike.
func clouds(got, wanted string) (from, to Cloud, ok bool) {
	if from, to = cloudOfFlowService(got), cloudOfFlowService(wanted); from != "" && to != "" {
		return from, to, from != to
	}
	gotHost, gotPath, okGot := cutHost(got)
	wantedHost, wantedPath, okWanted := cutHost(wanted)
	if !okGot || !okWanted || gotHost == wantedHost || gotPath != wantedPath {
		return "", "", false
	}
	for _, hosts := range serviceHosts {
		if from, to = cloudAt(hosts, gotHost), cloudAt(hosts, wantedHost); from != "" && to != "" {
			return from, to, true
		}
	}
	return "", "", false
}

// cutHost cuts an https URL into host and path.
func cutHost(url string) (host, path string, ok bool) {
	rest, ok := strings.CutPrefix(url, "https://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:], ok
	}
	return rest, "", ok
}

// ofMicrosoft reports whether the audience is one of Microsoft's services that are
// known here.
func ofMicrosoft(audience string) bool { return len(cloudsOf(audience)) > 0 }
