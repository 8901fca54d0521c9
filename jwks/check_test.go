package jwks

import "testing"

func TestSourceCheck(t *testing.T) {
	for name, tc := range map[string]struct {
		source Source
		good   bool
	}{
		"https":             {Source{URL: "https://keys.example/jwks"}, true},
		"http to loopback":  {Source{URL: "http://127.0.0.1:1/jwks"}, true},
		"http elsewhere":    {Source{URL: "http://keys.example/jwks"}, false},
		"http nearby":       {Source{URL: "http://10.0.0.1/jwks"}, false},
		"http to no host":   {Source{URL: "http:///jwks"}, false},
		"http to anywhere":  {Source{URL: "http://0.0.0.0:1/jwks"}, false},
		"ftp to loopback":   {Source{URL: "ftp://127.0.0.1:1/jwks"}, false},
		"with a password":   {Source{URL: "https://user:password@keys.example/jwks"}, false},
		"with a fragment":   {Source{URL: "https://keys.example/jwks#first"}, false},
		"neither":           {Source{}, false},
		"both":              {Source{URL: "https://keys.example/jwks", Static: []byte(`{}`)}, false},
		"a set of no keys":  {Source{Static: []byte(`{"keys":[]}`)}, false},
		"an oct key alone":  {Source{Static: []byte(`{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}`)}, false},
		"a document of zip": {Source{Static: []byte("PK\x03\x04")}, false},
	} {
		if err := tc.source.Check(); (err == nil) != tc.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckedSourceIsReadAnewWhenItsDocumentIsAnother(t *testing.T) {
	source := Source{Name: "file", Static: document(jwk(trusted(), "first", ""))}
	if err := source.Check(); err != nil {
		t.Fatal(err)
	}
	checked := source
	source.Static = document(jwk(trusted(), "second", ""))
	for kid, s := range map[string]Source{"first": checked, "second": source} {
		v, err := Open(t.Context(), Options{Sources: []Source{s}})
		if err != nil {
			t.Fatal(err)
		}
		if keys := v.Status()[0].Keys; len(keys) != 1 || keys[0].KID != kid {
			t.Errorf("%+v instead of %s", keys, kid)
		}
	}
}
