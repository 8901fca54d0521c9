package policy

import "testing"

func TestCounterpart(t *testing.T) {
	type answer struct {
		own string
		of  Cloud
	}
	for _, tc := range []struct {
		cloud    Cloud
		audience string
		want     answer // zero: there is none
	}{
		{GCCHigh, "https://management.azure.com/", answer{"https://management.usgovcloudapi.net/", Public}},
		{GCCHigh, "https://management.azure.com", answer{"https://management.usgovcloudapi.net", Public}},
		{Public, "https://management.core.chinacloudapi.cn/", answer{"https://management.core.windows.net/", China}},
		{China, "https://graph.microsoft.us", answer{"https://microsoftgraph.chinacloudapi.cn", GCCHigh}},
		{DoD, "https://service.flow.microsoft.com/", answer{"https://service.flow.appsplatform.us/", Public}},
		{DoD, "https://gov.service.flow.microsoft.us", answer{"https://service.flow.appsplatform.us/", GCC}},
		{Public, "https://management.azure.com/", answer{}},
		{GCC, "https://management.azure.com/", answer{}},
		{DoD, "https://management.usgovcloudapi.net", answer{}},
		{China, "https://service.powerautomate.cn/", answer{}},
		{China, "https://management.azure.com/x", answer{}},
		{China, "https://management.azure.com//", answer{}},
		{China, "http://management.azure.com/", answer{}},
		{China, "api://orders", answer{}},
		{China, "", answer{}},
	} {
		own, of, ok := tc.cloud.Counterpart(tc.audience)
		if ok != (tc.want != answer{}) || ok && (answer{own, of}) != tc.want {
			t.Errorf("%s of %q: %q of %q, %v", tc.cloud, tc.audience, own, of, ok)
		}
	}
}
