package server

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"flowgate/entra"
	"flowgate/journal"
)

// FuzzGate sends what a caller might, and holds the gate to what it promises: it
// answers everything, and admits nobody without a signed URL of its own or a token
// that it was given the key for.
func FuzzGate(f *testing.F) {
	s := gate(f, Options{})
	good := s.token(f, entra.Request{Resource: "https://management.azure.com/"})
	orders := s.url("orders")
	signed := ""
	for _, w := range s.Workspace().Workflows {
		if w.Name == "hooks" {
			_, signed = URLs("", w, "manual")
		}
	}
	f.Add("POST", orders, "Bearer "+good, "application/json", []byte(`{"order":1}`))
	f.Add("POST", signed, "", "text/plain", []byte("hello"))
	f.Add("GET", signed, "Basic x", "", []byte(nil))
	f.Add("POST", strings.Replace(signed, "sig=", "sig=x", 1), "", "", []byte(nil))
	f.Add("BREW", "/powerautomate/automations/direct/cu/01/workflows/%2F/triggers/manual/paths/invoke/x?api-version=1", "PoP a.b.c", "application/json", []byte("{"))
	f.Fuzz(func(t *testing.T, method, url, authorization, contentType string, body []byte) {
		if !strings.HasPrefix(url, "/") {
			return
		}
		r, err := http.NewRequest(method, "http://localhost"+url, strings.NewReader(string(body)))
		if err != nil {
			return
		}
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusBadGateway {
			t.Fatalf("%s %s: %d", method, url, w.Code)
		}
		list := s.journal.List(journal.Filter{Limit: 1})
		if len(list) == 0 || strings.HasPrefix(r.URL.Path, "/_emulator") || list[0].Outcome != journal.Admitted || list[0].Status != w.Code {
			return
		}
		s.journal.Clear()
		byToken := signedByEmulator(t, authorization)
		// Blanks around a header's value are no part of it on the wire.
		bySignature := strings.TrimSpace(authorization) == "" && strings.Contains(r.URL.RawQuery, "sig=")
		if !byToken && !bySignature {
			t.Fatalf("admitted: %s %s %q", method, url, authorization)
		}
	})
}

// signedByEmulator reports whether a token in the header is signed with the
// emulator's key: judged by the standard library alone, apart from what the gate uses.
func signedByEmulator(t *testing.T, authorization string) bool {
	var set struct{ Keys []struct{ N, E string } }
	if err := json.Unmarshal(entra.TrustedKeys(), &set); err != nil {
		t.Fatal(err)
	}
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	key := &rsa.PublicKey{N: number(set.Keys[0].N), E: int(number(set.Keys[0].E).Int64())}
	for _, word := range strings.Fields(authorization) {
		i := strings.LastIndexByte(word, '.')
		if i < 0 {
			continue
		}
		signature, err := base64.RawURLEncoding.DecodeString(word[i+1:])
		digest := sha256.Sum256([]byte(word[:i]))
		if err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil {
			return true
		}
	}
	return false
}

// FuzzSAS changes one signed URL in any way: only a query that says the same is
// still good.
func FuzzSAS(f *testing.F) {
	s := gate(f, Options{})
	var signed string
	for _, w := range s.Workspace().Workflows {
		if w.Name == "hooks" {
			_, signed = URLs("", w, "manual")
		}
	}
	path, query, _ := strings.Cut(signed, "?")
	f.Add(query)
	f.Add(query + "&se=2030-01-01T00:00:00Z")
	f.Add(strings.Replace(query, "manual", "Manual", 1))
	f.Add(query + "&sp=x")
	f.Fuzz(func(t *testing.T, changed string) {
		r, err := http.NewRequest(http.MethodPost, "http://localhost"+path+"?"+changed, nil)
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusAccepted {
			return
		}
		want, got := mustQuery(query), r.URL.Query()
		for _, name := range []string{"sp", "sv", "sig"} {
			if len(got[name]) != 1 || got.Get(name) != want.Get(name) {
				t.Fatalf("admitted with %s %q", name, got[name])
			}
		}
		if got.Has("se") && got.Get("se") != "" {
			t.Fatalf("admitted with se %q, which was not signed", got.Get("se"))
		}
	})
}
