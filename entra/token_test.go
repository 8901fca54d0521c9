package entra

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"flowgate/policy"
)

const (
	callerID = "00001111-aaaa-2222-bbbb-3333cccc4444"
	v1Path   = "/contoso.example/oauth2/token"
	v2Path   = "/contoso.example/oauth2/v2.0/token"
)

// secretDesk is a desk whose caller has a secret, and that has resources of every kind.
func secretDesk(t testing.TB) *desk {
	d := newDesk(t)
	tenant := &d.directory.Tenants[0]
	tenant.Applications[0].Secret = "local-secret"
	tenant.Applications = append(tenant.Applications, Application{Name: "app", ClientID: "55556666-aaaa-2222-bbbb-3333cccc4444", ObjectID: "eeeeeeee-0000-1111-2222-bbbbbbbbbbbb"})
	tenant.Users[0].Password = "local-password"
	tenant.Resources[0].Scopes = []string{"Orders.Read", "Orders.Write"}
	tenant.Resources = append(tenant.Resources, Resource{Identifier: "api://closed", DisplayName: "closed shop", ClientID: "44445555-dddd-5555-eeee-6666ffff7777", AssignmentRequired: true})
	return d
}

func (d *desk) post(path string, pairs ...string) *httptest.ResponseRecorder {
	return d.ask(http.MethodPost, path, form(pairs...))
}

func TestClientCredentialsV2(t *testing.T) {
	d := secretDesk(t)
	w := d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret",
		"scope", "https://service.flow.microsoft.com//.default openid offline_access profile", "client_info", "1", "x-client-SKU", "MSAL.Go")
	got := decode(t, w)
	token, _ := got["access_token"].(string)
	want := `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"` + token + `"}`
	if w.Code != 200 || w.Body.String() != want {
		t.Fatalf("%d\ngot  %s\nwant %s", w.Code, w.Body, want)
	}
	h := w.Header()
	if h.Get("Cache-Control") != "no-store, no-cache" || h.Get("Pragma") != "no-cache" || h.Get("Expires") != "-1" || lower(w, "x-ms-request-id") == "" || h.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%v", h)
	}
	_, claims, _ := open(t, token)
	if claims["aud"] != "https://service.flow.microsoft.com/" || claims["appidacr"] != "1" || claims["ver"] != "1.0" {
		t.Errorf("%v", claims)
	}
}

func TestClientCredentialsV1(t *testing.T) {
	d := secretDesk(t)
	w := d.post(v1Path, "grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "resource", "https://service.flow.microsoft.com/")
	token, _ := decode(t, w)["access_token"].(string)
	want := fmt.Sprintf(`{"token_type":"Bearer","expires_in":"3599","ext_expires_in":"3599","expires_on":"%d","not_before":"%d","resource":"https://service.flow.microsoft.com/","access_token":"%s"}`,
		now.Unix()+3600, now.Unix()-300, token)
	if w.Code != 200 || w.Body.String() != want {
		t.Fatalf("%d\ngot  %s\nwant %s", w.Code, w.Body, want)
	}
	if _, claims, _ := open(t, token); claims["exp"] != float64(now.Unix()+3600) {
		t.Errorf("%v", claims)
	}
}

// The resource decides the token's version, never the endpoint.
func TestTheResourceDecidesTheVersion(t *testing.T) {
	d := secretDesk(t)
	credentials := []string{"grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret"}
	for _, tc := range []struct{ path, name, value, version, audience string }{
		{v2Path, "scope", "https://management.azure.com/.default", "1.0", "https://management.azure.com"},
		{v2Path, "scope", "https://management.azure.com//.default", "1.0", "https://management.azure.com/"},
		{v2Path, "scope", "api://orders/.default", "2.0", "33334444-dddd-5555-eeee-6666ffff7777"},
		{v2Path, "scope", ".default", "1.0", "https://graph.microsoft.com"},
		{v1Path, "resource", "api://orders", "2.0", "33334444-dddd-5555-eeee-6666ffff7777"},
		{"/common/oauth2/v2.0/token", "scope", "33334444-dddd-5555-eeee-6666ffff7777/.default", "2.0", "33334444-dddd-5555-eeee-6666ffff7777"},
	} {
		got := decode(t, d.post(tc.path, append(credentials, tc.name, tc.value)...))
		token, ok := got["access_token"].(string)
		if !ok {
			t.Errorf("%s %s: %v", tc.path, tc.value, got)
			continue
		}
		if _, claims, _ := open(t, token); claims["ver"] != tc.version || claims["aud"] != tc.audience {
			t.Errorf("%s %s: ver %v aud %v", tc.path, tc.value, claims["ver"], claims["aud"])
		}
	}
}

func TestBasicCredentials(t *testing.T) {
	d := secretDesk(t)
	d.directory.Tenants[0].Applications[0].Secret = "a b%:&"
	body := form("grant_type", "client_credentials", "scope", "api://orders/.default")
	for joined, want := range map[string]int{callerID + ":a+b%25%3A%26": 200, callerID + ":a b%:&": 200, callerID + ":no": 401, callerID: 401, "": 400} {
		w := d.ask(http.MethodPost, v2Path, body, "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte(joined)))
		if w.Code != want {
			t.Errorf("%s: %d %s", joined, w.Code, w.Body)
		}
	}
}

// One row of entra.md section 4 a case, and what that section leaves open.
func TestErrors(t *testing.T) {
	credentials := []string{"grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret"}
	with := func(pairs ...string) []string { return append(append([]string{}, credentials...), pairs...) }
	without := func(name string, pairs ...string) []string {
		var kept []string
		for i := 0; i < len(credentials); i += 2 {
			if credentials[i] != name {
				kept = append(kept, credentials[i], credentials[i+1])
			}
		}
		return append(kept, pairs...)
	}
	const orders = "api://orders/.default"
	for name, tc := range map[string]struct {
		path   string
		pairs  []string
		status int
		error  string
		code   int
		text   string
		uri    bool
	}{
		"a wrong secret": {v2Path, without("client_secret", "client_secret", "wrong", "scope", orders), 401, "invalid_client", 7000215,
			"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '" + callerID + "'.", true},
		"no secret": {v2Path, without("client_secret", "scope", orders), 401, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", true},
		"an assertion that nobody signed": {v2Path, without("client_secret", "scope", orders, "client_assertion_type", jwtBearerAssertion, "client_assertion", "e30.e30.e30"), 401, "invalid_client", 700027,
			"Client assertion failed signature validation.", false},
		"an unknown application": {v2Path, without("client_id", "client_id", "x", "scope", orders), 400, "unauthorized_client", 700016,
			"Application with identifier 'x' was not found in the directory 'contoso.example'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", true},
		"another tenant's application": {"/fabrikam.example/oauth2/v2.0/token", with("scope", orders), 400, "unauthorized_client", 700016,
			"Application with identifier '" + callerID + "' was not found in the directory 'fabrikam.example'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", true},
		"an unknown tenant": {"/nowhere.example/oauth2/v2.0/token", with("scope", orders), 400, "invalid_request", 90002,
			"Tenant 'nowhere.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", true},
		"no tenant's name": {"/mars/oauth2/token", with("resource", "api://orders"), 400, "invalid_request", 900023,
			"Specified tenant identifier 'mars' is neither a valid DNS name, nor a valid external domain.", true},
		"a scope of nothing": {v2Path, with("scope", "https://host"), 400, "invalid_scope", 70011,
			"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope https://host is not valid.", false},
		"two resources": {v2Path, with("scope", "api://orders/.default api://closed/.default"), 400, "invalid_scope", 70011,
			"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope api://orders/.default api://closed/.default is not valid.", false},
		"a delegated scope": {v2Path, with("scope", "api://orders/Orders.Read"), 400, "invalid_scope", 1002012,
			"The provided value for scope api://orders/Orders.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", false},
		"OpenID alone": {v2Path, with("scope", "openid"), 400, "invalid_scope", 1002012,
			"The provided value for scope openid is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", false},
		"an unknown resource": {v2Path, with("scope", "api://none/.default"), 400, "invalid_resource", 500011,
			"The resource principal named api://none was not found in the tenant named contoso.example. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.", true},
		"no scope":    {v2Path, with(), 400, "invalid_request", 900144, "The request body must contain the following parameter: 'scope'.", false},
		"no resource": {v1Path, with(), 400, "invalid_request", 900144, "The request body must contain the following parameter: 'resource'.", false},
		"no grant":    {v2Path, nil, 400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.", false},
		"no client":   {v2Path, without("client_id", "scope", orders), 400, "invalid_request", 900144, "The request body must contain the following parameter: 'client_id'.", false},
		"an unknown grant": {v2Path, without("grant_type", "grant_type", "magic"), 400, "unsupported_grant_type", 70003,
			"The app requested an unsupported grant type 'magic'.", false},
		"no role where one is required": {v2Path, with("scope", "api://closed/.default"), 400, "invalid_grant", 501051,
			"Application '" + callerID + "'(caller) is not assigned to a role for the application 'api://closed'(closed shop).", false},
		"a wrong password": {v2Path, []string{"grant_type", "password", "client_id", console, "username", ana, "password", "wrong", "scope", "openid"}, 400, "invalid_grant", 50126,
			"Error validating credentials due to invalid username or password.", false},
		"a parameter twice": {v2Path, with("scope", orders, "scope", orders), 400, "invalid_request", 9000411,
			"The request is not properly formatted. The parameter 'scope' is duplicated.", false},
		"personal accounts": {"/consumers/oauth2/v2.0/token", with("scope", orders), 400, "unauthorized_client", 700016,
			"Application with identifier '" + callerID + "' was not found in the directory 'Microsoft Accounts'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := secretDesk(t).post(tc.path, tc.pairs...)
			const trace, correlation = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
			want := fmt.Sprintf(`{"error":"%s","error_description":"AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: 2026-11-23 12:00:00Z","error_codes":[%d],"timestamp":"2026-11-23 12:00:00Z","trace_id":"%s","correlation_id":"%s"`,
				tc.error, tc.code, tc.text, trace, correlation, tc.code, trace, correlation)
			if tc.uri {
				want += fmt.Sprintf(`,"error_uri":"https://login.microsoftonline.com/error?code=%d"`, tc.code)
			}
			if want += "}"; w.Code != tc.status || w.Body.String() != want {
				t.Errorf("%d\ngot  %s\nwant %d\n     %s", w.Code, w.Body, tc.status, want)
			}
		})
	}
}

// Who is granted a role gets a token where one is required, with the role in it.
func TestAssignment(t *testing.T) {
	d := secretDesk(t)
	d.directory.Tenants[0].Applications[0].Roles["api://closed"] = []string{"Shop.Enter"}
	got := decode(t, d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "scope", "api://closed/.default"))
	token, ok := got["access_token"].(string)
	if !ok {
		t.Fatal(got)
	}
	if _, claims, _ := open(t, token); fmt.Sprint(claims["roles"]) != "[Shop.Enter]" {
		t.Errorf("%v", claims)
	}
}

// Whoever sends JSON is told what Entra tells him: the first parameter is missing.
func TestOtherContentTypes(t *testing.T) {
	for _, kind := range []string{"application/json", "", "multipart/form-data; boundary=x"} {
		w := secretDesk(t).ask(http.MethodPost, v2Path, form("grant_type", "client_credentials"), "Content-Type: "+kind)
		if !strings.HasPrefix(decode(t, w)["error_description"].(string), "AADSTS900144: The request body must contain the following parameter: 'grant_type'.") {
			t.Errorf("%q: %s", kind, w.Body)
		}
	}
}

// An application without a secret has none that could be guessed.
func TestNoSecretIsNoEmptySecret(t *testing.T) {
	for _, secret := range []string{"", "x"} {
		w := secretDesk(t).post(v2Path, "grant_type", "client_credentials", "client_id", "55556666-aaaa-2222-bbbb-3333cccc4444", "client_secret", secret, "scope", "api://orders/.default")
		if w.Code != 401 {
			t.Errorf("%q: %d %s", secret, w.Code, w.Body)
		}
	}
}

// Issuers follow the cloud; the flow service's audience is as each cloud has it.
func TestNationalClouds(t *testing.T) {
	for cloud, want := range map[policy.Cloud][2]string{
		policy.Public:  {"https://sts.windows.net/" + contoso + "/", "https://login.microsoftonline.com/" + contoso + "/v2.0"},
		policy.GCC:     {"https://sts.windows.net/" + contoso + "/", "https://login.microsoftonline.com/" + contoso + "/v2.0"},
		policy.GCCHigh: {"https://sts.windows.net/" + contoso + "/", "https://login.microsoftonline.us/" + contoso + "/v2.0"},
		policy.DoD:     {"https://sts.windows.net/" + contoso + "/", "https://login.microsoftonline.us/" + contoso + "/v2.0"},
		policy.China:   {"https://sts.chinacloudapi.cn/" + contoso + "/", "https://login.partner.microsoftonline.cn/" + contoso + "/v2.0"},
	} {
		d := secretDesk(t)
		d.directory.Cloud = cloud
		for i, scope := range []string{cloud.FlowService() + "/.default", "api://orders/.default"} {
			w := d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "scope", scope)
			if _, claims, _ := open(t, decode(t, w)["access_token"].(string)); claims["iss"] != want[i] || i == 0 && claims["aud"] != cloud.FlowService() {
				t.Errorf("%s: iss %v aud %v", cloud, claims["iss"], claims["aud"])
			}
		}
	}
}
