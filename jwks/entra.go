package jwks

// EntraKeys returns the URL of the keys that Entra ID signs with in a cloud: public, gcc, gcchigh,
// dod or china. ok is false for any other name.
//
// GCC uses the public directory; GCC High and DoD share one. Source: Microsoft's "National clouds"
// page, endpoints of the Microsoft Entra authentication service.
func EntraKeys(cloud string) (url string, ok bool) {
	host, ok := map[string]string{
		"public":  "login.microsoftonline.com",
		"gcc":     "login.microsoftonline.com",
		"gcchigh": "login.microsoftonline.us",
		"dod":     "login.microsoftonline.us",
		"china":   "login.chinacloudapi.cn",
	}[cloud]
	if !ok {
		return "", false
	}
	return "https://" + host + "/common/discovery/v2.0/keys", true
}
