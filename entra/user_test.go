package entra

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	ana     = "ana@contoso.example"
	anaID   = "cccccccc-2222-3333-4444-dddddddddddd"
	console = "55556666-aaaa-2222-bbbb-3333cccc4444" // an application without a credential
)

func (d *desk) passwordGrant(path string, pairs ...string) *httptest.ResponseRecorder {
	return d.post(path, append([]string{"grant_type", "password", "client_id", console, "username", ana, "password", "local-password"}, pairs...)...)
}

// code is the description's AADSTS code.
func codeOf(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	text, _ := decode(t, w)["error_description"].(string)
	code, _, _ := strings.Cut(strings.TrimPrefix(text, "AADSTS"), ":")
	return code
}

func TestPasswordV2(t *testing.T) {
	d := secretDesk(t)
	for _, path := range []string{v2Path, "/organizations/oauth2/v2.0/token"} {
		w := d.passwordGrant(path, "scope", "api://orders/.default openid offline_access profile", "client_info", "1")
		got := decode(t, w)
		if want := "token_type scope expires_in ext_expires_in access_token refresh_token id_token client_info"; names(t, w.Body.Bytes()) != want {
			t.Fatalf("%s\ngot  %s\nwant %s", path, w.Body, want)
		}
		if got["scope"] != "api://orders/Orders.Read api://orders/Orders.Write api://orders/.default openid profile" || got["expires_in"] != 3599.0 {
			t.Errorf("%v %v", got["scope"], got["expires_in"])
		}
		_, access, order := open(t, got["access_token"].(string))
		if order != "aud iss iat nbf exp aio azp azpacr name oid preferred_username rh scp sub tid uti ver" || access["scp"] != "Orders.Read Orders.Write" || access["azpacr"] != "0" || access["oid"] != anaID {
			t.Errorf("%s %v", order, access)
		}
		_, id, order := open(t, got["id_token"].(string))
		if order != "aud iss iat nbf exp aio name oid preferred_username rh sub tid uti ver" || id["aud"] != console || id["iss"] != "https://login.microsoftonline.com/"+contoso+"/v2.0" || id["sub"] == access["sub"] {
			t.Errorf("%s %v", order, id)
		}
		info, err := base64.RawURLEncoding.DecodeString(got["client_info"].(string))
		if err != nil || string(info) != `{"uid":"`+anaID+`","utid":"`+contoso+`"}` {
			t.Errorf("%s, %v", info, err)
		}
	}
	if w := d.passwordGrant(v2Path, "scope", "api://orders/Orders.Read"); names(t, w.Body.Bytes()) != "token_type scope expires_in ext_expires_in access_token" {
		t.Errorf("without OpenID scopes: %s", w.Body)
	}
	w := d.passwordGrant(v2Path, "scope", "openid profile")
	got := decode(t, w)
	if _, claims, _ := open(t, got["access_token"].(string)); claims["aud"] != "https://graph.microsoft.com" || claims["scp"] != "openid profile" || got["scope"] != "openid profile" {
		t.Errorf("OpenID scopes alone: %v %v", claims, got["scope"])
	}
}

// A permission without a resource is Graph's, and stands in the answer as it was asked for: a client
// that asks for User.Read takes https://graph.microsoft.com/User.Read for another one.
func TestScopeIsEchoedAsWritten(t *testing.T) {
	d := secretDesk(t)
	for written, want := range map[string]string{
		"User.Read openid offline_access profile":    "User.Read openid profile",
		"User.Read https://graph.microsoft.com/Mail": "User.Read https://graph.microsoft.com/Mail",
		"user.read": "user.read",
		"api://orders/Orders.Read api://orders/Orders.Read": "api://orders/Orders.Read",
		"api://orders/Orders.Write api://orders/.default":   "api://orders/Orders.Read api://orders/Orders.Write api://orders/.default",
		"https://graph.microsoft.com//User.Read":            "https://graph.microsoft.com//User.Read",
		"https://graph.microsoft.com/email openid":          "https://graph.microsoft.com/email openid",
	} {
		w := d.passwordGrant(v2Path, "scope", written)
		if got := decode(t, w)["scope"]; got != want {
			t.Errorf("%s: got %v, want %s", written, got, want)
		}
	}
	first := decode(t, d.passwordGrant(v2Path, "scope", "User.Read offline_access"))
	w := d.post(v2Path, "grant_type", "refresh_token", "client_id", console, "refresh_token", first["refresh_token"].(string))
	if got := decode(t, w)["scope"]; got != "User.Read" {
		t.Errorf("refreshed: %v", got)
	}
}

func TestPasswordV1(t *testing.T) {
	w := secretDesk(t).passwordGrant(v1Path, "resource", "https://service.flow.microsoft.com/", "scope", "openid")
	got := decode(t, w)
	if want := "token_type scope expires_in ext_expires_in expires_on not_before resource access_token refresh_token id_token"; names(t, w.Body.Bytes()) != want {
		t.Fatalf("got  %s\nwant %s", w.Body, want)
	}
	if got["expires_in"] != "3599" || got["scope"] != "user_impersonation" {
		t.Errorf("%s", w.Body)
	}
	_, claims, _ := open(t, got["id_token"].(string))
	if claims["ver"] != "1.0" || claims["upn"] != ana || claims["iss"] != "https://sts.windows.net/"+contoso+"/" {
		t.Errorf("%v", claims)
	}
}

func TestPasswordRefuses(t *testing.T) {
	d := secretDesk(t)
	for want, pairs := range map[string][]string{
		"50126":   {"client_id", console, "username", ana, "password", "wrong", "scope", "openid"},
		"50034":   {"client_id", console, "username", "bob@contoso.example", "password", "x", "scope", "openid"},
		"900144":  {"client_id", console, "username", ana, "password", "", "scope", "openid"},
		"7000218": {"client_id", callerID, "username", ana, "password", "local-password", "scope", "openid"},
		"700025":  {"client_id", console, "client_secret", "x", "username", ana, "password", "local-password", "scope", "openid"},
		"70011":   {"client_id", console, "username", ana, "password", "local-password", "scope", "api://orders/Orders.Delete"},
		"500011":  {"client_id", console, "username", ana, "password", "local-password", "scope", "api://none/x"},
	} {
		if w := d.post(v2Path, append([]string{"grant_type", "password"}, pairs...)...); codeOf(t, w) != want {
			t.Errorf("%s: %d %s", want, w.Code, w.Body)
		}
	}
	d.directory.Tenants[0].Applications[0].PublicClient = true
	if w := d.post(v2Path, "grant_type", "password", "client_id", callerID, "username", ana, "password", "local-password", "scope", "openid"); w.Code != 200 {
		t.Errorf("public client flows allowed: %d %s", w.Code, w.Body)
	}
	d.directory.Tenants[0].Users[0].Password = ""
	if w := d.post(v2Path, "grant_type", "password", "client_id", console, "username", ana, "password", "x", "scope", "openid"); codeOf(t, w) != "50126" {
		t.Errorf("a user without a password: %s", w.Body)
	}
}

func TestRefreshToken(t *testing.T) {
	d := secretDesk(t)
	first := decode(t, d.passwordGrant(v2Path, "scope", "api://orders/Orders.Read offline_access openid"))["refresh_token"].(string)
	refresh := func(path, token, client string, pairs ...string) *httptest.ResponseRecorder {
		return d.post(path, append([]string{"grant_type", "refresh_token", "refresh_token", token, "client_id", client}, pairs...)...)
	}
	w := refresh(v2Path, first, console)
	got := decode(t, w)
	if got["scope"] != "api://orders/Orders.Read openid" || got["id_token"] == nil || got["refresh_token"] == nil || got["refresh_token"] == first {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	// Entra's may be used again, and for another resource, at either endpoint.
	w = refresh("/common/oauth2/v2.0/token", first, console, "scope", "https://service.flow.microsoft.com//.default")
	if _, claims, _ := open(t, decode(t, w)["access_token"].(string)); claims["aud"] != "https://service.flow.microsoft.com/" || claims["oid"] != anaID {
		t.Errorf("%v", claims)
	}
	if w := refresh(v1Path, first, console, "resource", "https://management.azure.com/"); names(t, w.Body.Bytes()) != "token_type scope expires_in ext_expires_in expires_on not_before resource access_token refresh_token id_token" {
		t.Errorf("v1.0: %s", w.Body)
	}
	for want, w := range map[string]*httptest.ResponseRecorder{
		"70000":   refresh(v2Path, "made up", console),
		"900144":  refresh(v2Path, "", console),
		"7000218": refresh(v2Path, first, callerID),
		"700016":  refresh("/fabrikam.example/oauth2/v2.0/token", first, console),
	} {
		if codeOf(t, w) != want {
			t.Errorf("want %s: %s", want, w.Body)
		}
	}
	if w := refresh(v2Path, first, callerID, "client_secret", "local-secret"); codeOf(t, w) != "70000" {
		t.Errorf("another application's: %s", w.Body)
	}
	d.now = d.now.Add(sessionLifetime)
	if w := refresh(v2Path, first, console); codeOf(t, w) != "70008" {
		t.Errorf("expired: %s", w.Body)
	}
	d.now = now
	d.directory.Tenants[0].Users = nil
	if w := refresh(v2Path, first, console); codeOf(t, w) != "70000" {
		t.Errorf("after the user is gone: %s", w.Body)
	}
}

func TestStoresAreBounded(t *testing.T) {
	s := newStore[int](100)
	for i := range 10_000 {
		if !s.add(fmt.Sprint(i), i, now, now.Add(time.Hour)) {
			t.Fatal(i)
		}
	}
	if n := len(s.entries); n > 100 || n < 80 || len(s.order) > 100 {
		t.Errorf("%d kept, %d in order", n, len(s.order))
	}
	if v, is := s.get("9999", now); v != 9999 || is != present {
		t.Error("the newest is gone")
	}
	if _, is := s.get("0", now); is != absent {
		t.Error("the oldest is kept")
	}
	if s.add("9999", 1, now, now.Add(time.Hour)) || !s.add("9999", 1, now.Add(time.Hour), now.Add(2*time.Hour)) {
		t.Error("a handle is taken for as long as it lives")
	}
}

func TestDeviceCode(t *testing.T) {
	d := secretDesk(t)
	begin := func() map[string]any {
		w := d.post("/contoso.example/oauth2/v2.0/devicecode", "client_id", console, "scope", "api://orders/.default offline_access openid")
		if names(t, w.Body.Bytes()) != "user_code device_code verification_uri expires_in interval message" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return decode(t, w)
	}
	poll := func(code, grant string) *httptest.ResponseRecorder {
		return d.post(v2Path, "grant_type", grant, "client_id", console, "device_code", code, "client_info", "1")
	}
	const urn = "urn:ietf:params:oauth:grant-type:device_code"
	got := begin()
	code, user := got["device_code"].(string), got["user_code"].(string)
	if got["expires_in"] != 900.0 || got["interval"] != 5.0 || got["verification_uri"] != "https://localhost:7443/common/oauth2/deviceauth" ||
		got["message"] != "To sign in, use a web browser to open the page https://localhost:7443/common/oauth2/deviceauth and enter the code "+user+" to authenticate." {
		t.Errorf("%v", got)
	}
	w := poll(code, urn)
	if answer := decode(t, w); w.Code != 400 || answer["error"] != "authorization_pending" || !strings.HasPrefix(answer["error_description"].(string), "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling. Trace ID: ") {
		t.Errorf("%s", w.Body)
	}
	const page = "/common/oauth2/deviceauth"
	if w := d.get(page); w.Code != 200 || !strings.Contains(w.Body.String(), "Enter the code") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := d.get(page + "?user_code=" + strings.ToLower(user)); w.Code != 200 || !strings.Contains(w.Body.String(), `<a href="?login_hint=ana%40contoso.example&amp;user_code=`+user+`">ana@contoso.example</a>`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if codeOf(t, poll(code, urn)) != "70016" {
		t.Error("looking at the page approved the code")
	}
	if w := d.get(page + "?user_code=" + user + "&login_hint=" + ana); w.Code != 200 || !strings.Contains(w.Body.String(), "Signed in") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := d.get(page + "?user_code=" + user + "&login_hint=" + ana); w.Code != 400 {
		t.Errorf("approved twice: %d", w.Code)
	}
	if w := poll(code, "device_code"); names(t, w.Body.Bytes()) != "token_type scope expires_in ext_expires_in access_token refresh_token id_token client_info" {
		t.Errorf("%s", w.Body)
	}
	if w := poll(code, urn); codeOf(t, w) != "54005" {
		t.Errorf("again: %s", w.Body)
	}
	if w := poll("made up", urn); decode(t, w)["error"] != "bad_verification_code" {
		t.Errorf("%s", w.Body)
	}
	code = begin()["device_code"].(string)
	d.now = d.now.Add(deviceLifetime)
	if w := poll(code, urn); decode(t, w)["error"] != "expired_token" {
		t.Errorf("%s", w.Body)
	}
	d.directory.Tenants[0].DeviceUser = ana
	if w := poll(begin()["device_code"].(string), urn); w.Code != 200 {
		t.Errorf("approved at once: %s", w.Body)
	}
}

func TestOnBehalfOf(t *testing.T) {
	d := secretDesk(t)
	tenant := &d.directory.Tenants[0]
	const api = "33334444-dddd-5555-eeee-6666ffff7777"
	tenant.Applications = append(tenant.Applications, Application{Name: "orders", ClientID: api, ObjectID: "fefefefe-0000-1111-2222-bbbbbbbbbbbb", Secret: "orders-secret"})
	exchange := func(assertion string, pairs ...string) *httptest.ResponseRecorder {
		return d.post(v2Path, append([]string{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id", api, "client_secret", "orders-secret",
			"assertion", assertion, "scope", "https://service.flow.microsoft.com//.default", "requested_token_use", "on_behalf_of"}, pairs...)...)
	}
	user := decode(t, d.passwordGrant(v2Path, "scope", "api://orders/.default"))["access_token"].(string)
	_, claims, _ := open(t, decode(t, exchange(user))["access_token"].(string))
	if claims["aud"] != "https://service.flow.microsoft.com/" || claims["oid"] != anaID || claims["appid"] != api || claims["appidacr"] != "1" {
		t.Errorf("%v", claims)
	}
	// An API of several tenants need not say whose user it was that called.
	guests := Tenant{ID: "cccccccc-1111-dddd-2222-eeee3333ffff", Applications: tenant.Applications, Users: tenant.Users, Resources: tenant.Resources}
	d.directory.Tenants = append([]Tenant{guests}, d.directory.Tenants...)
	for _, segment := range []string{"common", "organizations"} {
		w := d.post("/"+segment+"/oauth2/v2.0/token", "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id", api, "client_secret", "orders-secret",
			"assertion", user, "scope", "https://service.flow.microsoft.com//.default", "requested_token_use", "on_behalf_of")
		if w.Code != 200 {
			t.Errorf("%s: %s", segment, w.Body)
		}
	}
	d.directory.Tenants = d.directory.Tenants[1:]
	other := decode(t, d.passwordGrant(v2Path, "scope", "https://service.flow.microsoft.com//.default"))["access_token"].(string)
	app := decode(t, d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "scope", "api://orders/.default"))["access_token"].(string)
	for want, assertion := range map[string]string{"500131": other, "50013": app, "900144": ""} {
		if w := exchange(assertion); codeOf(t, w) != want {
			t.Errorf("want %s: %s", want, w.Body)
		}
	}
	for _, assertion := range []string{"x", user + "x", user[:strings.LastIndexByte(user, '.')+1]} {
		if w := exchange(assertion); codeOf(t, w) != "50013" {
			t.Errorf("%s", w.Body)
		}
	}
	for _, tc := range []struct {
		from any
		want int
	}{{now.Unix() + 300, 200}, {now.Unix() + 301, 400}, {"soon", 400}} {
		early, err := d.Issue(Request{User: ana, Scope: "api://orders/Orders.Read", Claims: []Override{{Name: "nbf", Value: tc.from}}, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if w := exchange(early); w.Code != tc.want || w.Code != 200 && codeOf(t, w) != "50013" {
			t.Errorf("nbf %v: %d %s", tc.from, w.Code, w.Body)
		}
	}
	d.now = d.now.Add(2 * time.Hour)
	if w := exchange(user); codeOf(t, w) != "50013" {
		t.Errorf("expired: %s", w.Body)
	}
	if w := d.ask(http.MethodGet, v2Path, ""); w.Code != 405 {
		t.Errorf("GET: %d", w.Code)
	}
}

// What is kept of a sign-in is what was asked for, not the form that it came in.
func TestHandlesDoNotKeepForms(t *testing.T) {
	d := secretDesk(t)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	for i := range 100 {
		pairs := []string{"client_id", console, "n", fmt.Sprint(i)}
		for j := range 15 {
			pairs = append(pairs, fmt.Sprint("junk", j), strings.Repeat("x", 60_000))
		}
		// Escaped, the scope would be a text of its own at once.
		if w := d.ask(http.MethodPost, "/contoso.example/oauth2/v2.0/devicecode", form(pairs...)+"&scope=api://orders/.default"); w.Code != 200 {
			t.Fatal(w.Body)
		}
	}
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("100 device codes keep %d bytes", grown)
	}
	runtime.KeepAlive(d) // or what it keeps would be gone before it is looked at
}

// One method of proving who asks, a request (RFC 6749 section 2.3).
func TestTwoCredentialsAreOneTooMany(t *testing.T) {
	w := secretDesk(t).ask(http.MethodPost, v2Path, form("grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "scope", "api://orders/.default"),
		"Content-Type: application/x-www-form-urlencoded", "Authorization: basic "+base64.StdEncoding.EncodeToString([]byte(callerID+":wrong")))
	if w.Code != 400 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestLoopbackPorts(t *testing.T) {
	a := &Application{RedirectURIs: []string{"http://localhost/cb", "http://127.0.0.1", "http://app.example/cb"}}
	for address, want := range map[string]bool{
		"http://localhost/cb": true, "http://localhost:3000/cb": true, "http://127.0.0.1:8080/": true, "http://127.0.0.1:8080": true,
		"http://localhost/cb/": false, "http://localhost:1/cb/": false, "http://localhost:99999999/cb": false, "http://localhost:0/cb": false,
		"http://localhost:/cb": false, "http://localhost:3000/cb?x": false, "https://localhost:3000/cb": false, "http://localhost.evil.example/cb": false,
		"http://app.example/cb": true, "http://app.example:8080/cb": false, // a port of another machine is another's
	} {
		if got := a.redirectsTo(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
