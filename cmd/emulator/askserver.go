package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"flowgate/inspector"
)

const (
	askTime   = 15 * time.Second
	maxAnswer = 8 << 20
)

// askServer returns an asker of the emulator at an address. A token is a credential:
// it goes to that address and nowhere else, over https or within this machine.
func askServer(ctx context.Context, address, state string) (asker, error) {
	u, err := serverURL(address)
	if err != nil {
		return nil, usageError{err}
	}
	transport := &http.Transport{Proxy: nil} // the environment must not choose who sees the token
	if u.Scheme == "https" {
		transport.TLSClientConfig = &tls.Config{RootCAs: roots(state)}
	}
	client := &http.Client{Transport: transport, Timeout: askTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(r inspector.ExplainRequest) (inspector.Explained, error) {
		defer transport.CloseIdleConnections()
		return post(ctx, client, u.JoinPath("_emulator", "api", "explain").String(), r)
	}, nil
}

func serverURL(address string) (*url.URL, error) {
	const fix = "write http://127.0.0.1:7080 or https://localhost:7443"
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("--server=%q is no http or https address; %s", address, fix)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("--server=%q has more than scheme, host and port; %s", u.Redacted(), fix)
	case u.Scheme == "http" && !thisMachine(u.Hostname()):
		return nil, fmt.Errorf("--server=%q would show the token to the network; use https, or http on this machine", address)
	}
	return u, nil
}

func thisMachine(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// roots are the system's, and the CA of this machine's emulator if there is one.
func roots(state string) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if ca, err := readCA(state); err == nil {
		pool.AddCert(ca.certificate)
	}
	return pool
}

func post(ctx context.Context, client *http.Client, address string, r inspector.ExplainRequest) (inspector.Explained, error) {
	var e inspector.Explained
	body, err := json.Marshal(map[string]string{"workflow": r.Workflow, "trigger": r.Trigger, "token": r.Token})
	if err != nil {
		return e, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return e, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return e, unanswered(err, "--server")
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return e, fmt.Errorf("read the emulator's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return e, refusedQuestion(response, answer)
	}
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber() // claims stay as they are written
	if err := dec.Decode(&e); err != nil || e.Outcome == "" {
		return e, fmt.Errorf("%s does not answer as an emulator does", address)
	}
	return e, nil
}

// unanswered words why an emulator could not be asked; flags are those that name its
// address.
func unanswered(err error, flags string) error {
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return fmt.Errorf("what answers has a certificate that is not trusted: %w; name the folder with the emulator's CA with --state, the one it was started with", err)
	}
	return fmt.Errorf("no emulator answers: %w; start one, or name the address it listens on with %s", err, flags)
}

// refusedQuestion words the problem details that the emulator answered with.
func refusedQuestion(response *http.Response, answer []byte) error {
	var problem struct{ Detail string }
	if json.Unmarshal(answer, &problem) != nil || problem.Detail == "" {
		return fmt.Errorf("%s answers %s; is an emulator there that has api/explain?", response.Request.URL.Redacted(), printable(response.Status))
	}
	err := errors.New(printable(problem.Detail))
	if response.StatusCode == http.StatusBadRequest {
		return usageError{err}
	}
	return fmt.Errorf("the emulator answers %s: %w", printable(response.Status), err)
}
