package entra

import (
	"context"
	"os"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Every credential of azidentity that asks a directory or a host for its token. The
// others ask tools that are signed in.
func TestAzidentity(t *testing.T) {
	for name, credential := range map[string]func(*testing.T) (azcore.TokenCredential, error){
		"secret":                    secretCredential,
		"certificate":               certificateCredential,
		"password":                  passwordCredential,
		"device code":               deviceCredential,
		"code":                      browserCredential,
		"environment":               environmentCredential,
		"on behalf of":              onBehalfOfCredential,
		"managed identity, IMDS":    imdsCredential,
		"managed identity, service": appServiceCredential,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := credential(t)
			if err != nil {
				t.Fatal(err)
			}
			wantTold(t, func(ctx context.Context, scope string) (string, error) {
				token, err := c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
				return token.Token, err
			})
		})
	}
}

// at points a credential at the emulator's authority. Without retries: the first
// refusal is the one to read.
func at(t *testing.T) azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: setting(t, "AUTHORITY")},
		Retry: policy.RetryOptions{MaxRetries: -1},
	}
}

func secretCredential(t *testing.T) (azcore.TokenCredential, error) {
	return azidentity.NewClientSecretCredential(tenant, caller, secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t)})
}

func certificateCredential(t *testing.T) (azcore.TokenCredential, error) {
	data, err := os.ReadFile(setting(t, "CERTIFICATE"))
	if err != nil {
		return nil, err
	}
	certificates, key, err := azidentity.ParseCertificates(data, nil)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(tenant, caller, certificates, key, &azidentity.ClientCertificateCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t)})
}

func passwordCredential(t *testing.T) (azcore.TokenCredential, error) {
	//lint:ignore SA1019 it is deprecated, and old callers have it
	return azidentity.NewUsernamePasswordCredential(tenant, console, user, password, &azidentity.UsernamePasswordCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t)})
}

func deviceCredential(t *testing.T) (azcore.TokenCredential, error) {
	return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t), TenantID: tenant, ClientID: console,
		UserPrompt: func(ctx context.Context, m azidentity.DeviceCodeMessage) error {
			return approve(ctx, m.VerificationURL, m.UserCode)
		}})
}

func browserCredential(t *testing.T) (azcore.TokenCredential, error) {
	installBrowser(t)
	return azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t), TenantID: tenant, ClientID: console})
}

func onBehalfOfCredential(t *testing.T) (azcore.TokenCredential, error) {
	users, err := byPassword(t)(t.Context(), itself)
	if err != nil {
		return nil, err
	}
	return azidentity.NewOnBehalfOfCredentialWithSecret(tenant, caller, users, secret, &azidentity.OnBehalfOfCredentialOptions{
		ClientOptions: at(t), DisableInstanceDiscovery: !microsofts(t)})
}

// The variables that callers in containers have.
func environmentCredential(t *testing.T) (azcore.TokenCredential, error) {
	t.Setenv("AZURE_TENANT_ID", tenant)
	t.Setenv("AZURE_CLIENT_ID", caller)
	t.Setenv("AZURE_CLIENT_SECRET", secret)
	t.Setenv("AZURE_AUTHORITY_HOST", setting(t, "AUTHORITY"))
	return azidentity.NewEnvironmentCredential(&azidentity.EnvironmentCredentialOptions{DisableInstanceDiscovery: !microsofts(t)})
}

func imdsCredential(t *testing.T) (azcore.TokenCredential, error) {
	options := at(t)
	options.Transport = metadataService(t)
	return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: options})
}

func appServiceCredential(t *testing.T) (azcore.TokenCredential, error) {
	appService(t)
	return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ClientOptions: at(t), ID: azidentity.ClientID(identity)})
}
