package journal

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
)

func TestSecretsHoweverTheyAreSpelled(t *testing.T) {
	for body, want := range map[string]string{
		// JSON in a form, as webhooks post it.
		"payload=%7B%22token%22%3A%22top-secret%22%2C%22order%22%3A1%2C%22password%22%3A%22top-secret%22%7D&b=2": "payload=%7B%22token%22%3A%22[redacted]%22%2C%22order%22%3A1%2C%22password%22%3A%22[redacted]%22%7D&b=2",
		"payload=%7b%22token%22+%3a%20%22top+secret%22%7d":                                                       "payload=%7b%22token%22+%3a%20%22[redacted]%22%7d",
		"payload=%7B%22token%22%3A%22top%5C%22-secret%22%7D":                                                     "payload=%7B%22token%22%3A%22[redacted]%22%7D",
		"payload=%7B%22a%22%3A%22%7B%5C%22token%5C%22%3A%5C%22top-secret%5C%22%7D%22%7D":                         "payload=%7B%22a%22%3A%22%7B%5C%22token%5C%22%3A%5C%22[redacted]%5C%22%7D%22%7D",
		"payload=%257B%2522token%2522%253A%2522top-secret%2522%257D":                                             "payload=%257B%2522token%2522%253A%2522[redacted]%2522%257D",
		"payload=%7B%22tokens%22%3A%5B%22top%26secret%22%2C%5B1%5D%5D%2C%22order%22%3A1%7D":                      "payload=%7B%22tokens%22%3A[redacted]%2C%22order%22%3A1%7D",
		"payload=%7B%22pwd%22%3A48151623%7D&b=2":                                                                 "payload=%7B%22pwd%22%3A[redacted]&b=2",
		"payload=%7B%27pwd%27%3A%27top-secret%27%7D&b=2":                                                         "payload=%7B%27pwd%27%3A[redacted]&b=2",
		"payload=%7B%22sig%22%3A%22top-secret%22%2C%22code%22%3A%22top-secret%22%7D":                             "payload=%7B%22sig%22%3A%22[redacted]%22%2C%22code%22%3A%22[redacted]%22%7D",
		"payload=%7B%22token%22%3A%22top-secr&b=2":                                                               "payload=%7B%22token%22%3A%22[redacted]&b=2",
		"payload={\"token\":[\"top&secret\"],\"order\":1}&b=2":                                                   "payload={\"token\":[redacted],\"order\":1}&b=2",
		"encodeURI(%7B%22token%22:%22top&secret%22,%22order%22:1%7D)":                                            "encodeURI(%7B%22token%22:%22[redacted]%22,%22order%22:1%7D)",
		`{"payload":"{\u0022token\u0022:\u0022top\\\u0022secret\u0022,\u0022order\u0022:1}"}`:                    `{"payload":"{\u0022token\u0022:\u0022[redacted]\u0022,\u0022order\u0022:1}"}`,
		`{"payload":"{\"token\":\"top\\\"secret\",\"order\":1}"}`:                                                `{"payload":"{\"token\":\"[redacted]\",\"order\":1}"}`,
		`{"payload":"{\"a\":\"{\\\"token\\\":\\\"top-secret\\\"}\"}"}`:                                           `{"payload":"{\"a\":\"{\\\"token\\\":\\\"[redacted]\\\"}\"}"}`,
		`<u json="{&quot;token&quot;:&quot;top&amp;secret&quot;,&quot;order&quot;:1}"/>`:                         `<u json="{&quot;token&quot;:&quot;[redacted]&quot;,&quot;order&quot;:1}"/>`,

		// Secrets that begin with a bracket, a backslash or an apostrophe, and that have quotes in them.
		"user=ana&password=[top-secret]&b=2":                    "user=ana&password=[redacted]&b=2",
		`password=\top-secret`:                                  "password=[redacted]",
		`password: {top]secret` + "\nb":                         "password: [redacted]\nb",
		"password=[],top-secret":                                "password=[redacted]",
		"password=%22top%22secret&b=2":                          "password=[redacted]&b=2",
		`password="top"secret&b=2`:                              `password="[redacted]&b=2`,
		`password="top""secret",b`:                              `password="[redacted]`,
		"password='top&secret'&b=2":                             "password=[redacted]&b=2",
		"password='top&b=2":                                     "password=[redacted]&b=2",
		`{"password"=>"top&secret", "b"=>2}`:                    `{"password"=>"[redacted]", "b"=>2}`,
		"{'password': ['top&secret'], 'b': 2}\nc":               "{'password': [redacted]\nc",
		"a: 1\n{\"password\": [\n \"top-secret\"\n], \"b\": 2}": "a: 1\n{\"password\": [redacted], \"b\": 2}",
		"password=top-secret;b":                                 "password=[redacted]",
		"{password: top-secret, b: 2}\nc":                       "{password: [redacted]\nc",

		// Ordinary text.
		"a token and a password, \"secret\" and %22token%22&b": "a token and a password, \"secret\" and %22token%22&b",
		`{"error":{"code":"NotFound","sign":"x"}}x`:            `{"error":{"code":"[redacted]","sign":"x"}}x`,
		`error {"code":"NotFound"}`:                            `error {"code":"NotFound"}`,
		"q=forgot+password%3F&state=%22token%22%20+x":          "q=forgot+password%3F&state=%22token%22%20+x",
		"the token (see [1]) 'secret' {a:1}":                   "the token (see [1]) 'secret' {a:1}",
		"postcode%22%3A%22AB1%22&encode=%22":                   "postcode%22%3A%22AB1%22&encode=%22",
	} {
		if got := Body([]byte(body)); got != want {
			t.Errorf("Body(%q)\ngot  %q\nwant %q", body, got, want)
		}
	}
}

// Wherever in a secret a mark stands, it is not kept, whatever JSON the secret is in and
// however that is escaped.
func FuzzSpelledSecret(f *testing.F) {
	for _, before := range []string{"", "[", `\`, `"`, `'`, `\"`, `a",`, "a&b=", "\r\n", "%22", "[redact", "],", "+", `\u0022`, "&quot;"} {
		f.Add(before, "")
		f.Add("", before)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const mark = "qzqzqzqz"
		if len(before)+len(after) > 1000 || strings.HasPrefix(before, redactedPrefix) {
			return
		}
		secret := before + mark + after
		member, list := asJSON(map[string]any{"a": 1, "token": secret, "z": "y"}), asJSON(map[string]any{"a": 1, "token": []any{1, secret}, "z": "y"})
		for _, text := range []string{member, list} {
			nested := asJSON(map[string]any{"payload": text})
			for _, body := range []string{text, "x " + text, "x " + nested, "x " + asJSON(map[string]any{"payload": nested}),
				"a=b&payload=" + url.QueryEscape(text), "payload=" + url.QueryEscape(nested), "payload=" + url.QueryEscape(url.QueryEscape(text)), "payload=" + url.QueryEscape(url.QueryEscape(nested)),
				`{"payload":"` + unicodeEscaped(text) + `"}`, `{"payload":"` + unicodeEscaped(nested) + `"}`, `<u json="` + html.EscapeString(text) + `"/>`,
				"token=" + url.QueryEscape(secret), "token%3D" + url.QueryEscape(url.QueryEscape(secret)),
			} {
				if got := Body([]byte(body)); strings.Contains(got, mark) {
					t.Errorf("of %s\nis kept %s", body, got)
				}
			}
		}
	})
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// unicodeEscaped escapes text for JSON as .NET does: quotes, too, by their numbers.
func unicodeEscaped(text string) string {
	quoted := asJSON(text)
	return strings.NewReplacer(`\\`, `\\`, `\"`, `\u0022`, "'", `\u0027`, "+", `\u002B`).Replace(quoted[1 : len(quoted)-1])
}
