package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCAIsMadeOnceAndKeptSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "state")
	var wg sync.WaitGroup
	made := make([]*authority, 8)
	for i := range made { // several first starts at once end up with one CA
		wg.Go(func() {
			a, err := openCA(dir, time.Now())
			if err != nil {
				t.Error(err)
				return
			}
			made[i] = a
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, a := range made[1:] {
		if !bytes.Equal(a.pem(), made[0].pem()) {
			t.Fatal("two starts have two CAs")
		}
	}
	info, err := os.Stat(filepath.Join(dir, caKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %o", info.Mode().Perm())
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
	public, err := os.ReadFile(filepath.Join(dir, caCertFile))
	if err != nil || !bytes.Equal(public, made[0].pem()) || strings.Contains(string(public), "PRIVATE") {
		t.Errorf("ca.pem: %v\n%s", err, public)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "ca-[0-9]*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCARefusals(t *testing.T) {
	dir := t.TempDir()
	if _, err := openCA(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, caKeyFile)
	if _, err := openCA(dir, time.Now().Add(11*365*24*time.Hour)); err == nil || !strings.Contains(err.Error(), "expired on") {
		t.Errorf("an expired CA: %v", err)
	}
	if runtime.GOOS != "windows" {
		for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o602} { // whoever may write it may put another in its place
			if err := os.Chmod(key, mode); err != nil {
				t.Fatal(err)
			}
			if _, err := openCA(dir, time.Now()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("a key of mode %o: %v", mode, err)
			}
		}
	}
	one, err := newCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := newCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	private, _, _ := strings.Cut(string(one), "-----BEGIN CERTIFICATE")
	_, certificate, _ := strings.Cut(string(other), "-----BEGIN CERTIFICATE")
	for name, content := range map[string]string{
		"empty": "", "garbage": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"another's certificate": private + "-----BEGIN CERTIFICATE" + certificate,
	} {
		if err := os.Remove(key); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(key, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openCA(dir, time.Now()); err == nil || !strings.Contains(err.Error(), "delete the file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := filepath.Join(dir, "a-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openCA(file, time.Now()); err == nil || !strings.Contains(err.Error(), "--state") {
		t.Errorf("a state folder that is a file: %v", err)
	}
}

// A client that trusts the CA is content with whatever name it calls the emulator
// by: localhost, an address, a compose service, the service's real host.
func TestLeafForEveryName(t *testing.T) {
	a, err := openCA(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	l, err := tls.Listen("tcp", "127.0.0.1:0", a.config())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = c.(*tls.Conn).Handshake(); c.Close() }()
		}
	}()
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "emulator", "Prod-18.WestEurope.logic.azure.com", "login.microsoftonline.com"} {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: name, RootCAs: roots})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Close()
	}
	if _, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "localhost", RootCAs: roots, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	for _, name := range []string{"-x", "x-", "a b", "ä", strings.Repeat("a", 254), "x/../y", "a\x00b"} {
		if _, err := a.leaf(&tls.ClientHelloInfo{ServerName: name, Conn: server}); err == nil {
			t.Errorf("a certificate for %q", name)
		}
	}
	for i := range maxLeaves + 10 {
		if _, err := a.leaf(&tls.ClientHelloInfo{ServerName: "h" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50), Conn: server}); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.leaves) > maxLeaves {
		t.Errorf("%d certificates are kept", len(a.leaves))
	}
}
