package entra

import (
	"cmp"
	"fmt"
	"strings"

	"flowgate/policy"
)

// firstParty are Microsoft's own resources, known in every tenant. All of them
// ask for v1.0 tokens. Client ids as Microsoft publishes them for its first-party
// applications.
var firstParty = []Resource{
	{Identifier: "https://management.azure.com/", ClientID: managementClientID},
	{Identifier: "https://management.core.windows.net/", ClientID: managementClientID},
	{Identifier: "https://graph.microsoft.com/", ClientID: graphClientID},
	{Identifier: "https://api.powerplatform.com/", ClientID: "8578e004-a5c6-46e7-913e-12f58912df43"},

	{Identifier: "https://management.usgovcloudapi.net/", ClientID: managementClientID},
	{Identifier: "https://management.core.usgovcloudapi.net/", ClientID: managementClientID},
	{Identifier: "https://management.chinacloudapi.cn/", ClientID: managementClientID},
	{Identifier: "https://management.core.chinacloudapi.cn/", ClientID: managementClientID},
	{Identifier: "https://graph.microsoft.us/", ClientID: graphClientID},
	{Identifier: "https://dod-graph.microsoft.us/", ClientID: graphClientID},
	{Identifier: "https://microsoftgraph.chinacloudapi.cn/", ClientID: graphClientID},
}

const (
	managementClientID = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
	graphClientID      = "00000003-0000-0000-c000-000000000000"
)

// flowServiceClientID is the flow service's application id, the same in its clouds.
const flowServiceClientID = "7df0a125-d3be-4c96-aa54-591f83ff541c"

// resource finds the resource that identifier names. A trailing slash does not
// tell two resources apart (entra.md section 2), nor does letter case.
func (t *Tenant) resource(identifier string) (Resource, error) {
	all := append([]Resource{}, t.Resources...)
	all = append(all, firstParty...)
	for _, cloud := range policy.Clouds() {
		all = append(all, Resource{Identifier: cloud.FlowService(), ClientID: flowServiceClientID})
	}
	asked := strings.TrimRight(identifier, "/")
	for _, r := range all {
		if strings.EqualFold(strings.TrimRight(r.Identifier, "/"), asked) || strings.EqualFold(r.ClientID, asked) {
			return r, nil
		}
	}
	return Resource{}, fmt.Errorf("no resource %q in tenant %s; name one of %s, or add yours under resources in emulator.yaml",
		identifier, t.ID, oneOf(all, func(r Resource) string { return r.Identifier }))
}

// allScopes is what a delegated token for .default may do: every permission that the
// resource has, and what most of Microsoft's call their only one where the workspace
// names none.
func (r Resource) allScopes() string {
	return cmp.Or(strings.Join(r.Scopes, " "), "user_impersonation")
}

// name is what errors call the resource.
func (r Resource) name() string { return cmp.Or(r.DisplayName, r.Identifier) }

// splitScope returns the resource that a v2.0 scope names and what is asked of
// it: everything before the last slash is the resource, unnormalised, so that
// https://service.flow.microsoft.com//.default keeps a slash that
// https://service.flow.microsoft.com/.default loses (entra.md section 2).
func splitScope(scope string) (resource, permission string, err error) {
	i := strings.LastIndexByte(scope, '/')
	if i <= 0 || i == len(scope)-1 || strings.HasSuffix(scope[:i], ":/") { // https://host alone
		return "", "", errUnscoped(scope)
	}
	return scope[:i], scope[i+1:], nil
}

func errUnscoped(scope string) error {
	return fmt.Errorf("scope %q names no resource; write the resource, a slash and .default, such as https://service.flow.microsoft.com//.default", scope)
}
