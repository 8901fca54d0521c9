package workspace

import (
	"strings"
	"testing"
	"testing/fstest"
)

// An RSA certificate made for this test; its key is nowhere.
const certificatePEM = `-----BEGIN CERTIFICATE-----
MIIDBTCCAe2gAwIBAgIUdsVzaYgSR0aSFy1FVyfQ7eU4e2YwDQYJKoZIhvcNAQEL
BQAwETEPMA0GA1UEAwwGY2FsbGVyMCAXDTI2MTEyMzA0MjgwOVoYDzIxMjYxMDMw
MDQyODA5WjARMQ8wDQYDVQQDDAZjYWxsZXIwggEiMA0GCSqGSIb3DQEBAQUAA4IB
DwAwggEKAoIBAQC61zQz7QI5F7Ed/+xRYf823ZuXg0lt6I/Otoyo3JOT0kh9ZLDe
dp7kEYGZr8nh/hQjuqvaN1zME1tBbxMMKz6KxsAzkySYQZZiu193H9zjTx7g8sK8
qyLOhHv2qCQ6XIgXFiI6Fogb3CjKw7eyCxS92NIID6Q76p6ADxmYRqI16lX/HGR2
cExfDQA0hBC9MCrGT+KV8QVp09UKFn7Ho85iz3fyXHetxbOUBo6wH2wxOEHkGx01
kDoZzcy8JFE4s8HPFofhw2utvPxa+xja+w3PIso+3I8pFpZog6HU7/RpcZEHowy1
2GUnCbVbMBGNYvcEPY8PIrSfH7shLE4i+re5AgMBAAGjUzBRMB0GA1UdDgQWBBSn
mHfp4O/lkPXMqoOOZw05Lv7YaDAfBgNVHSMEGDAWgBSnmHfp4O/lkPXMqoOOZw05
Lv7YaDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCcogCly/HB
fYHm9w5EFxh5FDSNF5QE3FyPAwFlIHI3PnFcubliI/p7H/DGcj7SOpsjXVGls7f9
qx9KjwE9QThtAIgbxMsUptfQKgIf/npNqz91mD70qkOHvV/+yNgBQO8F42XdfQgH
X7oCFPR1QujRFiaLzWlv04jyHG0LVkmyC86vRl5/dzusfufAkVV6JHavPbL42lsU
wQ6Q8egb3Zi0an0LpLioUvotqhFhMxcf/gWb2O5PkgE0oivTo9Y4GmPkYLHnqgw0
ldZHVzlxX18dyiLqtkZ9MbggLxlfbCx16vD8AxlQLD6s6icCvacaPlqs+X7APgTo
KjWCyfpKCcZG
-----END CERTIFICATE-----
`

const tenant = "workflows: [{ file: w.json, name: w }]\ntenants:\n- id: aaaabbbb-0000-cccc-1111-dddd2222eeee\n"

func TestDirectoryConfig(t *testing.T) {
	folder := folderOf(tenant + `  deviceUser: ana@contoso.example
  applications:
  - name: caller
    clientId: 00001111-aaaa-2222-bbbb-3333cccc4444
    objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb
    publicClient: true
    redirectUris: ["http://localhost", "msal://auth"]
    roles: { "api://orders": [Orders.Run] }
    certificates:
    - caller.pem
    - |
` + indent(certificatePEM) + `
  users:
  - { name: ana@contoso.example, objectId: cccccccc-2222-3333-4444-dddddddddddd }
  resources:
  - { identifier: "api://orders", clientId: 33334444-dddd-5555-eeee-6666ffff7777, name: orders, appRoles: [Orders.Run], scopes: [Orders.Read], assignmentRequired: true }
  managedIdentities:
  - { name: vm, clientId: 66667777-aaaa-2222-bbbb-3333cccc4444, objectId: ffffffff-0000-1111-2222-bbbbbbbbbbbb, resourceId: /subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm }
  - { name: shared, clientId: 77778888-aaaa-2222-bbbb-3333cccc4444, objectId: abababab-0000-1111-2222-bbbbbbbbbbbb, resourceId: /subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared }
`)
	folder["caller.pem"] = &fstest.MapFile{Data: []byte(certificatePEM)}
	ws, problems := LoadFS(folder)
	if ws == nil {
		t.Fatal(problems)
	}
	got := ws.Directory.Tenants[0]
	app, resource := got.Applications[0], got.Resources[0]
	if len(app.Certificates) != 2 || !app.Certificates[0].Equal(app.Certificates[1]) || !app.PublicClient || len(app.RedirectURIs) != 2 {
		t.Errorf("%+v", app)
	}
	if resource.DisplayName != "orders" || !resource.AssignmentRequired || len(resource.AppRoles) != 1 || len(resource.Scopes) != 1 {
		t.Errorf("%+v", resource)
	}
	if len(got.Identities) != 2 || got.Identities[0].UserAssigned() || !got.Identities[1].UserAssigned() || got.DeviceUser != "ana@contoso.example" {
		t.Errorf("%+v", got)
	}
}

func TestDirectoryMistakes(t *testing.T) {
	const app = "  applications: [{ name: a, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb, "
	const vm = "{ clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb, resourceId: /subscriptions/s/providers/x }"
	for config, want := range map[string]string{
		app + "certificates: [none.pem] }]\n": `error: none.pem: no such file`,
		app + "certificates: [w.json] }]\n":   `error: w.json: no certificate in it; name a PEM file with an RSA certificate in it`,
		app + "certificates: [\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"] }]\n": `error: certificate: the certificate cannot be read`,
		app + "redirectUris: [localhost] }]\n":                                                          `error: redirect URI "localhost" is not one`,
		app + "redirectUris: [\"http://localhost#x\"] }]\n":                                             `error: redirect URI "http://localhost#x" is not one`,
		"  deviceUser: nobody\n":                                                                        `error: device codes are approved by "nobody", who is no user of the tenant`,
		app + "roles: { \"api://o\": [B] } }]\n  resources: [{ identifier: \"api://o\", clientId: 33334444-dddd-5555-eeee-6666ffff7777, appRoles: [A] }]\n": `error: role "B" of api://o is granted, but the resource has no such role`,
		"  managedIdentities: [" + strings.Replace(vm, "/subscriptions", "/x", 1) + "]\n":                                                                   `error: resource id "/x/s/providers/x" of managed identity "" is not one`,
		"  managedIdentities: [" + vm + ", " + strings.NewReplacer("0000", "9999").Replace(vm) + "]\n":                                                      `error: a host has one system-assigned identity`,
	} {
		if ws, problems := LoadFS(folderOf(tenant + config)); ws != nil || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", config, problems, want)
		}
	}
}

func indent(text string) string {
	return "      " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      ")
}

// Each cloud has its own keys; GCC lives in the public directory, and GCC High and
// DoD share one.
func TestTrustEntraByCloud(t *testing.T) {
	for cloud, host := range map[string]string{"public": "login.microsoftonline.com", "gcc": "login.microsoftonline.com",
		"gcchigh": "login.microsoftonline.us", "dod": "login.microsoftonline.us", "china": "login.partner.microsoftonline.cn"} {
		ws, problems := LoadFS(folderOf("cloud: " + cloud + "\ntrust: [entra]\nworkflows: [{ file: w.json, name: w }]\n"))
		if ws == nil {
			t.Fatal(problems)
		}
		if want := "https://" + host + "/common/discovery/v2.0/keys"; ws.Trust[0].URL != want {
			t.Errorf("%s: %s, want %s", cloud, ws.Trust[0].URL, want)
		}
	}
}
