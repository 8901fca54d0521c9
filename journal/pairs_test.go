package journal

import (
	"strings"
	"testing"
)

// Ways in which forms, XML and headers name a secret.
func TestSecretsUnderOtherSpellings(t *testing.T) {
	const secret = "q8Zr2mVt0pLx7Yw4NcKd"
	for _, body := range []string{
		"user[password]=" + secret, "user%5Bpassword%5D=" + secret, "passw%6Frd=" + secret, "s%69g=" + secret, "api%5Fkey=" + secret,
		"<password><![CDATA[" + secret + "]]></password>",
	} {
		if kept := Body([]byte(body)); strings.Contains(kept, secret) {
			t.Errorf("kept: %s", kept)
		}
	}
	for _, name := range []string{"X-Auth-Key", "X-Master-Key", "x-ms-encryption-key"} {
		if kept := Field(name, secret); kept != redacted {
			t.Errorf("%s: %s", name, kept)
		}
	}
}
