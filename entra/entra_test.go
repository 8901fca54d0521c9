package entra

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"flowgate/policy"
)

func directory() *Directory {
	return &Directory{Cloud: policy.Public, Tenants: []Tenant{{
		ID: "aaaabbbb-0000-cccc-1111-dddd2222eeee", Domain: "contoso.example",
		Applications: []Application{{Name: "caller", ClientID: "00001111-aaaa-2222-bbbb-3333cccc4444", ObjectID: "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
			Roles: map[string][]string{"https://management.azure.com/": {"Payroll.Run"}}}},
		Users:     []User{{Name: "ana@contoso.example", ObjectID: "cccccccc-2222-3333-4444-dddddddddddd"}},
		Resources: []Resource{{Identifier: "api://orders", ClientID: "33334444-dddd-5555-eeee-6666ffff7777", TokenVersion: 2}},
	}, {
		ID: "bbbbcccc-1111-dddd-2222-eeee3333ffff", Domain: "fabrikam.example",
		Applications: []Application{{Name: "outsider", ClientID: "22223333-cccc-4444-dddd-5555eeee6666", ObjectID: "dddddddd-3333-4444-5555-eeeeeeeeeeee"}},
	}}}
}

// open splits a token, checks its signature with the published key set, and
// returns its header and claims with the claims' names in order.
func open(t *testing.T, token string) (header, claims map[string]any, order string) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	decode := func(s string) []byte {
		b, err := base64.RawURLEncoding.Strict().DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var set struct {
		Keys []struct{ Kid, N, E, Kty, Use, X5t, Issuer, Alg string }
	}
	if err := json.Unmarshal(newDesk(t).get("/common/discovery/keys").Body.Bytes(), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("key set: %v", err)
	}
	k := set.Keys[0]
	if k.Kty != "RSA" || k.Use != "sig" || k.Kid != k.X5t || k.Alg != "" || k.Issuer != "https://login.microsoftonline.com/{tenantid}/v2.0" {
		t.Errorf("key: %+v", k)
	}
	pub := &rsa.PublicKey{N: new(big.Int).SetBytes(decode(k.N)), E: int(new(big.Int).SetBytes(decode(k.E)).Int64())}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], decode(parts[2])); err != nil {
		t.Fatal(err)
	}
	for i, into := range []*map[string]any{&header, &claims} {
		if err := json.Unmarshal(decode(parts[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if header["kid"] != k.Kid {
		t.Errorf("kid %v", header["kid"])
	}
	dec := json.NewDecoder(strings.NewReader(string(decode(parts[1]))))
	depth := 0
	for name := true; ; name = !name || depth != 1 {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if s, ok := tok.(string); ok && depth == 1 {
			if _, isClaim := claims[s]; isClaim && !strings.Contains(" "+order+" ", " "+s+" ") {
				order = strings.TrimSpace(order + " " + s)
			}
		}
	}
	return header, claims, order
}

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestTokensHaveEntrasMembersInEntrasOrder(t *testing.T) {
	for name, tc := range map[string]struct {
		request Request
		order   string
		want    map[string]any
	}{
		"v1.0 app-only with a role": {Request{Resource: "https://management.azure.com/"},
			"aud iss iat nbf exp aio appid appidacr idp oid rh roles sub tid uti ver",
			map[string]any{"aud": "https://management.azure.com/", "iss": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "ver": "1.0", "appidacr": "1",
				"oid": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb", "sub": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"}},
		"v1.0 app-only without roles": {Request{Resource: "https://graph.microsoft.com"},
			"aud iss iat nbf exp aio appid appidacr idp oid rh sub tid uti ver",
			map[string]any{"aud": "https://graph.microsoft.com"}},
		"v2.0 app-only": {Request{Scope: "api://orders/.default"},
			"aud iss iat nbf exp aio azp azpacr oid rh sub tid uti ver",
			map[string]any{"aud": "33334444-dddd-5555-eeee-6666ffff7777", "iss": "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0", "ver": "2.0"}},
		"v1.0 delegated": {Request{User: "ana@contoso.example", Resource: "https://service.flow.microsoft.com/"},
			"aud iss iat nbf exp acr aio amr appid appidacr family_name given_name ipaddr name oid rh scp sub tid unique_name upn uti ver",
			map[string]any{"oid": "cccccccc-2222-3333-4444-dddddddddddd", "upn": "ana@contoso.example"}},
		"v2.0 delegated": {Request{User: "ana@contoso.example", Scope: "api://orders/Orders.Write"},
			"aud iss iat nbf exp aio azp azpacr name oid preferred_username rh scp sub tid uti ver",
			map[string]any{"scp": "Orders.Write", "preferred_username": "ana@contoso.example"}},
		"outsider, found by name": {Request{Application: "outsider", Resource: "https://management.azure.com/"},
			"aud iss iat nbf exp aio appid appidacr idp oid rh sub tid uti ver",
			map[string]any{"tid": "bbbbcccc-1111-dddd-2222-eeee3333ffff"}},
		"overrides": {Request{Resource: "https://management.azure.com/", Claims: []Override{{Name: "tid", Remove: true}, {Name: "aud", Value: "x"}, {Name: "extra", Value: json.Number("1")}}},
			"aud iss iat nbf exp aio appid appidacr idp oid rh roles sub uti ver extra",
			map[string]any{"aud": "x", "extra": 1.0}},
	} {
		t.Run(name, func(t *testing.T) {
			tc.request.Now = now
			token, err := directory().Issue(tc.request)
			if err != nil {
				t.Fatal(err)
			}
			header, claims, order := open(t, token)
			if order != tc.order {
				t.Errorf("claims\ngot  %s\nwant %s", order, tc.order)
			}
			for k, v := range tc.want {
				if claims[k] != v {
					t.Errorf("%s is %v, want %v", k, claims[k], v)
				}
			}
			if claims["iat"] != float64(now.Unix()-300) || claims["exp"] != float64(now.Unix()-300+3900) {
				t.Errorf("iat %v exp %v", claims["iat"], claims["exp"])
			}
			if _, x5t := header["x5t"]; x5t != (claims["ver"] == "1.0") {
				t.Errorf("x5t in a token of version %v: %v", claims["ver"], x5t)
			}
		})
	}
}

// The story of the double slash: the last slash splits resource and permission,
// and the audience echoes what stands before it.
func TestAudienceByTheLastSlash(t *testing.T) {
	for scope, want := range map[string]string{
		"https://service.flow.microsoft.com//.default": "https://service.flow.microsoft.com/",
		"https://service.flow.microsoft.com/.default":  "https://service.flow.microsoft.com",
	} {
		claims, err := directory().Claims(Request{Scope: scope, Now: now})
		if err != nil || claims["aud"] != want {
			t.Errorf("%s gives aud %v, %v", scope, claims["aud"], err)
		}
	}
}

func TestRefusedRequestsSayWhatThereIs(t *testing.T) {
	for want, r := range map[string]Request{
		`no tenant "mars"; the workspace has "contoso.example", "fabrikam.example"`:           {Tenant: "mars", Resource: "x"},
		`no application "nobody"; the workspace has "caller", "outsider"`:                     {Application: "nobody", Resource: "x"},
		`no application "outsider"; tenant aaaabbbb-0000-cccc-1111-dddd2222eeee has "caller"`: {Tenant: "contoso.example", Application: "outsider", Resource: "x"},
		`no resource "api://none"`:                                     {Resource: "api://none"},
		`no user "bob@contoso.example"`:                                {User: "bob@contoso.example", Resource: "https://graph.microsoft.com"},
		"give a resource or a scope":                                   {},
		`scope "x" names no resource`:                                  {Scope: "x"},
		`an application without a user asks for api://orders/.default`: {Scope: "api://orders/Orders.Write"},
	} {
		if token, err := directory().Issue(r); err == nil || !strings.Contains(err.Error(), want) || token != "" {
			t.Errorf("want %q, got %q, %v", want, token, err)
		}
	}
}

func TestParseOverride(t *testing.T) {
	for in, want := range map[string]Override{
		"oid=a=b":       {Name: "oid", Value: "a=b"},
		"oid=":          {Name: "oid", Value: ""},
		"exp:=5":        {Name: "exp", Value: json.Number("5")},
		"tid:=null":     {Name: "tid", Remove: true},
		"n:=\"a\\\"b\"": {Name: "n", Value: `a"b`},
	} {
		if got, err := ParseOverride(in); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "oid", "=x", ":=1", "a:=", "a:=1 2", "a:=[", "a:=nope", `a:=["A"]]`, "a:={}}", "a:=1]", "a:=null}"} {
		if got, err := ParseOverride(in); err == nil {
			t.Errorf("%q is taken: %+v", in, got)
		}
	}
}
