package entra

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// Who is who in interop/emulator.yaml.
const (
	tenant   = "contoso.example"
	caller   = "00001111-aaaa-2222-bbbb-3333cccc4444"
	secret   = "local-secret"
	replyTo  = "http://localhost/signed-in"
	itself   = "api://caller/.default"
	console  = "22223333-cccc-4444-dddd-5555eeee6666"
	user     = "ana@contoso.example"
	password = "local-password"
	identity = "44445555-eeee-6666-ffff-7777aaaa8888" // user-assigned
)

// The scope that keeps the audience's slash, and the one that loses it.
const (
	twoSlashes = "https://service.flow.microsoft.com//.default"
	oneSlash   = "https://service.flow.microsoft.com/.default"
)

// setting is not optional, and a missing one is no reason to skip: a suite that
// passes without its emulator has tested nothing.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set; interop/go/run sets it", name)
	}
	return value
}

func authority(t *testing.T) string { return setting(t, "AUTHORITY") + "/" + tenant }

// microsofts reports whether the directory is called by a name that the libraries
// know for Microsoft's. They ask about any other one, and ask Microsoft, unless told
// not to: that is all that a caller must set.
func microsofts(t *testing.T) bool {
	return setting(t, "AUTHORITY") == "https://login.microsoftonline.com"
}

// tokens is any way to get a token for a scope.
type tokens func(ctx context.Context, scope string) (string, error)

// wantTold checks that a way to get tokens tells one slash from two: the flow admits
// the token that kept its slash, and refuses the other for its claims.
func wantTold(t *testing.T, get tokens) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, want := range []struct {
		scope  string
		status int
		code   string
	}{{twoSlashes, http.StatusAccepted, ""}, {oneSlash, http.StatusForbidden, "MisMatchingOAuthClaims"}} {
		token, err := get(ctx, want.scope)
		if err != nil {
			t.Fatalf("%s: %v", want.scope, err)
		}
		status, code, err := callInvoices(ctx, setting(t, "EMULATOR"), token)
		if err != nil {
			t.Fatal(err)
		}
		if status != want.status || code != want.code {
			t.Errorf("%s: %d %s, want %d %s", want.scope, status, code, want.status, want.code)
		}
	}
}

func callInvoices(ctx context.Context, emulator, token string) (status int, code string, err error) {
	url, err := invoicesURL(ctx, emulator)
	if err != nil {
		return 0, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(`{"invoice":1}`)))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	if response.StatusCode < 400 {
		return response.StatusCode, "", nil
	}
	var refusal struct{ Error struct{ Code string } }
	err = json.NewDecoder(response.Body).Decode(&refusal)
	return response.StatusCode, refusal.Error.Code, err
}

func invoicesURL(ctx context.Context, emulator string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, emulator+"/_emulator/api/workflows", nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var workflows []struct{ Triggers []struct{ URL string } }
	if err := json.NewDecoder(response.Body).Decode(&workflows); err != nil {
		return "", err
	}
	if len(workflows) != 1 || len(workflows[0].Triggers) != 1 {
		return "", errors.New("the emulator serves something else than interop/emulator.yaml")
	}
	return workflows[0].Triggers[0].URL, nil
}

// metadataService is a client for which the fixed address of Azure's instance
// metadata service leads to the emulator, as the routes of an Azure machine do.
func metadataService(t *testing.T) *http.Client {
	leadsTo := setting(t, "METADATA_SERVICE")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "169.254.169.254:80" {
			address = leadsTo
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// appService makes the environment that of an App Service.
func appService(t *testing.T) {
	t.Setenv("IDENTITY_ENDPOINT", setting(t, "EMULATOR")+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "local-identity-header")
}
