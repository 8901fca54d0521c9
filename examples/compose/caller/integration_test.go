package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"
)

const (
	callerID   = "00001111-aaaa-2222-bbbb-3333cccc4444"
	strangerID = "11112222-bbbb-3333-cccc-4444dddd5555"
)

// setting is not optional, and a missing one is no reason to skip: a suite that
// passes without its emulator has tested nothing.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: this test runs beside the emulator, with: docker compose run --rm --build test", name)
	}
	return value
}

func TestOwnTokenIsAdmitted(t *testing.T) {
	orders := Orders{URL: setting(t, "ORDERS_URL"), TokenFile: setting(t, "ORDERS_TOKEN_FILE")}
	answer, err := orders.Place(t.Context(), []byte(`{"number":"A-1001","quantity":2}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(answer), `{"received":{"number":"A-1001","quantity":2}}`; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
}

// A token of another application of the tenant is genuine, but not the one that
// the policy names. The caller sees the service's two lines; the emulator also says
// which claim it was.
func TestStrangersTokenIsRefused(t *testing.T) {
	orders := Orders{URL: setting(t, "ORDERS_URL"), TokenFile: setting(t, "STRANGER_TOKEN_FILE")}
	_, err := orders.Place(t.Context(), []byte(`{"number":"A-1002","quantity":1}`))
	wantRefused(t, err, http.StatusForbidden, "MisMatchingOAuthClaims")

	entry := lastRefusal(t, setting(t, "EMULATOR_URL"))
	if entry.Reason != "claims" {
		t.Fatalf("reason %q, want claims", entry.Reason)
	}
	if entry.Decision.Admitted || len(entry.Decision.Policies) != 1 || entry.Decision.Policies[0].Name != "v1" {
		t.Fatalf("decision %+v, want a refusal by policy v1 alone", entry.Decision)
	}
	seen := map[string]bool{}
	for _, c := range entry.Decision.Policies[0].Claims {
		seen[c.Name] = true
		if c.Matched != (c.Name != "appid") {
			t.Errorf("claim %s: matched is %t", c.Name, c.Matched)
		}
		if c.Name == "appid" && (c.Wanted != callerID || c.Got != strangerID) {
			t.Errorf("appid: wanted %v, got %v; want %s and %s", c.Wanted, c.Got, callerID, strangerID)
		}
	}
	if !seen["iss"] || !seen["aud"] || !seen["appid"] {
		t.Errorf("compared %v, want iss, aud and appid", seen)
	}
}

func TestWithoutCredentialsIsRefused(t *testing.T) {
	orders := Orders{URL: setting(t, "ORDERS_URL")}
	_, err := orders.Place(t.Context(), []byte(`{"number":"A-1003","quantity":1}`))
	wantRefused(t, err, http.StatusUnauthorized, "DirectApiAuthorizationRequired")
}

func wantRefused(t *testing.T, err error, status int, code string) {
	t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Fatalf("error %v, want a refusal", err)
	}
	if refused.Status != status || refused.Code != code || refused.Message == "" {
		t.Fatalf("%v; want %d %s with a message", refused, status, code)
	}
}

// entry is what this test reads of a journal entry.
type entry struct {
	Reason   string
	Decision struct {
		Admitted bool
		Policies []struct {
			Name   string
			Claims []struct {
				Name    string
				Wanted  string
				Got     any
				Matched bool
			}
		}
	}
}

func lastRefusal(t *testing.T, emulator string) entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, emulator+"/_emulator/api/requests?outcome=refused&limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the journal answers %s", resp.Status)
	}
	var journal struct{ Requests []entry }
	if err := json.NewDecoder(resp.Body).Decode(&journal); err != nil {
		t.Fatalf("the journal: %v", err)
	}
	if len(journal.Requests) != 1 {
		t.Fatalf("the journal has %d refusals to show, want the last one", len(journal.Requests))
	}
	return journal.Requests[0]
}
