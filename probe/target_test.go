package probe

import (
	"net/http"
	"strings"
	"testing"
)

const invoke = "/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke"

func TestParseTarget(t *testing.T) {
	for _, good := range []struct{ url, name, version string }{
		{"http://127.0.0.1:7080" + invoke, "http://127.0.0.1:7080" + invoke, "2016-10-01"},
		{"http://emulator:7080" + invoke, "http://emulator:7080" + invoke, "2016-10-01"},
		{"http://[::1]:7080" + invoke + "?api-version=2019-05-01", "http://[::1]:7080" + invoke, "2019-05-01"},
		{"https://prod-18.uksouth.logic.azure.com:443" + invoke + "/orders/7", "https://prod-18.uksouth.logic.azure.com:443" + invoke + "/orders/7", "2016-10-01"},
		{"https://x.environment.api.powerplatform.com/powerautomate/automations/direct/cu/01" + invoke, "https://x.environment.api.powerplatform.com/powerautomate/automations/direct/cu/01" + invoke, "1"},
		{"http://localhost/workflows/w/versions/1/triggers/When%20called/paths/invoke", "http://localhost/workflows/w/versions/1/triggers/When%20called/paths/invoke", "2016-10-01"},
	} {
		target, err := ParseTarget(good.url)
		if err != nil || target.String() != good.name || target.apiVersion != good.version || target.Signed() {
			t.Errorf("%s: %+v, %v", good.url, target, err)
		}
	}
	for bad, says := range map[string]string{
		"":             "no http or https URL",
		"ftp://x/":     "no http or https URL",
		"http://[::1":  "no http or https URL",
		"https://x.y/": "no trigger's",
		"http://prod-18.uksouth.logic.azure.com" + invoke:       "write https",
		"http://[2001:db8::1]:8080" + invoke:                    "write https",
		"https://ana:secret@x.y" + invoke:                       "a user name",
		"https://x.y/api" + invoke:                              "no trigger's",
		"https://x.y" + invoke + "/orders/{id}":                 "a parameter",
		"https://x.y" + invoke + "?sv=1.0&sig=local-secret":     "signed in part",
		"https://x.y" + invoke + "?" + strings.Repeat("x", 2e4): "a trigger takes 16384",
	} {
		_, err := ParseTarget(bad)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.80s: %v", bad, err)
		}
	}
}

func TestParseToken(t *testing.T) {
	const good = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTU0MzAwMDB9.c2lnbmF0dXJl"
	token, err := ParseToken(good)
	if err != nil || token.text != good || token.expires.Unix() != 1795430000 {
		t.Errorf("%+v, %v", token, err)
	}
	for bad, says := range map[string]string{
		"":                              "three parts",
		"a.b":                           "three parts",
		"a.b.":                          "three parts",
		"a.b.c":                         "part 1 of the token is not base64url",
		"e30.e30=.c":                    "part 2 of the token is not base64url",
		"bnVsbA.e30.c":                  "part 1 of the token is no JSON object",
		"e30.W10.c":                     "part 2 of the token is no JSON object",
		strings.Repeat("a", maxToken+1): "more than",
	} {
		if _, err := ParseToken(bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s: %v", bad, err)
		}
	}
}

// Whatever is taken for a URL can be called, and its name shows none of its query.
func FuzzParseTarget(f *testing.F) {
	f.Add("https://x.y" + invoke + "?api-version=1&sp=%2F&sv=1.0&sig=0123456789abcdef&key=fedcba9876543210")
	f.Add("http://127.0.0.1:7080/powerautomate/automations/direct" + invoke + "/a%2Fb")
	f.Fuzz(func(t *testing.T, written string) {
		target, err := ParseTarget(written)
		if err != nil {
			return
		}
		if strings.Contains(target.String(), "?") {
			t.Errorf("%q has the name %q", written, target)
		}
		calls := append(withoutCredentials(target), withBadSignatures(target)...)
		if target.Signed() {
			calls = append(calls, withSignature(target, false)...)
		}
		for _, c := range calls {
			if _, err := http.NewRequest(http.MethodPost, target.origin+c.path+"?"+c.query, nil); err != nil {
				t.Errorf("%q: %s: %v", written, c.name, err)
			}
		}
		if again, err := ParseTarget(target.String()); err != nil || again.String() != target.String() {
			t.Errorf("%q is %q, which is not read again: %v", written, target, err)
		}
	})
}

// What is forged of a token never has its signature, but for the two that keep what
// they changed or cut.
func FuzzParseToken(f *testing.F) {
	f.Add("eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTU0MzAwMDB9.c2lnbmF0dXJl")
	f.Add("e30.eyJleHAiOjFlMzA4fQ.c")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text)
		if err != nil {
			return
		}
		token.Expired(now())
		made, err := token.forge(now())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range []string{made.unsigned, made.foreign, made.changed, made.cut} {
			if one == token.text || strings.Count(one, ".") != 2 {
				t.Errorf("of %q is made %q", token.text, one)
			}
		}
	})
}
