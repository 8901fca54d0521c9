package server

import (
	"strings"

	"flowgate/entra"
)

// triggerHosts are the domains below which triggers are called in the clouds.
var triggerHosts = []string{
	".logic.azure.com", ".logic.azure.us", ".logic.azure.cn",
	".environment.api.powerplatform.com", ".environment.api.gov.powerplatform.microsoft.us", ".environment.api.high.powerplatform.microsoft.us",
	".environment.api.appsplatform.us", ".environment.api.powerplatform.partner.microsoftonline.cn",
}

// standsFor reports whether this emulator stands in for a host, in lower case, whose
// name a tester may thus have led here. All are Microsoft's own.
func standsFor(host string) bool {
	for _, domain := range triggerHosts {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return entra.IsHost(host)
}
