package entra

import "flowgate/policy"

// cloudHosts are the host names that a cloud's metadata and tokens have. Sources:
// Microsoft's "National clouds" page and the metadata documents of each cloud.
type cloudHosts struct {
	instance string // cloud_instance_name
	graph    string // cloud_graph_host_name
	msgraph  string
	rbac     string
}

func hostsOf(c policy.Cloud) cloudHosts {
	switch c {
	case policy.GCCHigh:
		return cloudHosts{"microsoftonline.us", "graph.windows.net", "graph.microsoft.us", "https://pasff.usgovcloudapi.net"}
	case policy.DoD:
		return cloudHosts{"microsoftonline.us", "graph.windows.net", "dod-graph.microsoft.us", "https://pasff.usgovcloudapi.net"}
	case policy.China:
		return cloudHosts{"partner.microsoftonline.cn", "graph.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "https://pas.chinacloudapi.cn"}
	}
	// GCC lives in the public directory.
	return cloudHosts{"microsoftonline.com", "graph.windows.net", "graph.microsoft.com", "https://pas.windows.net"}
}
