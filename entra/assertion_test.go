package entra

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// credential is a key with its certificate, made once: RSA keys are slow to make.
var credential = sync.OnceValue(func() *signer {
	s, err := newSigner(now)
	if err != nil {
		panic(err)
	}
	return s
})

func (s *signer) x509() *x509.Certificate {
	c, err := x509.ParseCertificate(s.certificate)
	if err != nil {
		panic(err)
	}
	return c
}

// assert signs an assertion as MSAL libraries do.
func assert(t testing.TB, key *rsa.PrivateKey, header, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(header) + "." + part(claims)
	digest := sha256.Sum256([]byte(signed))
	var signature []byte
	var err error
	if header["alg"] == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// goodClaims are those of an assertion that is believed.
func goodClaims(id string) map[string]any {
	return map[string]any{"aud": "https://localhost:7443/" + contoso + "/oauth2/v2.0/token", "iss": callerID, "sub": callerID, "jti": id,
		"nbf": now.Unix(), "exp": now.Unix() + 600}
}

func certificateDesk(t testing.TB) *desk {
	d := secretDesk(t)
	d.directory.Tenants[0].Applications[0].Certificates = []*x509.Certificate{credential().x509()}
	return d
}

func (d *desk) assert(assertion string) (status int, body string) {
	w := d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "scope", "api://orders/.default",
		"client_assertion_type", jwtBearerAssertion, "client_assertion", assertion)
	return w.Code, w.Body.String()
}

func TestClientAssertions(t *testing.T) {
	d := certificateDesk(t)
	s256, s1 := sha256.Sum256(credential().certificate), sha1.Sum(credential().certificate)
	for name, header := range map[string]map[string]any{
		"MSAL Go":       {"alg": "PS256", "typ": "JWT", "x5t#S256": base64.StdEncoding.EncodeToString(s256[:])},
		"msal-node":     {"alg": "PS256", "typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])},
		"MSAL Python":   {"alg": "RS256", "typ": "JWT", "x5t": base64.RawURLEncoding.EncodeToString(s1[:])},
		"padded x5t":    {"alg": "RS256", "typ": "JWT", "x5t": base64.URLEncoding.EncodeToString(s1[:])},
		"kid for x5t":   {"alg": "RS256", "typ": "JWT", "kid": base64.RawURLEncoding.EncodeToString(s1[:])},
		"both, RS256":   {"alg": "RS256", "x5t": base64.RawURLEncoding.EncodeToString(s1[:]), "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])},
		"PS256 and x5t": {"alg": "PS256", "x5t": base64.RawURLEncoding.EncodeToString(s1[:])},
	} {
		status, body := d.assert(assert(t, credential().key, header, goodClaims(name)))
		var got struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != 200 {
			t.Errorf("%s: %d %s", name, status, body)
			continue
		}
		if _, claims, _ := open(t, got.AccessToken); claims["azpacr"] != "2" {
			t.Errorf("%s: azpacr %v", name, claims["azpacr"])
		}
	}
}

func TestAssertionAudiences(t *testing.T) {
	d := certificateDesk(t)
	s256 := sha256.Sum256(credential().certificate)
	header := map[string]any{"alg": "PS256", "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])}
	for aud, want := range map[string]int{
		"https://localhost:7443/contoso.example/oauth2/v2.0/token":             200,
		"https://localhost:7443/" + contoso + "/oauth2/token":                  200,
		"https://login.microsoftonline.com/" + contoso + "/v2.0":               200,
		"https://login.microsoftonline.com/" + contoso + "/oauth2/v2.0/token":  200,
		"https://sts.windows.net/" + contoso + "/":                             200,
		"https://localhost:7443/" + contoso + "/":                              200,
		"https://localhost:7444/contoso.example/oauth2/v2.0/token":             401,
		"https://login.microsoftonline.com/fabrikam.example/oauth2/v2.0/token": 401,
		"":                                 401,
		"https://login.microsoftonline.us": 401,
	} {
		claims := goodClaims("for " + aud)
		claims["aud"] = aud
		if status, body := d.assert(assert(t, credential().key, header, claims)); status != want || want == 401 && !strings.Contains(body, "AADSTS700023") {
			t.Errorf("%q: %d %s", aud, status, body)
		}
	}
}

func TestAssertionsThatAreNotBelieved(t *testing.T) {
	d := certificateDesk(t)
	other, err := newSigner(now)
	if err != nil {
		t.Fatal(err)
	}
	s256 := sha256.Sum256(credential().certificate)
	good := map[string]any{"alg": "PS256", "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])}
	with := func(name string, value any) map[string]any {
		c := goodClaims(fmt.Sprint(name, value))
		c[name] = value
		if value == nil {
			delete(c, name)
		}
		return c
	}
	valid := assert(t, credential().key, good, goodClaims("valid"))
	for name, tc := range map[string]struct {
		assertion string
		code      string
	}{
		"another key":        {assert(t, other.key, good, goodClaims("a")), "700027"},
		"no thumbprint":      {assert(t, credential().key, map[string]any{"alg": "PS256"}, goodClaims("b")), "700027"},
		"other thumbprint":   {assert(t, credential().key, map[string]any{"alg": "PS256", "x5t#S256": "AAAA"}, goodClaims("c")), "700027"},
		"no algorithm":       {assert(t, credential().key, map[string]any{"alg": "none", "x5t#S256": good["x5t#S256"]}, goodClaims("d")), "700027"},
		"HS256":              {assert(t, credential().key, map[string]any{"alg": "HS256", "x5t#S256": good["x5t#S256"]}, goodClaims("e")), "700027"},
		"RS256 as PS256":     {strings.Replace(valid, strings.Split(valid, ".")[0], base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","x5t#S256":"`+good["x5t#S256"].(string)+`"}`)), 1), "700027"},
		"unsigned":           {valid[:strings.LastIndexByte(valid, '.')+1], "700027"},
		"no JWT":             {"x", "700027"},
		"four parts":         {valid + ".x", "700027"},
		"extensions":         {assert(t, credential().key, map[string]any{"alg": "PS256", "x5t#S256": good["x5t#S256"], "crit": []string{"exp"}}, goodClaims("f")), "700027"},
		"a start as text":    {assert(t, credential().key, good, with("nbf", "9999999999")), "700027"},
		"an id as a number":  {assert(t, credential().key, good, with("jti", 5)), "700027"},
		"another issuer":     {assert(t, credential().key, good, with("iss", "x")), "700021"},
		"another subject":    {assert(t, credential().key, good, with("sub", nil)), "700021"},
		"expired":            {assert(t, credential().key, good, with("exp", now.Unix()-301)), "700024"},
		"without expiry":     {assert(t, credential().key, good, with("exp", nil)), "700024"},
		"expiry as a string": {assert(t, credential().key, good, with("exp", "2000000000")), "700024"},
		"not yet valid":      {assert(t, credential().key, good, with("nbf", now.Unix()+301)), "700024"},
		"valid for a week":   {assert(t, credential().key, good, with("exp", now.Unix()+7*86400)), "700024"},
	} {
		if status, body := d.assert(tc.assertion); status != 401 || !strings.Contains(body, "AADSTS"+tc.code+":") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for _, use := range []string{"first", "second"} {
		if status, body := d.assert(valid); status != 200 {
			t.Errorf("the valid one, %s use: %d %s", use, status, body)
		}
	}
	// Signed once more it is the same, for PS256 never signs twice alike; but its id is
	// its own.
	if status, body := d.assert(assert(t, credential().key, good, goodClaims("valid"))); status != 200 {
		t.Errorf("signed once more: %d %s", status, body)
	}
	replayed := goodClaims("valid")
	replayed["exp"] = now.Unix() + 299
	if status, body := d.assert(assert(t, credential().key, good, replayed)); status != 401 || !strings.Contains(body, "AADSTS700027:") {
		t.Errorf("its id again: %d %s", status, body)
	}
}

func TestAssertionType(t *testing.T) {
	d := certificateDesk(t)
	for kind, code := range map[string]string{"": "900144", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer": "9002313"} {
		w := d.post(v2Path, "grant_type", "client_credentials", "client_id", callerID, "scope", "api://orders/.default", "client_assertion_type", kind, "client_assertion", "a.b.c")
		if !strings.Contains(w.Body.String(), "AADSTS"+code+":") {
			t.Errorf("%q: %s", kind, w.Body)
		}
	}
}

func FuzzAssertion(f *testing.F) {
	d := certificateDesk(f)
	s256 := sha256.Sum256(credential().certificate)
	good := assert(f, credential().key, map[string]any{"alg": "PS256", "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])}, goodClaims("seed"))
	f.Add(good)
	f.Add("e30.e30.e30")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		a, ok := parseAssertion(text)
		if ok && a.claims == nil {
			t.Error("taken, without claims")
		}
		if status, body := d.assert(text); status == 200 && text != good {
			t.Errorf("%q is believed: %s", text, body)
		}
	})
}

// An application may want every assertion used once: then a replay is refused, and
// another assertion is not.
func TestSingleUseAssertions(t *testing.T) {
	d := certificateDesk(t)
	d.directory.Tenants[0].Applications[0].SingleUseAssertions = true
	s256 := sha256.Sum256(credential().certificate)
	header := map[string]any{"alg": "PS256", "x5t#S256": base64.RawURLEncoding.EncodeToString(s256[:])}
	once := assert(t, credential().key, header, goodClaims("once"))
	for _, step := range []struct {
		assertion string
		status    int
	}{{once, 200}, {once, 401}, {assert(t, credential().key, header, goodClaims("another")), 200}} {
		if status, body := d.assert(step.assertion); status != step.status || status == 401 && !strings.Contains(body, "AADSTS700027:") {
			t.Errorf("%d, want %d: %s", status, step.status, body)
		}
	}
}
