package entra

import "strings"

const userAssignedType = "/providers/microsoft.managedidentity/userassignedidentities/"

// UserAssigned reports whether the identity is a resource of its own, rather than
// that of the host.
func (m *ManagedIdentity) UserAssigned() bool {
	return strings.Contains(strings.ToLower(m.ResourceID), userAssignedType)
}

// mirID is the resource id as tokens have it: with resourcegroups in lower case
// (entra.md section 1).
func (m *ManagedIdentity) mirID() string {
	const groups = "/resourcegroups/"
	if i := strings.Index(strings.ToLower(m.ResourceID), groups); i >= 0 {
		return m.ResourceID[:i] + groups + m.ResourceID[i+len(groups):]
	}
	return m.ResourceID
}
