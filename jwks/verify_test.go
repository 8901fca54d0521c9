package jwks

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestVerifyReturnsTheWholeToken(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	token, err := v.Verify(sign(trusted(), header, payload(`"roles":["Payroll.Run"],"Iss":"x","n":1.50,`)), now)
	wantToken(t, token, err)
	want := Token{
		Header: map[string]any{"typ": "JWT", "alg": "RS256", "x5t": "A", "kid": "A"},
		Claims: map[string]any{
			"roles": []any{"Payroll.Run"}, "Iss": "x", "n": json.Number("1.50"),
			"aud": "https://management.azure.com/", "iss": "https://sts.windows.net/" + contoso + "/", "tid": contoso, "appid": "caller",
			"iat": json.Number(fmt.Sprint(now.Unix() - 300)), "nbf": json.Number(fmt.Sprint(now.Unix() - 300)), "exp": json.Number(fmt.Sprint(now.Unix() + 3600)),
		},
		Source: "s0", KeyID: "A",
		Issued: now.Add(-5 * time.Minute), NotBefore: now.Add(-5 * time.Minute), Expires: now.Add(time.Hour),
	}
	if !reflect.DeepEqual(token, want) {
		t.Errorf("got  %+v\nwant %+v", token, want)
	}
}

func TestNothingIsTrustedByZero(t *testing.T) {
	good := sign(trusted(), header, payload(""))
	for name, v := range map[string]*Verifier{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			token, err := v.Verify(good, now)
			wantFailure(t, token, err, Key, "trusted: nothing")
			token, err = v.VerifyPoP(signPoP(good, ""), now)
			wantFailure(t, token, err, Key)
			if v.Ready() {
				t.Error("ready without a key")
			}
			if status := v.Status(); status == nil || len(status) != 0 {
				t.Errorf("status is %v", status)
			}
			if err := v.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
			v.Close()
		})
	}
}

// Each of these tokens is signed with the trusted key: only the check named stands in its way.
func TestVerifyRefuses(t *testing.T) {
	nested := func(open, end string, depth int) string {
		return `"x":` + strings.Repeat(open, depth) + "1" + strings.Repeat(end, depth) + ","
	}
	edit := func(old, new string) string { return strings.Replace(header, old, new, 1) }
	without := func(claim string) string { return strings.Replace(payload(""), `"`+claim+`"`, `"x`+claim+`"`, 1) }
	date := func(claim, value string) string {
		return strings.Replace(without(claim), "{", fmt.Sprintf(`{"%s":%s,`, claim, value), 1)
	}
	cases := map[string]struct {
		header, payload string
		reason          Reason
		words           string
	}{
		"alg none":             {edit("RS256", "none"), payload(""), Algorithm, `"none"`},
		"alg rs256":            {edit("RS256", "rs256"), payload(""), Algorithm, `"rs256"`},
		"alg PS256":            {edit("RS256", "PS256"), payload(""), Algorithm, `"PS256"`},
		"alg RS384":            {edit("RS256", "RS384"), payload(""), Algorithm, `"RS384"`},
		"alg absent":           {edit(`"alg":"RS256",`, ""), payload(""), Algorithm, "absent"},
		"alg a list":           {edit(`"RS256"`, `["RS256"]`), payload(""), Algorithm, `["RS256"]`},
		"alg in another case":  {edit(`"alg"`, `"Alg"`), payload(""), Algorithm, "absent"},
		"crit unknown":         {edit("{", `{"crit":["exp"],`), payload(""), Malformed, "crit"},
		"crit empty":           {edit("{", `{"crit":[],`), payload(""), Malformed, "crit"},
		"b64 false":            {edit("{", `{"b64":false,`), payload(""), Malformed, "b64"},
		"b64 false and crit":   {edit("{", `{"b64":false,"crit":["b64"],`), payload(""), Malformed, "crit"},
		"typ pop":              {edit("JWT", "pop"), payload(""), Malformed, "scheme PoP"},
		"typ other":            {edit("JWT", "dpop+jwt"), payload(""), Malformed, `"dpop+jwt"`},
		"typ pop, media type":  {edit("JWT", "application/pop"), payload(""), Malformed, "scheme PoP"},
		"typ other media type": {edit("JWT", "text/JWT"), payload(""), Malformed, `"text/JWT"`},
		"typ media type twice": {edit("JWT", "application/application/JWT"), payload(""), Malformed, "application/application/JWT"},
		"typ media type alone": {edit("JWT", "application/"), payload(""), Malformed, `"application/"`},
		"typ a number":         {edit(`"JWT"`, "1"), payload(""), Malformed, "typ is 1"},
		"kid absent":           {edit(`"kid"`, `"Kid"`), payload(""), Key, "x5t does not stand for it"},
		"kid empty":            {edit(`"kid":"A"`, `"kid":""`), payload(""), Key, "kid"},
		"kid a number":         {edit(`"kid":"A"`, `"kid":1`), payload(""), Key, "kid is 1"},
		"kid too long":         {edit(`"kid":"A"`, `"kid":"`+strings.Repeat("A", 257)+`"`), payload(""), Key, "256"},
		"kid unknown":          {edit(`"kid":"A"`, `"kid":"a"`), payload(""), Key, `no trusted key has kid "a"; trusted: "A" (source s0)`},
		"header twice":         {edit("{", `{"kid":"B",`), payload(""), Malformed, `"kid" twice`},
		"header an array":      {"[" + header + "]", payload(""), Malformed, "header is not a JSON object"},
		"header null":          {"null", payload(""), Malformed, "header is not a JSON object"},
		"claim twice":          {header, payload(`"aud":"other",`), Malformed, `"aud" twice`},
		"claim twice, escaped": {header, payload(`"\u0061ud":"other",`), Malformed, `"aud" twice`},
		"claim twice, inside":  {header, payload(`"x":[{"y":{"z":1,"z":1}}],`), Malformed, `"z" twice`},
		"claims an array":      {header, "[" + payload("") + "]", Malformed, "payload is not a JSON object"},
		"claims a string":      {header, `"x"`, Malformed, "payload is not a JSON object"},
		"claims empty":         {header, "", Malformed, "payload is not JSON"},
		"claims and more":      {header, payload("") + "{}", Malformed, "payload is not JSON"},
		"claims, NUL and more": {header, payload("") + "\x00{}", Malformed, "payload is not JSON"},
		"header and NUL":       {header + "\x00", payload(""), Malformed, "header is not JSON"},
		"claims not UTF-8":     {header, payload("\"x\":\"\xff\","), Malformed, "UTF-8"},
		"claims overlong NUL":  {header, payload("\"x\":\"\xc0\x80\","), Malformed, "UTF-8"},
		"lone surrogate":       {header, payload(`"x":"\ud800",`), Malformed, "surrogate"},
		"surrogate by U+FFFD":  {header, payload("\"x\":\"\ufffd" + `\ud800",`), Malformed, "surrogate"},
		"too deep, lists":      {header, payload(nested("[", "]", 32)), Malformed, "deeper than 32"},
		"too deep, objects":    {header, payload(nested(`{"y":`, "}", 32)), Malformed, "deeper than 32"},
		"exp absent":           {header, without("exp"), NoExpiry, "no exp"},
		"exp in another case":  {header, strings.Replace(payload(""), `"exp"`, `"Exp"`, 1), NoExpiry, "no exp"},
		"exp a string":         {header, date("exp", `"4102444800"`), Malformed, `exp is "4102444800" instead of a JSON number`},
		"exp null":             {header, date("exp", "null"), Malformed, "exp"},
		"exp 1e400":            {header, date("exp", "1e400"), Malformed, "exp is 1e400"},
		"exp 1e18":             {header, date("exp", "1e18"), Malformed, "exp is 1e18"},
		"exp beyond int64":     {header, date("exp", "18446744073709551616"), Malformed, "exp"},
		"exp negative":         {header, date("exp", "-1"), Malformed, "exp is -1"},
		"exp in milliseconds":  {header, date("exp", fmt.Sprint(now.UnixMilli())), Malformed, "exp"},
		"exp 0":                {header, date("exp", "0"), Expired, "1970"},
		"nbf a string":         {header, date("nbf", `"1"`), Malformed, "nbf"},
		"iat a bool":           {header, date("iat", "true"), Malformed, "iat is true"},
	}
	v := open(t, document(jwk(trusted(), "A", "")))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			token, err := v.Verify(sign(trusted(), c.header, c.payload), now)
			wantFailure(t, token, err, c.reason, c.words)
		})
	}
	t.Run("as deep as allowed", func(t *testing.T) {
		token, err := v.Verify(sign(trusted(), header, payload(nested("[", "]", 31))), now)
		wantToken(t, token, err)
	})
}

func TestVerifyAccepts(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	for name, h := range map[string]string{
		"typ absent":           strings.Replace(header, `"typ":"JWT",`, "", 1),
		"typ jwt":              strings.Replace(header, "JWT", "jwt", 1),
		"typ AT+JWT":           strings.Replace(header, "JWT", "AT+JWT", 1),
		"typ media type":       strings.Replace(header, "JWT", "Application/at+jwt", 1),
		"its own key, ignored": strings.Replace(header, "{", `{"jwk":{"kty":"RSA"},"x5c":["x"],`, 1),
		"white space":          " {\n\t" + header[1:] + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			token, err := v.Verify(sign(trusted(), h, payload("")), now)
			wantToken(t, token, err)
		})
	}
}

// Claims are found by their exact name. encoding/json would put each of these into a struct field
// for iss, exp or tid, the last two by Unicode's folding of ſ (U+017F) and the Kelvin sign's kin.
func TestClaimNamesKeepTheirCase(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	token, err := v.Verify(sign(trusted(), header, `{"Iss":"a","i\u017fs":"b","iſS":"c","TID":"d",`+dates+`}`), now)
	wantToken(t, token, err)
	for _, name := range []string{"iss", "tid"} {
		if got, present := token.Claims[name]; present {
			t.Errorf("claim %s is %v", name, got)
		}
	}
	if token.Claims["iſs"] != "b" || token.Claims["iſS"] != "c" {
		t.Errorf("got %v", token.Claims)
	}
}

func TestTimes(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	token := func(nbf, exp string) string {
		return sign(trusted(), header, fmt.Sprintf(`{"nbf":%s,"exp":%s}`, nbf, exp))
	}
	at := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
	cases := map[string]struct {
		nbf, exp string
		reason   Reason // empty: believed
	}{
		"last second":             {"0", at(-skew + time.Second), ""},
		"at exp and skew":         {"0", at(-skew), Expired},
		"half a second before":    {"0", at(-skew) + ".5", ""},
		"first second":            {at(skew), at(time.Hour), ""},
		"a second too early":      {at(skew + time.Second), at(time.Hour), NotYetValid},
		"half a second too early": {at(skew) + ".5", at(time.Hour), NotYetValid},
		"last year":               {"0", "253402300799", ""},
		"exponent":                {"0", "253402300799e0", ""},
		"expired before born":     {at(time.Hour), at(-time.Hour), Expired},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := v.Verify(token(c.nbf, c.exp), now)
			if c.reason == "" {
				wantToken(t, got, err)
				return
			}
			failure := wantFailure(t, got, err, c.reason)
			if failure.Expires.IsZero() == (c.reason == Expired) {
				t.Errorf("Expires is %v", failure.Expires)
			}
		})
	}
	t.Run("detail", func(t *testing.T) {
		got, err := v.Verify(token("0", at(-time.Hour)), now)
		failure := wantFailure(t, got, err, Expired,
			"the token expired at 2026-08-13T20:24:29Z, it is 2026-08-13T21:24:29Z (clock skew 5m0s); get a new one")
		if want := now.Add(-time.Hour); !failure.Expires.Equal(want) {
			t.Errorf("Expires is %v, want %v", failure.Expires, want)
		}
	})
}
