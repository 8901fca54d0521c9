package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// caller calls one emulator and holds it to its word.
type caller struct {
	origin string
	client *http.Client
}

const (
	orders   = "/workflows/1c168adb00d208e42f93314529f1fa9c/triggers/manual/paths/invoke?api-version=2016-10-01"
	resource = "https://management.azure.com/"
)

// do sends a request and returns the answer whole.
func (c caller) do(ctx context.Context, method, path, token, contentType string, body io.Reader) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.origin+path, body)
	if err != nil {
		return 0, "", err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), err
}

// mint has the emulator issue a token.
func (c caller) mint(ctx context.Context, application, claims string) (string, error) {
	ask := fmt.Sprintf(`{"application":%q,"resource":%q,"claims":{%s}}`, application, resource, claims)
	status, body, err := c.do(ctx, http.MethodPost, "/_emulator/api/tokens", "", "application/json", strings.NewReader(ask))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, body)
	}
	if err == nil {
		err = json.NewDecoder(bytes.NewBufferString(body)).Decode(&answer)
	}
	return answer.Token, err
}

// check calls the workflow orders with a token and compares the whole answer: the
// body for an admitted call, the code for a refused one.
func (c caller) check(ctx context.Context, token, body string, status int, want string) error {
	got, answer, err := c.do(ctx, http.MethodPost, orders, token, "application/json", strings.NewReader(body))
	switch {
	case err != nil:
		return err
	case got != status:
		return fmt.Errorf("%d instead of %d: %.300s", got, status, answer)
	case status == http.StatusOK && answer != want, !strings.Contains(answer, want):
		return fmt.Errorf("%d with %.300s instead of %.300s", got, answer, want)
	}
	return nil
}

func (c caller) ready(t *testing.T) {
	t.Helper()
	if status, body, err := c.do(context.Background(), http.MethodGet, "/_emulator/health", "", "", nil); err != nil || status != http.StatusOK {
		t.Errorf("health: %d %s %v", status, body, err)
	}
}
