package entra

import "flowgate/policy"

// cloudHosts are the host names that a cloud's metadata and tokens have. Sources:
// Microsoft's "National clouds" page and the metadata documents of each cloud.
type cloudHosts struct {
	login    string // of the sign-in service; v2.0 issuers have it
	instance string // cloud_instance_name
	graph    string // cloud_graph_host_name
	msgraph  string
	rbac     string
}

func hostsOf(c policy.Cloud) cloudHosts {
	switch c {
	case policy.GCCHigh:
		return cloudHosts{"login.microsoftonline.us", "microsoftonline.us", "graph.windows.net", "graph.microsoft.us", "https://pasff.usgovcloudapi.net"}
	case policy.DoD:
		return cloudHosts{"login.microsoftonline.us", "microsoftonline.us", "graph.windows.net", "dod-graph.microsoft.us", "https://pasff.usgovcloudapi.net"}
	case policy.China:
		return cloudHosts{"login.partner.microsoftonline.cn", "partner.microsoftonline.cn", "graph.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "https://pas.chinacloudapi.cn"}
	}
	// GCC lives in the public directory.
	return cloudHosts{"login.microsoftonline.com", "microsoftonline.com", "graph.windows.net", "graph.microsoft.com", "https://pas.windows.net"}
}

// LoginHost returns the host of the cloud's sign-in service, which stands in v2.0
// issuers.
func LoginHost(c policy.Cloud) string { return hostsOf(c).login }

// issuerV2 returns the v2.0 issuer of a tenant's tokens in the cloud.
func issuerV2(c policy.Cloud, tenant string) string {
	return "https://" + LoginHost(c) + "/" + tenant + "/v2.0"
}
