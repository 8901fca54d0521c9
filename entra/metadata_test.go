package entra

import (
	"net/http"
	"strings"
	"testing"

	"flowgate/policy"
)

func TestMetadataHasEntrasMembersInEntrasOrder(t *testing.T) {
	d := newDesk(t)
	const v2 = "token_endpoint token_endpoint_auth_methods_supported jwks_uri response_modes_supported subject_types_supported " +
		"id_token_signing_alg_values_supported response_types_supported scopes_supported issuer request_uri_parameter_supported userinfo_endpoint " +
		"authorization_endpoint device_authorization_endpoint http_logout_supported frontchannel_logout_supported end_session_endpoint claims_supported " +
		"kerberos_endpoint tenant_region_scope cloud_instance_name cloud_graph_host_name msgraph_host rbac_url"
	if got := names(t, d.get("/contoso.example/v2.0/.well-known/openid-configuration").Body.Bytes()); got != v2 {
		t.Errorf("v2.0\ngot  %s\nwant %s", got, v2)
	}
	for path, want := range map[string]map[string]any{
		"/contoso.example/v2.0/.well-known/openid-configuration?": {
			"issuer":         "https://login.microsoftonline.com/" + contoso + "/v2.0",
			"token_endpoint": "https://localhost:7443/" + contoso + "/oauth2/v2.0/token",
			"jwks_uri":       "https://localhost:7443/" + contoso + "/discovery/v2.0/keys"},
		"/" + strings.ToUpper(contoso) + "/.Well-Known/OpenID-Configuration": {
			"issuer":         "https://sts.windows.net/" + contoso + "/",
			"token_endpoint": "https://localhost:7443/" + contoso + "/oauth2/token",
			"jwks_uri":       "https://localhost:7443/common/discovery/keys"},
		"/common/v2.0/.well-known/openid-configuration": {
			"issuer":              "https://login.microsoftonline.com/{tenantid}/v2.0",
			"token_endpoint":      "https://localhost:7443/common/oauth2/v2.0/token",
			"tenant_region_scope": nil},
		"/organizations/.well-known/openid-configuration": {
			"issuer": "https://sts.windows.net/{tenantid}/"},
		"/consumers/v2.0/.well-known/openid-configuration": {
			"issuer":         "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
			"token_endpoint": "https://localhost:7443/consumers/oauth2/v2.0/token"},
	} {
		w := d.get(path)
		got := decode(t, w)
		for name, value := range want {
			if v, ok := got[name]; !ok || v != value {
				t.Errorf("%s: %s is %v, want %v", path, name, v, value)
			}
		}
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "max-age=86400, private" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestMetadataFollowsTheCloud(t *testing.T) {
	for cloud, want := range map[policy.Cloud][2]string{
		policy.Public:  {"https://login.microsoftonline.com/" + contoso + "/v2.0", "microsoftonline.com"},
		policy.GCC:     {"https://login.microsoftonline.com/" + contoso + "/v2.0", "microsoftonline.com"},
		policy.GCCHigh: {"https://login.microsoftonline.us/" + contoso + "/v2.0", "microsoftonline.us"},
		policy.DoD:     {"https://login.microsoftonline.us/" + contoso + "/v2.0", "microsoftonline.us"},
		policy.China:   {"https://login.partner.microsoftonline.cn/" + contoso + "/v2.0", "partner.microsoftonline.cn"},
	} {
		d := newDesk(t)
		d.directory.Cloud = cloud
		got := decode(t, d.get("/"+contoso+"/v2.0/.well-known/openid-configuration"))
		if got["issuer"] != want[0] || got["cloud_instance_name"] != want[1] {
			t.Errorf("%s: %v %v", cloud, got["issuer"], got["cloud_instance_name"])
		}
	}
}

// Documents are kept, and still follow a reload; what callers choose, their origin,
// does not fill the memory.
func TestDocumentsAreKeptWithinBounds(t *testing.T) {
	d := newDesk(t)
	const path = "/contoso.example/v2.0/.well-known/openid-configuration"
	first := decode(t, d.get(path))["issuer"]
	changed := directory()
	changed.Cloud = policy.China
	d.directory = changed
	if again := decode(t, d.get(path))["issuer"]; again == first {
		t.Errorf("after a reload: %v", again)
	}
	for i := range 3 * maxDocuments {
		e := &exchange{Service: d.Service, directory: changed, origin: "https://host-" + strings.Repeat("x", i%300), segment: "common"}
		if _, err := e.metadataV2(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.documents.kept); n == 0 || n > maxDocuments {
		t.Errorf("%d documents are kept", n)
	}
}

func TestKeySetsOfBothVersions(t *testing.T) {
	d := newDesk(t)
	for path, want := range map[string]string{
		"/common/discovery/keys":               "kty use kid x5t n e x5c issuer",
		"/contoso.example/discovery/v2.0/keys": "kty use kid x5t n e x5c cloud_instance_name issuer",
	} {
		body := d.get(path).Body.String()
		key := strings.TrimSuffix(strings.TrimPrefix(body, `{"keys":[`), `]}`)
		if got := names(t, []byte(key)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", path, got, want)
		}
	}
}

func TestUnknownTenants(t *testing.T) {
	d := newDesk(t)
	for tenant, want := range map[string]string{
		"00000000-0000-0000-0000-000000000001": "AADSTS90002: Tenant '00000000-0000-0000-0000-000000000001' not found. Check to make sure",
		"nowhere.example":                      "AADSTS90002: Tenant 'nowhere.example' not found.",
		"mars":                                 "AADSTS900023: Specified tenant identifier 'mars' is neither a valid DNS name, nor a valid external domain. Trace ID: ",
		"a%20b":                                "AADSTS900023: Specified tenant identifier 'a b' is neither",
		"..":                                   "AADSTS900023: Specified tenant identifier '..' is neither",
	} {
		for _, path := range []string{"/v2.0/.well-known/openid-configuration", "/.well-known/openid-configuration", "/discovery/keys", "/discovery/v2.0/keys"} {
			w := d.get("/" + tenant + path)
			if got, _ := decode(t, w)["error_description"].(string); w.Code != 400 || !strings.HasPrefix(got, want) {
				t.Errorf("%s%s: %d %s", tenant, path, w.Code, got)
			}
		}
	}
}

func TestInstanceDiscovery(t *testing.T) {
	d := newDesk(t)
	const path = "/common/discovery/instance?api-version=1.1&authorization_endpoint="
	for endpoint, want := range map[string]string{
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize": "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
		"https://localhost:7443/contoso.example/oauth2/authorize":        "https://localhost:7443/contoso.example/.well-known/openid-configuration",
		"https://login.chinacloudapi.cn/x/oauth2/v2.0/authorize":         "https://login.chinacloudapi.cn/x/v2.0/.well-known/openid-configuration",
	} {
		w := d.get(path + endpoint)
		if got := decode(t, w); w.Code != 200 || got["tenant_discovery_endpoint"] != want || got["api-version"] != "1.1" {
			t.Errorf("%s: %d %s", endpoint, w.Code, w.Body)
		}
	}
	for _, endpoint := range []string{"https://login.example/common/oauth2/authorize", "http://login.microsoftonline.com/x", "%00", "x"} {
		w := d.get(path + endpoint)
		if got := decode(t, w); w.Code != 400 || got["error"] != "invalid_instance" {
			t.Errorf("%s: %d %s", endpoint, w.Code, w.Body)
		}
	}
	if got := decode(t, d.get("/common/discovery/instance?api-version=1.1")); got["error"] != "invalid_request" {
		t.Error(got)
	}
}

func TestUserRealm(t *testing.T) {
	d := newDesk(t)
	for user, want := range map[string]string{
		"ana@contoso.example":   `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.example","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`,
		"ana%40contoso.example": `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.example","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`,
		"bob@nowhere.example":   `{"ver":"1.0","account_type":"Unknown","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`,
	} {
		for _, path := range []string{"/common/UserRealm/", "/common/userrealm/"} {
			if got := d.get(path + user + "?api-version=1.0").Body.String(); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", user, got, want)
			}
		}
	}
}

func TestServesNothingElse(t *testing.T) {
	for path, want := range map[string]bool{
		"/common/discovery/keys": true, "/COMMON/Discovery/V2.0/Keys": true, "/common/userrealm/x": true,
		"/": false, "": false, "//discovery/keys": false, "/discovery/keys": false, "/common/userrealm/": false, "/common": false,
		"/workflows/x/triggers/manual/paths/invoke": false, "/_emulator/ready": false, "/a/b/discovery/keys": false, "/İ/discovery/keys": true,
	} {
		if Serves(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	d := newDesk(t)
	w := d.ask(http.MethodPost, "/common/discovery/keys", "")
	if got := decode(t, w); w.Code != 405 || w.Header().Get("Allow") != "GET" ||
		!strings.HasPrefix(got["error_description"].(string), "AADSTS900561: The endpoint only accepts GET requests. Received a POST request.") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := d.ask(http.MethodHead, "/common/discovery/keys", ""); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
}

// The caller's id of a request is echoed when it is one, and nothing else is.
func TestCorrelation(t *testing.T) {
	d := newDesk(t)
	const id = "11111111-2222-3333-4444-555555555555"
	for header, path := range map[string]string{"client-request-id: " + id: "/mars/discovery/keys", "X: y": "/mars/discovery/keys?client-request-id=" + id} {
		w := d.get(path, header, "return-client-request-id: true")
		if got := decode(t, w); got["correlation_id"] != id || !strings.Contains(got["error_description"].(string), "Correlation ID: "+id+" Timestamp: 2026-11-23 12:00:00Z") ||
			lower(w, "client-request-id") != id || lower(w, "x-ms-request-id") != got["trace_id"] {
			t.Errorf("%s: %s %v", path, w.Body, w.Header())
		}
	}
	if got := decode(t, d.get("/mars/discovery/keys", "client-request-id: <script>")); strings.Contains(got["correlation_id"].(string), "script") {
		t.Error(got)
	}
}
