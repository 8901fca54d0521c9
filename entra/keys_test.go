package entra

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"
)

// keys returns the published keys' kids, each checked to be its certificate's
// thumbprint.
func (d *desk) keys(t testing.TB) []string {
	t.Helper()
	var set struct{ Keys []publishedKey }
	if err := json.Unmarshal(d.get("/common/discovery/v2.0/keys").Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	var kids []string
	for _, k := range set.Keys {
		certificate, err := base64.StdEncoding.DecodeString(k.X5c[0])
		if err != nil {
			t.Fatal(err)
		}
		thumbprint := sha1.Sum(certificate)
		if want := base64.RawURLEncoding.EncodeToString(thumbprint[:]); k.Kid != want || k.X5t != want {
			t.Errorf("kid %s, x5t %s, thumbprint %s", k.Kid, k.X5t, want)
		}
		kids = append(kids, k.Kid)
	}
	return kids
}

var update = flag.Bool("update", false, "write trusted.json instead of comparing it")

func TestTrustedKeysAreOfThePublicKey(t *testing.T) {
	made, _ := new(Keys).Trusted(time.Time{})
	if *update {
		if err := os.WriteFile("trusted.json", append(made, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(made, TrustedKeys()) {
		t.Error("trusted.json is not the key set of signing.pem; go generate ./entra writes it anew")
	}
}

func TestKeyWithoutGraceStaysGone(t *testing.T) {
	d := secretDesk(t)
	if err := d.Service.Keys().Rotate(d.now, 0); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(-time.Hour) // somebody sets the clock back
	if after := d.keys(t); len(after) != 1 || after[0] == PublicKeyID() {
		t.Errorf("%v are published", after)
	}
}

func TestRotation(t *testing.T) {
	d := secretDesk(t)
	k := d.Service.Keys()
	public := d.keys(t)
	versions := map[int]bool{k.Version(d.now): true}
	if len(public) != 1 || k.Version(d.now) != 0 {
		t.Fatalf("%v, version %d", public, k.Version(d.now))
	}
	if err := k.Rotate(d.now, time.Hour); err != nil {
		t.Fatal(err)
	}
	both := d.keys(t)
	if len(both) != 2 || both[0] == public[0] || both[1] != public[0] || versions[k.Version(d.now)] {
		t.Errorf("within the time of grace: %v", both)
	}
	versions[k.Version(d.now)] = true
	token, err := d.Issue(Request{Resource: "https://management.azure.com/", Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := parseAssertion(token); !ok || a.header.Kid != both[0] || a.header.X5t != both[0] {
		t.Errorf("signed with %+v", a.header)
	}
	d.now = d.now.Add(time.Hour)
	if after := d.keys(t); len(after) != 1 || after[0] != both[0] || versions[k.Version(d.now)] {
		t.Errorf("after it: %v", after)
	}
	for range maxOldKeys {
		if err := k.Rotate(d.now, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.keys(t)); n != maxOldKeys+1 {
		t.Errorf("%d keys are published", n)
	}
	k.Reset()
	if again := d.keys(t); len(again) != 1 || again[0] != public[0] {
		t.Errorf("after a reset: %v", again)
	}
}
