package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

type healthcheckCommand struct {
	HTTP    string        `default:"127.0.0.1:7080" env:"EMULATOR_HTTP" help:"HTTP address that the emulator listens on; empty when it has none."`
	HTTPS   string        `default:"127.0.0.1:7443" env:"EMULATOR_HTTPS" help:"HTTPS address, asked when there is no HTTP one."`
	State   string        `placeholder:"DIR" env:"EMULATOR_STATE" help:"State folder that holds the CA; the user's config folder when not given."`
	Timeout time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// Run asks /_emulator/ready and fails unless the answer is 200.
func (c *healthcheckCommand) Run(ctx context.Context, s streams) error {
	if err := checkTimeout(c.Timeout); err != nil {
		return usageError{err}
	}
	origin, transport, err := c.target()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/_emulator/ready", nil)
	if err != nil {
		return usageError{fmt.Errorf("%s is no address: %w", origin, err)}
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return unanswered(err, "--http or --https")
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s %s; %s/_emulator/api/keys tells which key set is missing and why", response.Status, strings.TrimSpace(string(body)), origin)
	}
	fmt.Fprintln(s.out, "ready")
	return nil
}

// checkTimeout refuses a time in which nothing could be answered, or nobody would wait.
func checkTimeout(timeout time.Duration) error {
	if timeout < time.Millisecond || timeout > 5*time.Minute {
		return fmt.Errorf("--timeout=%s is no time from 1ms to 5m; write one such as 3s", timeout)
	}
	return nil
}

// target returns the origin to ask: over HTTP where there is a listener, else over
// HTTPS with the CA of the state folder.
func (c *healthcheckCommand) target() (string, *http.Transport, error) {
	transport := &http.Transport{Proxy: nil} // the emulator is on this machine
	if c.HTTP != "" {
		host, err := reachable(c.HTTP)
		return "http://" + host, transport, err
	}
	if c.HTTPS == "" {
		return "", nil, usageError{errors.New("neither --http nor --https names an address to ask")}
	}
	host, err := reachable(c.HTTPS)
	if err != nil {
		return "", nil, err
	}
	ca, err := readCA(c.State)
	if err != nil {
		return "", nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.certificate)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	return "https://" + host, transport, nil
}

// reachable turns an address that is listened on into one that can be called:
// "all addresses" becomes loopback.
func reachable(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", usageError{fmt.Errorf("%q is no host:port", listen)}
	}
	if port == "0" {
		return "", usageError{fmt.Errorf("%q: port 0 was another one once chosen; name that", listen)}
	}
	// "All addresses" shows as [::] and takes IPv4 as well, which is what containers
	// publish.
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
