package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"strings"
	"time"
)

// config is the TLS of every listener.
func (a *authority) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12, // the service takes 1.2 and up
		GetCertificate: a.leaf,
		// Named here, or http.Server, which serves plain HTTP beside TLS, may set
		// itself up without HTTP/2 and then offer it all the same.
		NextProtos: []string{"h2", "http/1.1"},
	}
}

// isHostName reports whether a certificate may be made for the name, in lower case. A
// pattern with the length in it would take a tenth of a start to compile.
func isHostName(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
	return name != "" && len(name) <= 253 && strings.Trim(name, letters+".-") == "" &&
		strings.Contains(letters, name[:1]) && strings.Contains(letters, name[len(name)-1:])
}

// leaf returns a certificate for the name that the client asks for, so that a
// caller whose hosts file points the service's real name here is content as well.
func (a *authority) leaf(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	var ips []net.IP
	if name == "" { // a client that calls an address names none
		if local, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			// Behind a published port of a container it is another address that was called.
			ips = []net.IP{local.IP, net.IPv4(127, 0, 0, 1), net.IPv6loopback}
			name = local.IP.String()
		}
	} else if !isHostName(name) {
		return nil, fmt.Errorf("server name %q is none", hello.ServerName)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.leaves[name]; c != nil && time.Now().Add(leafLifetime/3).Before(c.Leaf.NotAfter) {
		return c, nil
	}
	if len(a.leaves) >= maxLeaves { // made again in a moment when wanted
		clear(a.leaves)
	}
	c, err := a.sign(name, ips)
	if err == nil {
		a.leaves[name] = c
	}
	return c, err
}

func (a *authority) sign(name string, ips []net.IP) (*tls.Certificate, error) {
	if a.leafKey == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		a.leafKey = key
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"flowgate, made on this machine"}},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(leafLifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IPAddresses: ips, DNSNames: []string{"localhost"},
	}
	if ips == nil && name != "localhost" {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.leafKey.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: a.leafKey, Leaf: leaf}, nil
}
