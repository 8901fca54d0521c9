package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// harmless is the body of every call that is not meant to start a run. It calls
// itself JSON and is none: whatever stands at the URL, and even where credentials
// that should be refused are let through, the service answers refusal 23, or 22
// before it, and starts nothing.
const harmless = "Probe: this is no JSON, so that no run starts"

// Bounds of an answer.
const (
	maxAnswer  = 64 << 10
	maxHeaders = 64 << 10
)

// client returns one that follows nothing, keeps nothing and waits for no longer
// than the timeout.
func client(timeout time.Duration, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: roots},
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxHeaders,
			TLSHandshakeTimeout:    timeout,
			MaxIdleConnsPerHost:    1,
		},
	}
}

// response is what came back.
type response struct {
	status int
	header http.Header
	body   []byte
}

// send makes one call. Its errors name no URL, which may hold a signature.
func (c *call) send(ctx context.Context, client *http.Client, origin, method string) (*response, error) {
	body := harmless
	if c.run {
		body = "{}"
	}
	request, err := http.NewRequestWithContext(ctx, method, origin+c.path+"?"+c.query, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("the call cannot be made of this URL")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "flowgate-probe")
	if c.authorization != "" {
		request.Header.Set("Authorization", c.authorization)
	}
	answer, err := client.Do(request)
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		err = failed.Err
	}
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, errors.New("no answer: it broke off")
	}
	return &response{answer.StatusCode, answer.Header, text}, nil
}
