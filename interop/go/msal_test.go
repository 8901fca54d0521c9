package entra

import (
	"context"
	"crypto"
	"crypto/x509"
	"os"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// Every grant that MSAL for Go offers, each with a client of its own, so that no
// cache answers for the emulator.
func TestMSAL(t *testing.T) {
	for name, get := range map[string]func(*testing.T) tokens{
		"secret":                    bySecret,
		"certificate":               byCertificate,
		"code, confidential":        byCode,
		"password":                  byPassword,
		"device code":               byDeviceCode,
		"code, in a browser":        inBrowser,
		"refresh token":             byRefreshToken,
		"on behalf of":              onBehalfOf,
		"managed identity, IMDS":    byIMDS,
		"managed identity, service": byAppService,
	} {
		t.Run(name, func(t *testing.T) { wantTold(t, get(t)) })
	}
}

func confidentialClient(t *testing.T, credential confidential.Credential, err error) confidential.Client {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	client, err := confidential.New(authority(t), caller, credential, confidential.WithInstanceDiscovery(microsofts(t)))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func publicClient(t *testing.T) public.Client {
	t.Helper()
	client, err := public.New(console, public.WithAuthority(authority(t)), public.WithInstanceDiscovery(microsofts(t)))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func bySecret(t *testing.T) tokens {
	credential, err := confidential.NewCredFromSecret(secret)
	client := confidentialClient(t, credential, err)
	return func(ctx context.Context, scope string) (string, error) {
		result, err := client.AcquireTokenByCredential(ctx, []string{scope})
		return result.AccessToken, err
	}
}

func byCertificate(t *testing.T) tokens {
	certificates, key := certificate(t)
	credential, err := confidential.NewCredFromCert(certificates, key)
	client := confidentialClient(t, credential, err)
	return func(ctx context.Context, scope string) (string, error) {
		result, err := client.AcquireTokenByCredential(ctx, []string{scope})
		return result.AccessToken, err
	}
}

func certificate(t *testing.T) ([]*x509.Certificate, crypto.PrivateKey) {
	t.Helper()
	data, err := os.ReadFile(setting(t, "CERTIFICATE"))
	if err != nil {
		t.Fatal(err)
	}
	certificates, key, err := confidential.CertFromPEM(data, "")
	if err != nil {
		t.Fatal(err)
	}
	return certificates, key
}

// byCode is a web application: it sends its user away and is given a code.
func byCode(t *testing.T) tokens {
	credential, err := confidential.NewCredFromSecret(secret)
	client := confidentialClient(t, credential, err)
	return func(ctx context.Context, scope string) (string, error) {
		page, err := client.AuthCodeURL(ctx, caller, replyTo, []string{scope})
		if err != nil {
			return "", err
		}
		back, err := signIn(ctx, page)
		if err != nil {
			return "", err
		}
		result, err := client.AcquireTokenByAuthCode(ctx, back.URL.Query().Get("code"), replyTo, []string{scope})
		return result.AccessToken, err
	}
}

func byPassword(t *testing.T) tokens {
	client := publicClient(t)
	return func(ctx context.Context, scope string) (string, error) {
		//lint:ignore SA1019 it is deprecated, and old callers have it
		result, err := client.AcquireTokenByUsernamePassword(ctx, []string{scope}, user, password)
		return result.AccessToken, err
	}
}

// A permission without a resource is Graph's, and the answer has to have it as it was asked for.
func TestMSALTakesGraphsPermission(t *testing.T) {
	if _, err := byPassword(t)(t.Context(), "User.Read"); err != nil {
		t.Error(err)
	}
}

func byDeviceCode(t *testing.T) tokens {
	client := publicClient(t)
	return func(ctx context.Context, scope string) (string, error) {
		device, err := client.AcquireTokenByDeviceCode(ctx, []string{scope})
		if err != nil {
			return "", err
		}
		if err := approve(ctx, device.Result.VerificationURL, device.Result.UserCode); err != nil {
			return "", err
		}
		result, err := device.AuthenticationResult(ctx)
		return result.AccessToken, err
	}
}

func inBrowser(t *testing.T) tokens {
	client := publicClient(t)
	return func(ctx context.Context, scope string) (string, error) {
		result, err := client.AcquireTokenInteractive(ctx, []string{scope}, public.WithOpenURL(func(page string) error {
			return browse(ctx, page)
		}))
		return result.AccessToken, err
	}
}

// byRefreshToken signs in for another resource, and asks silently for this one.
func byRefreshToken(t *testing.T) tokens {
	client := publicClient(t)
	return func(ctx context.Context, scope string) (string, error) {
		//lint:ignore SA1019 it is deprecated, and old callers have it
		first, err := client.AcquireTokenByUsernamePassword(ctx, []string{"https://graph.microsoft.com/.default"}, user, password)
		if err != nil {
			return "", err
		}
		result, err := client.AcquireTokenSilent(ctx, []string{scope}, public.WithSilentAccount(first.Account))
		return result.AccessToken, err
	}
}

// onBehalfOf is an API that is called with a user's token, and calls on.
func onBehalfOf(t *testing.T) tokens {
	credential, err := confidential.NewCredFromSecret(secret)
	client := confidentialClient(t, credential, err)
	users, err := byPassword(t)(t.Context(), itself)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, scope string) (string, error) {
		result, err := client.AcquireTokenOnBehalfOf(ctx, users, []string{scope})
		return result.AccessToken, err
	}
}

func byIMDS(t *testing.T) tokens {
	return byManagedIdentity(t, managedidentity.SystemAssigned(), managedidentity.WithHTTPClient(metadataService(t)))
}

func byAppService(t *testing.T) tokens {
	appService(t)
	return byManagedIdentity(t, managedidentity.UserAssignedClientID(identity))
}

func byManagedIdentity(t *testing.T, id managedidentity.ID, options ...managedidentity.ClientOption) tokens {
	t.Helper()
	client, err := managedidentity.New(id, append(options, managedidentity.WithRetryPolicyDisabled())...)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, scope string) (string, error) {
		result, err := client.AcquireToken(ctx, scope)
		return result.AccessToken, err
	}
}
