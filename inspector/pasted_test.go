package inspector

import (
	"strings"
	"testing"
	"unicode"
)

func TestReadPasted(t *testing.T) {
	const token = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4In0.c2ln-_s"
	for _, tc := range []struct{ text, scheme, token string }{
		{token, "", token},
		{"  \t" + token + "\r\n", "", token},
		{"Bearer " + token, "Bearer", token},
		{"bearer  " + token, "bearer", token},
		{"PoP " + token, "PoP", token},
		{"Basic dXNlcjpw", "Basic", "dXNlcjpw"},
		{"Authorization: Bearer " + token, "Bearer", token},
		{"authorization:BEARER\n" + token, "BEARER", token},
		{`-H "Authorization: Bearer ` + token + `"`, "Bearer", token},
		{`"Authorization": "Bearer ` + token + `",`, "Bearer", token},
		{`'` + token + `'`, "", token},
		{"\u201c" + token + "\u201d", "", token},
		{"\u201e" + token + "\u201c", "", token},
		{"\u00abBearer " + token + "\u00bb;", "Bearer", token},
		{"Bearer '" + token + "'", "Bearer", token},
		{"\ufeff" + token + "\u200b", "", token},
		{token[:20] + "\n" + token[20:], "", token},
		{token[:20] + "\\\r\n    " + token[20:30] + "\n" + token[30:], "", token},
		{`{"token_type":"Bearer","expires_in":3599,"access_token":"` + token + `"}`, "Bearer", token},
		{"\n" + `{"tokenType":"Bearer","accessToken":"` + token + `"}` + "\n", "Bearer", token},
		{`{"token_type":"pop","access_token":"` + token + `"}`, "pop", token},
		{`{"token_type":"\u001b","access_token":"` + token + `"}`, "", token},
		{"\xff\xfea\x00.\x00b\x00.\x00c\x00\r\x00\n\x00", "", "a.b.c"}, // a file that PowerShell wrote
		{"\xfe\xff\x00a\x00.\x00b\x00.\x00c", "", "a.b.c"},
		{`curl -X POST "https://prod-18.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?api-version=2016-10-01" -H "Authorization: Bearer ` + token + `" -d '{}'`, "Bearer", token},
		{"POST /x HTTP/1.1\nHost: a.b.c.example\nAuthorization: bearer " + token + "\nContent-Type: application/json", "bearer", token},
		{"Authorization: Bearer " + token + "\r\nAccept: */*", "Bearer", token},
		{"TOKEN=" + token, "", token},
		{"curl -H \"Authorization: Bearer " + token[:37] + "\n" + token[37:] + "\" -d {}", "Bearer", token}, // wrapped in its signature
		{"$h = 'Bearer " + token[:37] + "\r\n  " + token[37:] + "'; go", "Bearer", token},
		{"Authorization: Basic dXNlcjpw\nX-Forwarded-Authorization: Bearer " + token, "Bearer", token}, // the scheme beside it is its own
		{"$headers = @{ Authorization = \"Bearer " + token + "\" }", "Bearer", token},
		{"http://localhost/#access_token=" + token + "&token_type=Bearer&expires_in=3599", "", token},
		{`{"headers":{"Authorization":"Bearer ` + token + `"}}`, "Bearer", token},
		{`[{"token":"` + token + `"},{"again":"` + token + `"}]`, "", token},
		{"\nToken     : " + token + "\nExpiresOn : 11/28/2026 8:30:00 PM +00:00\nTenantId  : x\n", "", token},
		{"\r\nToken     : " + token[:30] + "\r\n            " + token[30:] + "\r\nExpiresOn : 11/28/2026\r\n", "", token},
		{"POST /x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token + "\r\n\r\nhello", "Bearer", token},
		{"POST /x HTTP/1.1\nHost: h\nAuthorization: Bearer " + token[:30] + "\n" + token[30:] + "\nX-A: b\n\nhello", "Bearer", token},
		{"POST /x HTTP/1.1\nAuthorization: Bearer " + token[:30] + "\n" + token[30:] + "\n\nhello", "Bearer", token},
		{"Bearer Bearer " + token, "Bearer", token},
		{"Authorization: Bearer bearer " + token[:30] + "\n" + token[30:], "Bearer", token},
		{"my token " + token, "", token},
		{"{\"token_type\":\"Bea\nrer\",\"access_token\":\"" + token[:10] + "\r\n" + token[10:30] + "\n  " + token[30:] + "\"}", "Bearer", token},
		{"{\n  \"token\": \"" + token[:10] + "\n" + token[10:] + "\"\n}", "", token},
		// What may be a part of a token is not judged for it.
		{token + "==", "", token + "=="},
		{token + "+x/y", "", token + "+x/y"},
		{"x: " + token + "\nabc", "", token + "abc"},
		{"x:a" + token, "", "x:a" + token},
		{"no-token", "", "no-token"}, // what it is not is for the gate to say
	} {
		p, err := ReadPasted(tc.text)
		if err != nil || p.Scheme != tc.scheme || p.Token != tc.token {
			t.Errorf("%q: %+v, %v", tc.text, p, err)
		}
	}
}

func TestReadPastedRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "there is no token",
		" \n\"\" ":                         "there is no token",
		"Bearer":                           "there is no token",
		"Authorization: Bearer ":           "there is no token",
		"\"\\;\\\"":                        "there is no token",
		"`-\nH:`":                          "there is no token",
		"a.b.c\nd.e.f":                     "there are 2 tokens",
		"{":                                "is not JSON",
		"{} x":                             "goes on after the object",
		`{"id_token":"x"}`:                 "no access_token",
		`{"id_token":"` + begin + `.a.b"}`: "an id_token, which is for the application that asked",
		`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: x"}`: `an error of the token endpoint, "invalid_client", "AADSTS7000215: Invalid client secret provided."`,
		`{"error":"invalid_client"}`:        `an error of the token endpoint, "invalid_client": no token`,
		`{"iss":"x","aud":"y"}`:             "what a token says, not the token",
		`{"a":"eyJ.a.b","b":"eyJ.c.d"}`:     "no access_token",
		`[{"a":"eyJ.a.b"},{"b":"eyJ.c.d"}]`: "there are 2 tokens",
		"token eyJ.a.b":                     `the word "token" stands before the token, where Bearer belongs`,
		"Authorization: Bearer PoP eyJ.a.b": `the word "PoP" stands before the token`,
		`{"access_token":5}`:                "access_token is no text",
		strings.Repeat("x\xff", 75<<10):     "307200 bytes, more than the 262144",
		strings.Repeat(" ", MaxPasted+1):    "more than 256 KiB",
	} {
		if p, err := ReadPasted(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %+v, %v; want %s", text, p, err, want)
		}
	}
}

// A token that no gate takes is found all the same: the gate says so.
func TestReadPastedTakesAHugeToken(t *testing.T) {
	token := strings.Repeat("x", MaxPasted)
	if p, err := ReadPasted(token); err != nil || p.Token != token {
		t.Errorf("%d bytes, %v", len(p.Token), err)
	}
}

// What is found is bounded, has no blank in it, and is found again in itself.
func FuzzReadPasted(f *testing.F) {
	for _, s := range []string{"Authorization: Bearer a.b.c", "{\"access_token\":\"a.b.c\"}", "“PoP a.\nb.c”", "-H 'x'", "Bearer Bearer PoP", "\xff\xfea\x00", "{", "\\`,;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPasted(text)
		if err != nil {
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("%q: the error has control characters: %q", text, err)
			}
			return
		}
		if p.Token == "" || len(p.Token) > MaxPasted || strings.ContainsFunc(p.Token, blank) {
			t.Fatalf("%q: %+v", text, p)
		}
		header := p.Scheme + " " + p.Token
		if p.Scheme == "" {
			header = "Bearer " + p.Token
		}
		if len(header) > MaxPasted {
			return
		}
		again, err := ReadPasted(header)
		if err != nil || p.Scheme != "" && again.Scheme != p.Scheme {
			t.Fatalf("%q: %+v is read as %+v, %v", text, p, again, err)
		}
	})
}
