package template

import (
	"flowgate/expression"
)

// deploymentFunctions tell where the template is deployed.
var deploymentFunctions = []function{
	{name: "subscription", special: func(_ *call, scope *Scope) (any, error) { return subscription(scope.Deployment), nil }},
	{name: "resourceGroup", special: func(_ *call, scope *Scope) (any, error) { return resourceGroup(scope.Deployment), nil }},
	{name: "tenant", special: func(_ *call, scope *Scope) (any, error) { return tenant(scope.Deployment), nil }},
	{name: "deployment", special: func(_ *call, scope *Scope) (any, error) { return deployment(scope.Deployment), nil }},
	{name: "environment", special: func(_ *call, scope *Scope) (any, error) { return environment(scope.Deployment.Cloud), nil }},
}

// members makes an object of names and values in turn.
func members(pairs ...any) *expression.Object {
	o := &expression.Object{}
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// tenantID is the deployment's tenant, unknown when nobody said which.
func (d *Deployment) tenantID(prefix string) any {
	if d.Tenant == "" {
		return &unknown{"the template asks for its tenant, and none is given", "give the workflow a tenant in emulator.yaml"}
	}
	return prefix + d.Tenant
}

func (d *Deployment) subscriptionID() string { return "/subscriptions/" + d.Subscription }

func (d *Deployment) resourceGroupID() string {
	return d.subscriptionID() + "/resourceGroups/" + d.ResourceGroup
}

func subscription(d *Deployment) any {
	return members(
		"id", d.subscriptionID(),
		"subscriptionId", d.Subscription,
		"tenantId", d.tenantID(""),
		"displayName", "flowgate")
}

func resourceGroup(d *Deployment) any {
	return members(
		"id", d.resourceGroupID(),
		"name", d.ResourceGroup,
		"type", "Microsoft.Resources/resourceGroups",
		"location", d.Location,
		"tags", members(),
		"properties", members("provisioningState", "Succeeded"))
}

func tenant(d *Deployment) any {
	return members(
		"id", d.tenantID("/tenants/"),
		"tenantId", d.tenantID(""),
		"countryCode", "US",
		"displayName", "flowgate")
}

func deployment(d *Deployment) any {
	return members(
		"name", d.Name,
		"location", d.Location,
		"properties", members(
			"template", members("contentVersion", "1.0.0.0"),
			"mode", "Incremental",
			"provisioningState", "Accepted"))
}

// environment describes a cloud. The public one's values are the documentation's
// example, with the login endpoint that the service gives since 2021; the others
// are those of the clouds' own metadata, which end without a slash.
func environment(cloud string) any {
	switch cloud {
	case "AzureUSGovernment":
		return cloudObject(cloud, "usgovcloudapi.net", "https://portal.azure.us", "https://graph.windows.net",
			"https://batch.core.usgovcloudapi.net", "https://login.microsoftonline.us", ".azurecr.us", ".vault.usgovcloudapi.net")
	case "AzureChinaCloud":
		return cloudObject(cloud, "chinacloudapi.cn", "https://portal.azure.cn", "https://graph.chinacloudapi.cn",
			"https://batch.chinacloudapi.cn", "https://login.chinacloudapi.cn", ".azurecr.cn", ".vault.azure.cn")
	}
	return members(
		"name", "AzureCloud",
		"gallery", "https://gallery.azure.com/",
		"graph", "https://graph.windows.net/",
		"portal", "https://portal.azure.com",
		"graphAudience", "https://graph.windows.net/",
		"activeDirectoryDataLake", "https://datalake.azure.net/",
		"batch", "https://batch.core.windows.net/",
		"media", "https://rest.media.azure.net",
		"sqlManagement", "https://management.core.windows.net:8443/",
		"vmImageAliasDoc", imageAliases,
		"resourceManager", "https://management.azure.com/",
		"authentication", members(
			"loginEndpoint", "https://login.microsoftonline.com/",
			"audiences", []any{"https://management.core.windows.net/", "https://management.azure.com/"},
			"tenant", "common",
			"identityProvider", "AAD"),
		"suffixes", members(
			"acrLoginServer", ".azurecr.io",
			"azureDatalakeAnalyticsCatalogAndJob", "azuredatalakeanalytics.net",
			"azureDatalakeStoreFileSystem", "azuredatalakestore.net",
			"azureFrontDoorEndpointSuffix", "azurefd.net",
			"keyvaultDns", ".vault.azure.net",
			"sqlServerHostname", ".database.windows.net",
			"storage", "core.windows.net"))
}

const imageAliases = "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json"

func cloudObject(name, domain, portal, graph, batch, login, registry, vault string) any {
	return members(
		"name", name,
		"gallery", "https://gallery."+domain,
		"graph", graph,
		"portal", portal,
		"graphAudience", graph,
		"batch", batch,
		"media", "https://rest.media."+domain,
		"sqlManagement", "https://management.core."+domain+":8443",
		"vmImageAliasDoc", imageAliases,
		"resourceManager", "https://management."+domain,
		"authentication", members(
			"loginEndpoint", login,
			"audiences", []any{"https://management.core." + domain, "https://management." + domain},
			"tenant", "common",
			"identityProvider", "AAD"),
		"suffixes", members(
			"acrLoginServer", registry,
			"azureFrontDoorEndpointSuffix", "",
			"keyvaultDns", vault,
			"sqlServerHostname", ".database."+domain,
			"storage", "core."+domain))
}
