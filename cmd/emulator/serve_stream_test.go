package main

import (
	"crypto/tls"
	"net/http"
	"testing"
)

// Whoever listens to the journal does not hold up the end: with a stream that never
// ends by itself, draining would take all its time and fail.
func TestStreamsEndWithTheServer(t *testing.T) {
	p := start(t, "serve", "--http=127.0.0.1:0", "--https=127.0.0.1:0", "--state", t.TempDir())
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	for _, scheme := range []string{"http", "https"} {
		response, err := (&http.Client{Transport: transport}).Get(p.origin(scheme) + "/_emulator/api/requests/stream")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
	}
	if code := p.end(); code != exitOK {
		t.Errorf("exit %d\n%s", code, p.log)
	}
}
