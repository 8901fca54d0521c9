package entra

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// forgery is a token on its way to being wrong: what its header and claims say, and
// how they become text.
type forgery struct {
	*token
	header members
	seal   func(header, claims members) (string, error)
}

// without returns the defect of a missing claim. It is none where the token would
// lack the claim anyway, and then another refusal than the announced one may come.
func without(claim string) func(*forgery) error {
	return func(f *forgery) error {
		if !f.claims.has(claim) {
			return fmt.Errorf("the token asked for has no %s to leave out", claim)
		}
		f.claims.override(Override{Name: claim, Remove: true})
		return nil
	}
}

func (m members) has(name string) bool {
	for _, x := range m {
		if x.name == name {
			return true
		}
	}
	return false
}

func (f *forgery) expired() error     { return f.moved(-24 * time.Hour) }
func (f *forgery) notYetValid() error { return f.moved(24 * time.Hour) }

// moved issues the token at another time: by a day, which no clock skew forgives.
func (f *forgery) moved(by time.Duration) error {
	issued := f.now.Add(by - backdated).Unix()
	f.claims.set("iat", issued)
	f.claims.set("nbf", issued)
	f.claims.set("exp", issued+int64(lifetime/time.Second))
	return nil
}

var errIsV2 = errors.New("the resource has v2.0 tokens; ask for one that has v1.0 tokens, such as https://service.flow.microsoft.com/")

func (f *forgery) withoutSlash() error {
	if f.v2() {
		return errIsV2 // aud is a client id
	}
	f.claims.set("aud", strings.TrimRight(f.audience, "/"))
	return nil
}

func (f *forgery) graph() string { return "https://" + hostsOf(f.directory.Cloud).msgraph }

func (f *forgery) forGraph() error {
	f.claims.set("aud", f.graph())
	return nil
}

func (f *forgery) issuerV2() error {
	if f.v2() {
		return errIsV2
	}
	f.claims.set("iss", f.directory.Cloud.IssuerV2(f.tenant.ID))
	return nil
}

// nowhere is a tenant that no directory has.
const nowhere = "deadbeef-0000-4000-8000-000000000000"

func (f *forgery) otherIssuer() error {
	other := nowhere
	for _, t := range f.directory.Tenants {
		if t.ID != f.tenant.ID {
			other = t.ID
			break
		}
	}
	f.claims.set("iss", f.directory.Cloud.Issuer(other))
	return nil
}

// The mistake of whoever copies the id that the app registration shows first.
func (f *forgery) clientIDAsObjectID() error {
	f.claims.set("oid", f.app.ClientID)
	f.claims.set("sub", f.app.ClientID)
	return nil
}

// duplicate has one reader see the right audience and another reader a wrong one.
func (f *forgery) duplicate() error {
	f.claims = append(f.claims, member{"aud", f.graph()})
	return nil
}

// huge is over what a gate reads, and short enough for a command line: Linux takes
// arguments of up to 128 KiB.
func (f *forgery) huge() error {
	groups := make([]string, 1500)
	for i := range groups {
		groups[i] = fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
	}
	f.claims.set("groups", groups)
	return nil
}
