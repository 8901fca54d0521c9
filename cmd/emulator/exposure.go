package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/url"

	"flowgate/entra"
	"flowgate/workspace"
)

// exposure is where others than this machine can call, and whether they may be let
// in by tokens that they could have signed themselves.
type exposure struct {
	flag, address string // the listener beyond loopback; empty: there is none
	allowed       bool   // --allow-public-key
}

// exposureOf looks at what is about to be listened on.
func exposureOf(allowed bool, endpoints []endpoint) exposure {
	for _, l := range endpoints {
		if l.address != nil && !l.address.IP.IsLoopback() {
			return exposure{l.flag, l.given, allowed}
		}
	}
	return exposure{allowed: allowed}
}

// check refuses a workspace that would make of the emulator a gate which anybody can
// open: its token-signing key is in its repository.
func (e exposure) check(ws *workspace.Workspace) error {
	if e.address == "" || e.allowed {
		return nil
	}
	for _, source := range ws.Trust {
		whose := ""
		switch {
		case holdsPublicKey(source.Static):
			whose = "signing key is public"
		case source.URL != "" && !overTLS(source.URL):
			whose = "keys a test's issuer on this machine gives out, which may be this emulator with its public one"
		default:
			continue
		}
		return fmt.Errorf("%s=%s can be called from other machines, and the workspace trusts %q, whose %s: anybody there could sign a token that is admitted; listen on 127.0.0.1, trust other keys, or say --allow-public-key",
			e.flag, e.address, source.Name, whose)
	}
	return nil
}

// overTLS reports whether a key set is fetched over TLS. A scheme is one in any letter case.
func overTLS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https"
}

// holdsPublicKey reports whether a key set holds the key that everybody has, under
// whatever name: a copy of it in a file is no better.
func holdsPublicKey(document []byte) bool {
	for _, public := range moduli(entra.TrustedKeys()) {
		for _, n := range moduli(document) {
			if bytes.Equal(n, public) {
				return true
			}
		}
	}
	return false
}

// moduli returns the RSA moduli of a key set, without leading zeros. What it cannot
// read, no token can be verified with either.
func moduli(document []byte) [][]byte {
	// Maps, for names to match to the letter: in a struct a second member, Keys, would
	// take the place of keys, which tokens are verified with.
	var set map[string]json.RawMessage
	_ = json.Unmarshal(document, &set)
	var keys []map[string]any
	_ = json.Unmarshal(set["keys"], &keys) // one wrong element leaves the others
	var all [][]byte
	for _, key := range keys {
		written, _ := key["n"].(string)
		if n, err := base64.RawURLEncoding.DecodeString(written); err == nil && len(n) > 0 {
			all = append(all, bytes.TrimLeft(n, "\x00"))
		}
	}
	return all
}

// endpoint is an address to listen on, resolved once: what is checked is what is
// listened on.
type endpoint struct {
	flag, given string
	address     *net.TCPAddr // nil: off
}

func resolve(flag, given string) (endpoint, error) {
	l := endpoint{flag: flag, given: given}
	if given == "" {
		return l, nil
	}
	var err error
	if l.address, err = net.ResolveTCPAddr("tcp", given); err != nil {
		return l, usageError{fmt.Errorf("%s=%s: %w; write host:port, such as 127.0.0.1:7080", flag, given, err)}
	}
	return l, nil
}
