package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// Files in the state folder. The first holds the private key and is 0600; the
// second is the certificate alone, for clients to trust.
const (
	caKeyFile  = "ca-key.pem"
	caCertFile = "ca.pem"
)

// otherState is the fix for a state folder that cannot be used.
const otherState = "name another folder with --state, or switch HTTPS off with --https="

const (
	caLifetime   = 10 * 365 * 24 * time.Hour
	leafLifetime = 90 * 24 * time.Hour
	backdate     = time.Hour // clocks of containers and hosts differ
	maxLeaves    = 256
)

// authority is the TLS CA of this machine. It is made on the first start and never
// shared: unlike the token signing key, a client that trusts it trusts whoever
// holds its key.
type authority struct {
	dir         string // the state folder
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate

	mu      sync.Mutex
	leafKey *ecdsa.PrivateKey           // one for all names: it lives in memory only
	leaves  map[string]*tls.Certificate // by host name, at most maxLeaves
}

func stateFolder(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no state folder for the TLS CA: %w; name one with --state, or switch HTTPS off with --https=", err)
	}
	return filepath.Join(config, "flowgate"), nil
}

// openCA reads the CA from the state folder, and makes one on the first start.
func openCA(state string, now time.Time) (*authority, error) {
	dir, err := stateFolder(state)
	if err != nil {
		return nil, err
	}
	a, err := readCA(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeCA(dir, now); err == nil {
			a, err = readCA(dir)
		}
	}
	if err != nil {
		return nil, err
	}
	if now.After(a.certificate.NotAfter) {
		return nil, fmt.Errorf("%s: the TLS CA expired on %s; delete the file, start again and trust the new CA",
			filepath.Join(dir, caKeyFile), a.certificate.NotAfter.Format(time.DateOnly))
	}
	a.writeCertificate()
	return a, nil
}

func readCA(state string) (*authority, error) {
	dir, err := stateFolder(state)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, caKeyFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("TLS CA: others can read the private key in %s (mode %04o); chmod 600 it, or delete it and trust a new one", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	a, err := parseCA(data)
	if err != nil {
		return nil, fmt.Errorf("TLS CA: %s: %w; delete the file to have a new one made", path, err)
	}
	a.dir = dir
	return a, nil
}

func parseCA(data []byte) (*authority, error) {
	a := &authority{leaves: map[string]*tls.Certificate{}}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			var key any
			if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
				a.key, _ = key.(*ecdsa.PrivateKey)
			}
		case "CERTIFICATE":
			a.certificate, err = x509.ParseCertificate(block.Bytes)
		}
		if err != nil {
			return nil, err
		}
	}
	if a.key == nil || a.certificate == nil || !a.key.PublicKey.Equal(a.certificate.PublicKey) {
		return nil, errors.New("no ECDSA key with its certificate in it")
	}
	return a, nil
}

// makeCA writes a new CA. Of two emulators that start for the first time at once,
// one writes and both read what it wrote.
func makeCA(dir string, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	content, err := newCA(now)
	if err != nil {
		return fmt.Errorf("TLS CA: %w", err)
	}
	temp, err := os.CreateTemp(dir, "ca-*") // created 0600
	if err != nil {
		return fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil { // on a full disk, half a CA would stop every start to come
		return fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	err = os.Link(temp.Name(), filepath.Join(dir, caKeyFile)) // fails if it is there; a rename would replace it
	if err != nil && !errors.Is(err, fs.ErrExist) {           // no links on this file system: then a second first start may lose
		err = os.Rename(temp.Name(), filepath.Join(dir, caKeyFile))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("TLS CA: %w; %s", err, otherState)
	}
	return nil
}

func newCA(now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "flowgate local CA " + host, Organization: []string{"flowgate, made on this machine"}},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(caLifetime),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...), nil
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[0] &= 0x7f // positive
	return new(big.Int).SetBytes(b)
}

// pem returns the certificate for clients to trust.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// file is where the certificate is; empty without a CA.
func (a *authority) file() string {
	if a == nil {
		return ""
	}
	return filepath.Join(a.dir, caCertFile)
}

// writeCertificate puts the certificate beside the key, for clients to trust. A
// folder that takes no file is no reason to stop: it is served at
// /_emulator/ca.pem as well.
func (a *authority) writeCertificate() {
	if have, err := os.ReadFile(a.file()); err != nil || !bytes.Equal(have, a.pem()) {
		if os.WriteFile(a.file(), a.pem(), 0o644) != nil {
			_ = os.Remove(a.file()) // half a certificate is worse than none
		}
	}
}
