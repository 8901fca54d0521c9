package inspector

import "flowgate/policy"

// Directory is what the workspace has to make tokens of and for: names and ids, no
// secrets.
type Directory struct {
	Tenants   []DirectoryTenant
	Resources []string // that tokens can be asked for, the policies' audiences among them
	Bad       []BadName
}

// DirectoryTenant is a tenant and who is in it.
type DirectoryTenant struct {
	ID, Domain   string
	Applications []DirectoryApplication
	Users        []DirectoryUser
	Resources    []DirectoryResource
}

// DirectoryApplication is an application; ClientID is what appid and azp say.
type DirectoryApplication struct{ Name, ClientID string }

// DirectoryUser is a user; ObjectID is what oid says.
type DirectoryUser struct{ Name, ObjectID string }

// DirectoryResource is a resource; ClientID is the audience of its v2.0 tokens.
type DirectoryResource struct{ Identifier, ClientID string }

// BadName is a defect that a token can be given, and the reason that it earns.
type BadName struct{ Name, Defect, Reason string }

// Gate is what stands before a trigger.
type Gate struct {
	Trigger    string
	SAS        bool            // signed URLs admit
	Policies   []policy.Policy // one of which must match a token
	Conditions int             // that a call must meet to start a run
}
