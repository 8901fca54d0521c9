// Package workspace reads the folder that configures one emulator: emulator.yaml
// and the documents it names. It is strict: what it does not understand stops the
// load, at its file, line and column. A loaded workspace is never changed; a reload
// makes another.
package workspace

// Config is emulator.yaml, as written.
type Config struct {
	Cloud     string              `json:"cloud,omitempty" jsonschema:"the cloud whose issuers and audiences apply; public when absent"`
	Region    string              `json:"region,omitempty" jsonschema:"the region that answers name, such as westeurope"`
	Trust     []string            `json:"trust,omitempty" jsonschema:"whose tokens are believed: emulator (its own public key), entra (login.microsoftonline.com), an https URL of a key set, or a JWKS file; emulator when absent"`
	ClockSkew string              `json:"clockSkew,omitempty" jsonschema:"how far exp and nbf may be off, such as 5m, at most 1h; 5m when absent"`
	Tenants   []TenantConfig      `json:"tenants,omitempty" jsonschema:"the tenants of the offline Entra ID"`
	Workflows []WorkflowConfig    `json:"workflows" jsonschema:"the documents whose workflows can be called"`
	Refusals  map[string]Override `json:"refusals,omitempty" jsonschema:"answers you know better, by code, or by number where several refusals share a code"`
}

// TenantConfig is one tenant.
type TenantConfig struct {
	ID           string              `json:"id" jsonschema:"the tenant's GUID"`
	Domain       string              `json:"domain,omitempty" jsonschema:"a verified domain, such as contoso.example"`
	Applications []ApplicationConfig `json:"applications,omitempty" jsonschema:"app registrations with their enterprise applications"`
	Users        []UserConfig        `json:"users,omitempty" jsonschema:"the tenant's users"`
	Resources    []ResourceConfig    `json:"resources,omitempty" jsonschema:"your APIs; Microsoft's own are known"`

	ManagedIdentities []ManagedIdentityConfig `json:"managedIdentities,omitempty" jsonschema:"managed identities of the host that the emulator stands for"`
	DeviceUser        string                  `json:"deviceUser,omitempty" jsonschema:"user who approves device codes at once, for tests without a browser; when absent they wait for the page"`
}

// ManagedIdentityConfig is one managed identity. It is user-assigned when its
// resource id is one of Microsoft.ManagedIdentity/userAssignedIdentities.
type ManagedIdentityConfig struct {
	Name       string              `json:"name,omitempty" jsonschema:"what you call it"`
	ClientID   string              `json:"clientId" jsonschema:"client id, a GUID"`
	ObjectID   string              `json:"objectId" jsonschema:"object (principal) id, a GUID: the token's oid"`
	ResourceID string              `json:"resourceId" jsonschema:"Azure resource id: the host's own for the system-assigned identity, or that of a user-assigned identity"`
	Roles      map[string][]string `json:"roles,omitempty" jsonschema:"application roles granted, by resource identifier"`
}

// ApplicationConfig is one application.
type ApplicationConfig struct {
	Name     string              `json:"name" jsonschema:"what the command line calls it"`
	ClientID string              `json:"clientId" jsonschema:"application (client) id, a GUID"`
	ObjectID string              `json:"objectId" jsonschema:"object id of the enterprise application, a GUID: the token's oid"`
	Secret   string              `json:"secret,omitempty" jsonschema:"client secret"`
	Roles    map[string][]string `json:"roles,omitempty" jsonschema:"application roles granted, by resource identifier"`

	RegistrationObjectID string `json:"registrationObjectId,omitempty" jsonschema:"object id of the app registration, a GUID, which no token has: so that its use for objectId is recognised"`

	Certificates []string `json:"certificates,omitempty" jsonschema:"certificates of its assertions: PEM files, or the PEM itself"`
	RedirectURIs []string `json:"redirectUris,omitempty" jsonschema:"where authorization codes may be sent; the port of http://localhost does not matter"`
	PublicClient bool     `json:"publicClient,omitempty" jsonschema:"allow public client flows: no credential for password and device code, even if it has one"`

	SingleUseAssertions bool `json:"singleUseAssertions,omitempty" jsonschema:"refuse a client assertion that comes twice; MSAL for Node and Python send one for minutes"`
}

// UserConfig is one user.
type UserConfig struct {
	Name       string `json:"name" jsonschema:"user principal name, such as ana@contoso.example"`
	ObjectID   string `json:"objectId" jsonschema:"the user's object id, a GUID"`
	Password   string `json:"password,omitempty" jsonschema:"password"`
	GivenName  string `json:"givenName,omitempty" jsonschema:"the token's given_name"`
	FamilyName string `json:"familyName,omitempty" jsonschema:"the token's family_name"`
}

// ResourceConfig is one API of the tenant.
type ResourceConfig struct {
	Identifier   string `json:"identifier" jsonschema:"application id URI, such as api://orders"`
	ClientID     string `json:"clientId" jsonschema:"application id, a GUID: the audience of its v2.0 tokens"`
	TokenVersion int    `json:"tokenVersion,omitempty" jsonschema:"version of its access tokens, 1 or 2; 1 when absent"`

	Name               string   `json:"name,omitempty" jsonschema:"what errors call it; its identifier when absent"`
	AppRoles           []string `json:"appRoles,omitempty" jsonschema:"application roles that it has; any when absent"`
	AssignmentRequired bool     `json:"assignmentRequired,omitempty" jsonschema:"applications without a role get no token"`
	Scopes             []string `json:"scopes,omitempty" jsonschema:"delegated permissions that it has; any when absent"`
}

// WorkflowConfig names one document and says what it does not say itself.
type WorkflowConfig struct {
	File          string         `json:"file" jsonschema:"workflow resource, ARM template, workflow or flow definition, solution or package zip; relative to emulator.yaml"`
	Name          string         `json:"name,omitempty" jsonschema:"name of the workflow, where its document gives none"`
	ID            string         `json:"id,omitempty" jsonschema:"id of the workflow as it stands in its URLs in Azure, 32 hexadecimal digits or a GUID, so that callers change the host alone; for documents of one workflow"`
	Profile       string         `json:"profile,omitempty" jsonschema:"consumption or powerautomate, where its document does not tell"`
	Tenant        string         `json:"tenant,omitempty" jsonschema:"id or domain of the tenant it lives in; the first tenant when absent"`
	State         string         `json:"state,omitempty" jsonschema:"Enabled, Disabled, Suspended or Deleted, instead of the document's"`
	Subscription  string         `json:"subscription,omitempty" jsonschema:"subscription id that subscription() gives a template"`
	ResourceGroup string         `json:"resourceGroup,omitempty" jsonschema:"name that resourceGroup() gives a template"`
	Parameters    map[string]any `json:"parameters,omitempty" jsonschema:"values of the template's parameters"`
	SAS           *SASConfig     `json:"sas,omitempty" jsonschema:"access keys of its callback URLs; public ones, made from its id, when absent"`
}

// SASConfig holds a workflow's two access keys. Changing one is what regenerating
// it is in the cloud: every URL signed with it stops working. One that is absent is
// made from the other, and changes with it.
type SASConfig struct {
	Primary   *string `json:"primary,omitempty" jsonschema:"primary key, any text of 16 characters or more; made from the secondary key when absent"`
	Secondary *string `json:"secondary,omitempty" jsonschema:"secondary key, any text of 16 characters or more; made from the primary key when absent"`
}

// Override replaces what is presumed of a refusal by what the user has seen.
type Override struct {
	Status  int    `json:"status,omitempty" jsonschema:"HTTP status"`
	Code    string `json:"code,omitempty" jsonschema:"the code to answer with"`
	Message string `json:"message,omitempty" jsonschema:"the message; {placeholders} as in the catalogue"`
}
