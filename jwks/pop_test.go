package jwks

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const popHeader = `{"typ":"pop","alg":"RS256"}`

// bound is an access token bound to the caller's key as Entra binds it.
func bound() string {
	return sign(trusted(), header, payload(fmt.Sprintf(`"cnf":{"kid":%q,"xms_ksl":"sw"},`, thumbprint(&caller().PublicKey))))
}

// requestPayload is a signed request's, made at now, with more members in front.
func requestPayload(at, more string) string {
	return fmt.Sprintf(`{%s"at":%q,"ts":%d,"m":"POST","u":"management.azure.com","p":"/subscriptions/s","cnf":{"jwk":%s}}`,
		more, at, now.Unix(), jwk(caller(), "any", ""))
}

func signPoP(at, more string) string { return sign(caller(), popHeader, requestPayload(at, more)) }

func TestVerifyPoP(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	for name, text := range map[string]string{
		"bound by thumbprint": signPoP(bound(), `"q":[["a"],"x"],"nonce":"n",`),
		"bound by key": sign(caller(), popHeader, strings.Replace(requestPayload(
			sign(trusted(), header, payload(`"cnf":{"jwk":`+jwk(caller(), "any", "")+`},`)), ""), `"cnf"`, `"_"`, 1)),
		"typ PoP": sign(caller(), `{"typ":"PoP","alg":"RS256","kid":"any"}`, requestPayload(bound(), "")),
	} {
		t.Run(name, func(t *testing.T) {
			token, err := v.VerifyPoP(text, now)
			wantToken(t, token, err)
			for claim, want := range map[string]string{
				"m": "POST", "u": "management.azure.com", "p": "/subscriptions/s", "appid": "caller", "tid": contoso,
			} {
				if token.Claims[claim] != want {
					t.Errorf("claim %s is %v, want %s", claim, token.Claims[claim], want)
				}
			}
			for _, claim := range []string{"at", "ts", "q", "nonce"} {
				if got, present := token.Claims[claim]; present {
					t.Errorf("claim %s of the request is among the token's: %v", claim, got)
				}
			}
			if token.Source != "s0" || token.KeyID != "A" || token.Header["typ"] != "JWT" || !token.Expires.Equal(now.Add(time.Hour)) {
				t.Errorf("not the access token: %+v", token)
			}
		})
	}
	t.Run("m, u and p may be absent", func(t *testing.T) {
		text := strings.NewReplacer(`"m"`, `"m_"`, `"u"`, `"u_"`, `"p"`, `"p_"`).Replace(requestPayload(bound(), ""))
		token, err := v.VerifyPoP(sign(caller(), popHeader, text), now)
		wantToken(t, token, err)
		for _, claim := range []string{"m", "u", "p"} {
			if got, present := token.Claims[claim]; present {
				t.Errorf("claim %s is %v", claim, got)
			}
		}
	})
}

func TestVerifyPoPRefuses(t *testing.T) {
	at := bound()
	request := requestPayload(at, "")
	cnf := func(cnf string) string {
		return signPoP(sign(trusted(), header, payload(cnf)), "")
	}
	mine := fmt.Sprintf(`%q`, thumbprint(&caller().PublicKey))
	edit := func(old, new string) string {
		if !strings.Contains(request, old) {
			t.Fatalf("no %s in the request", old)
		}
		return sign(caller(), popHeader, strings.Replace(request, old, new, 1))
	}
	ts := fmt.Sprintf(`"ts":%d`, now.Unix())
	cases := map[string]struct {
		text   string
		reason Reason
		words  string
	}{
		"a bearer token":             {at, Malformed, `typ is "JWT" instead of "pop"`},
		"typ absent":                 {sign(caller(), `{"alg":"RS256"}`, request), Malformed, "typ is absent"},
		"alg none":                   {sign(caller(), `{"typ":"pop","alg":"none"}`, request), Algorithm, "none"},
		"alg PS256":                  {sign(caller(), `{"typ":"pop","alg":"PS256"}`, request), Algorithm, "PS256"},
		"crit":                       {sign(caller(), `{"typ":"pop","alg":"RS256","crit":["x"]}`, request), Malformed, "crit"},
		"member twice":               {signPoP(at, `"m":"GET",`), Malformed, `"m" twice`},
		"at absent":                  {edit(`"at"`, `"_at"`), Malformed, "at is absent"},
		"at no token":                {edit(at, "x.y.z"), Malformed, "the signed request's access token: "},
		"at itself a signed request": {signPoP(signPoP(at, ""), ""), Malformed, "scheme PoP"},
		"at by a stranger":           {signPoP(sign(stranger(), header, payload(`"cnf":{"kid":`+mine+`},`)), ""), Signature, "access token"},
		"at of an unknown key":       {signPoP(sign(trusted(), `{"alg":"RS256","kid":"B"}`, payload("")), ""), Key, "no trusted key"},
		"at expired":                 {signPoP(sign(trusted(), header, `{"cnf":{"kid":`+mine+`},"exp":1}`), ""), Expired, "access token"},
		"at without exp":             {signPoP(sign(trusted(), header, `{"cnf":{"kid":`+mine+`}}`), ""), NoExpiry, "access token"},
		"ts absent":                  {edit(`"ts"`, `"_ts"`), Malformed, "ts absent"},
		"ts a string":                {edit(ts, fmt.Sprintf(`"ts":"%d"`, now.Unix())), Malformed, "ts is"},
		"ts huge":                    {edit(ts, `"ts":1e400`), Malformed, "ts is 1e400"},
		"ts too old":                 {edit(ts, fmt.Sprintf(`"ts":%d`, now.Add(-popLifetime-skew).Unix())), Expired, "sign a new one"},
		"ts too new":                 {edit(ts, fmt.Sprintf(`"ts":%d`, now.Add(skew+time.Second).Unix())), NotYetValid, "compare the clocks"},
		"cnf absent":                 {cnf(""), Key, "cnf is absent"},
		"cnf a string":               {cnf(`"cnf":` + mine + `,`), Key, "bound to no key"},
		"cnf empty":                  {cnf(`"cnf":{},`), Key, "exactly one of"},
		"cnf of two keys":            {cnf(`"cnf":{"kid":` + mine + `,"jwk":` + jwk(caller(), "x", "") + `},`), Key, "exactly one of"},
		"cnf of another key":         {cnf(fmt.Sprintf(`"cnf":{"kid":%q},`, thumbprint(&stranger().PublicKey))), Key, "bound to the key with thumbprint"},
		"cnf kid a number":           {cnf(`"cnf":{"kid":1},`), Key, "thumbprint 1"},
		"cnf jwk of another":         {cnf(`"cnf":{"jwk":` + jwk(stranger(), "x", "") + `},`), Signature, "cnf names"},
		"cnf jwk private":            {cnf(`"cnf":{"jwk":` + jwk(caller(), "x", `,"d":"AQAB"`) + `},`), Key, "private key material"},
		"cnf jwk oct":                {cnf(`"cnf":{"jwk":{"kty":"oct","k":"AA"}},`), Key, `"oct"`},
		"brings no key":              {edit(`"cnf"`, `"_cnf"`), Key, "signed request's cnf.jwk is no object"},
		"brings another key":         {edit(jwk(caller(), "any", ""), jwk(stranger(), "any", "")), Key, "thumbprint"},
		"brings a key for enc":       {edit(`"sig"`, `"enc"`), Key, `use is "enc"`},
		"signed by another":          {sign(stranger(), popHeader, request), Signature, "cnf names"},
		"signed by the issuer":       {sign(trusted(), popHeader, request), Signature, "cnf names"},
		"m no string":                {edit(`"POST"`, `["POST"]`), Malformed, "m is"},
		"the token has an m":         {signPoP(sign(trusted(), header, payload(`"m":"GET","cnf":{"kid":`+mine+`},`)), ""), Malformed, `claim "m"`},
		"the token has a null p":     {signPoP(sign(trusted(), header, payload(`"p":null,"cnf":{"kid":`+mine+`},`)), ""), Malformed, `claim "p"`},
	}
	v := open(t, document(jwk(trusted(), "A", "")))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			token, err := v.VerifyPoP(c.text, now)
			failure := wantFailure(t, token, err, c.reason, c.words)
			shown := fmt.Sprint(failure, failure.Header, failure.Claims)
			for _, signature := range []string{c.text[strings.LastIndexByte(c.text, '.')+1:], at[strings.LastIndexByte(at, '.')+1:]} {
				if strings.Contains(shown, signature) {
					t.Errorf("the failure holds a signature: %s", shown)
				}
			}
		})
	}
	t.Run("as a bearer token", func(t *testing.T) {
		token, err := v.Verify(signPoP(at, ""), now)
		failure := wantFailure(t, token, err, Malformed, "scheme PoP")
		if strings.Contains(fmt.Sprint(failure.Claims), at) {
			t.Error("the failure holds the access token's signature")
		}
	})
	t.Run("expires five minutes after ts", func(t *testing.T) {
		token, err := v.VerifyPoP(signPoP(at, ""), now.Add(popLifetime+skew))
		failure := wantFailure(t, token, err, Expired)
		if !failure.Expires.Equal(now.Add(popLifetime)) {
			t.Errorf("Expires is %v", failure.Expires)
		}
		token, err = v.VerifyPoP(signPoP(at, ""), now.Add(popLifetime+skew-time.Second))
		wantToken(t, token, err)
	})
}
