package entra

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// codeDesk is a desk whose console may be sent codes.
func codeDesk(t testing.TB) *desk {
	d := secretDesk(t)
	d.directory.Tenants[0].Applications[1].RedirectURIs = []string{"http://localhost", "https://app.example/signed-in?x=1", "msal://auth"}
	return d
}

// authorize asks for a code; pairs replace or add parameters, an empty one removes it.
func (d *desk) authorize(pairs ...string) *httptest.ResponseRecorder {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{"client_id": {console}, "response_type": {"code"}, "redirect_uri": {"http://localhost:4711"}, "scope": {"api://orders/.default openid offline_access"},
		"state": {"a&b"}, "nonce": {"n-1"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
		"login_hint": {ana}, "prompt": {"none"}, "client_info": {"1"}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return d.get("/contoso.example/oauth2/v2.0/authorize?" + q.Encode())
}

// back is where the browser is led, with what parameters.
func back(t testing.TB, w *httptest.ResponseRecorder) (address string, parameters url.Values) {
	t.Helper()
	location := w.Header().Get("Location")
	i := strings.LastIndexAny(location, "?#&")
	if j := strings.IndexAny(location, "?#"); w.Code == 302 && !strings.Contains(location, "x=1") {
		i = j
	} else if w.Code == 302 {
		i = strings.Index(location, "x=1") + 3
	}
	if w.Code != 302 || i < 0 {
		t.Fatalf("%d %s %s", w.Code, location, w.Body)
	}
	q, err := url.ParseQuery(location[i+1:])
	if err != nil {
		t.Fatal(err)
	}
	return location[:i+1], q
}

func (d *desk) redeem(code string, pairs ...string) *httptest.ResponseRecorder {
	return d.post(v2Path, append([]string{"grant_type", "authorization_code", "client_id", console, "code", code}, pairs...)...)
}

func TestAuthorizationCode(t *testing.T) {
	d := codeDesk(t)
	for mode, want := range map[string]string{"": "http://localhost:4711?", "query": "http://localhost:4711?", "fragment": "http://localhost:4711#"} {
		address, got := back(t, d.authorize("response_mode", mode))
		if address != want || got.Get("state") != "a&b" || got.Get("client_info") == "" || got.Get("session_state") == "" {
			t.Errorf("%q: %s %v", mode, address, got)
		}
		w := d.redeem(got.Get("code"), "redirect_uri", "http://localhost:4711", "code_verifier", verifier, "client_info", "1", "scope", "api://orders/.default openid offline_access")
		if names(t, w.Body.Bytes()) != "token_type scope expires_in ext_expires_in access_token refresh_token id_token client_info" {
			t.Fatalf("%s", w.Body)
		}
		if _, claims, order := open(t, decode(t, w)["id_token"].(string)); claims["nonce"] != "n-1" || order != "aud iss iat nbf exp aio name nonce oid preferred_username rh sub tid uti ver" {
			t.Errorf("%s %v", order, claims)
		}
		if w := d.redeem(got.Get("code"), "redirect_uri", "http://localhost:4711", "code_verifier", verifier); codeOf(t, w) != "54005" {
			t.Errorf("again: %s", w.Body)
		}
	}
	address, got := back(t, d.authorize("redirect_uri", "https://app.example/signed-in?x=1"))
	if address != "https://app.example/signed-in?x=1&" || got.Get("code") == "" {
		t.Errorf("%s %v", address, got)
	}
}

func TestFormPost(t *testing.T) {
	w := codeDesk(t).authorize("response_mode", "form_post", "redirect_uri", "msal://auth", "state", `"><script>`)
	text := w.Body.String()
	policy := w.Header().Get("Content-Security-Policy")
	if w.Code != 200 || !strings.Contains(text, `<form method="post" action="msal://auth">`) || strings.Contains(text, "<script>") || !strings.Contains(html.UnescapeString(text), `value=""><script>"`) ||
		!strings.Contains(policy, "default-src 'none'; script-src 'nonce-") || !strings.Contains(policy, "form-action msal://auth;") || !regexp.MustCompile(`name="code" value="1\.[\w-]+"`).MatchString(text) {
		t.Errorf("%d %s\n%s", w.Code, policy, text)
	}
}

func TestUserPicker(t *testing.T) {
	d := codeDesk(t)
	w := d.authorize("prompt", "", "login_hint", "", "state", `"><script>alert(1)</script>`)
	text := w.Body.String()
	m := regexp.MustCompile(`<a href="(\?[^"]+)">ana@contoso.example</a>`).FindStringSubmatch(text)
	if w.Code != 200 || m == nil || strings.Contains(text, "<script>") || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'nonce-") {
		t.Fatalf("%d %v\n%s", w.Code, w.Header(), text)
	}
	if _, got := back(t, d.get("/contoso.example/oauth2/v2.0/authorize"+html.UnescapeString(m[1]))); got.Get("code") == "" || got.Get("state") != `"><script>alert(1)</script>` {
		t.Errorf("%v", got)
	}
}

// What is asked wrongly is told to the application; where that would be is told to
// nobody until it is known to be its own.
func TestAuthorizeRefuses(t *testing.T) {
	d := codeDesk(t)
	for want, pairs := range map[string][]string{
		"unsupported_response_type": {"response_type", "id_token"},
		"login_required":            {"login_hint", "bob@contoso.example"},
		"invalid_scope":             {"scope", "https://host"},
		"invalid_request":           {"code_challenge_method", "S512"},
		"invalid_resource":          {"scope", "api://none/x"},
	} {
		if _, got := back(t, d.authorize(pairs...)); got.Get("error") != want || got.Get("state") != "a&b" || got.Get("code") != "" || !strings.HasPrefix(got.Get("error_description"), "AADSTS") {
			t.Errorf("%v: %v", pairs, got)
		}
	}
	for _, address := range []string{"http://localhost:4711/x", "http://localhost@evil.example", "http://localhost:4711@evil.example/", "https://localhost:4711", "http://evil.example", "http://localhost.evil.example:1",
		"https://app.example/signed-in", "https://app.example/signed-in?x=1&y=2", "https://APP.example/signed-in?x=1", "msal://auth/", "", "http://localhost:4711?x", "http://127.0.0.1:4711", "//evil", "javascript:alert(1)"} {
		if w := d.authorize("redirect_uri", address); w.Code != 400 || codeOf(t, w) != "50011" || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %s", address, w.Code, w.Body)
		}
	}
	for _, address := range []string{"http://localhost", "http://localhost/", "http://localhost:1/"} {
		if w := d.authorize("redirect_uri", address); w.Code != 302 {
			t.Errorf("%s: %d %s", address, w.Code, w.Body)
		}
	}
	if w := d.authorize("client_id", "x"); codeOf(t, w) != "700016" {
		t.Errorf("%s", w.Body)
	}
}

func TestRedeemRefuses(t *testing.T) {
	d := codeDesk(t)
	_, got := back(t, d.authorize())
	code := got.Get("code")
	const here = "http://localhost:4711"
	for want, pairs := range map[string][]string{
		"501481": {"redirect_uri", here, "code_verifier", "wrong"},
		"500112": {"redirect_uri", "http://localhost:4712", "code_verifier", verifier},
		"900144": {"code_verifier", verifier},
	} {
		if w := d.redeem(code, pairs...); codeOf(t, w) != want {
			t.Errorf("want %s: %s", want, w.Body)
		}
	}
	if w := d.redeem(code, "redirect_uri", here); codeOf(t, w) != "501481" {
		t.Errorf("without a verifier: %s", w.Body)
	}
	_, unbound := back(t, d.authorize("code_challenge", "", "code_challenge_method", ""))
	if w := d.redeem(unbound.Get("code"), "redirect_uri", here, "code_verifier", verifier); codeOf(t, w) != "501481" {
		t.Errorf("a verifier for a code that was asked for without a challenge, by somebody else perhaps: %s", w.Body)
	}
	if w := d.redeem("made up", "redirect_uri", here); codeOf(t, w) != "70000" {
		t.Errorf("%s", w.Body)
	}
	if w := d.post(v2Path, "grant_type", "authorization_code", "client_id", callerID, "client_secret", "local-secret", "code", code, "redirect_uri", here, "code_verifier", verifier); codeOf(t, w) != "70000" {
		t.Errorf("another application's: %s", w.Body)
	}
	d.now = d.now.Add(codeLifetime)
	if w := d.redeem(code, "redirect_uri", here, "code_verifier", verifier); codeOf(t, w) != "70008" {
		t.Errorf("expired: %s", w.Body)
	}
}

// Of many who redeem a code at once, one gets the tokens.
func TestRedeemRace(t *testing.T) {
	d := codeDesk(t)
	var ids sync.Mutex
	next := d.options.NewID
	d.options.NewID = func() string { ids.Lock(); defer ids.Unlock(); return next() }
	for range 50 {
		_, got := back(t, d.authorize())
		var all sync.WaitGroup
		begin := make(chan struct{})
		var tokens atomic.Int32
		for range 20 {
			all.Go(func() {
				<-begin
				if d.redeem(got.Get("code"), "redirect_uri", "http://localhost:4711", "code_verifier", verifier).Code == 200 {
					tokens.Add(1)
				}
			})
		}
		close(begin)
		all.Wait()
		if n := tokens.Load(); n != 1 {
			t.Fatalf("%d got tokens", n)
		}
	}
}

// Whatever is asked for, a code goes nowhere but to a registered address or to this
// computer.
func FuzzRedirectURI(f *testing.F) {
	for _, s := range []string{"http://localhost", "http://localhost:1/", "http://localhost@evil.example", "http://localhost:1@evil.example", "http://127.0.0.1", `http://localhost\@evil.example`, "http://[::1]", "HTTP://localhost:1", "https://app.example/a"} {
		f.Add(s)
	}
	app := &Application{RedirectURIs: []string{"http://localhost", "https://app.example/a"}}
	f.Fuzz(func(t *testing.T, address string) {
		if !app.redirectsTo(address) || address == "https://app.example/a" {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Hostname() != "localhost" || u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			t.Errorf("%q is taken for http://localhost", address)
		}
	})
}
