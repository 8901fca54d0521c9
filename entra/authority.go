package entra

import (
	"strings"

	"flowgate/pattern"
)

// consumersID is the tenant of personal Microsoft accounts (documented).
const consumersID = "9188040d-6c67-4c5b-b112-36a304b66dad"

// consumersName is what Entra's errors call that tenant.
const consumersName = "Microsoft Accounts"

// authority is what the first segment of a path names: a tenant, or one of common,
// organizations and consumers, which have no tenant here.
type authority struct {
	written string // as the path has it
	segment string // as endpoints have it: a tenant's GUID, or the word
	tenant  *Tenant
}

// issuer is what stands for the tenant in the issuers of metadata: common and
// organizations keep a literal placeholder.
func (a authority) issuer() string {
	switch a.segment {
	case "common", "organizations":
		return "{tenantid}"
	case "consumers":
		return consumersID
	}
	return a.segment
}

// authority resolves the first segment of a path.
func (d *Directory) authority(written string) (authority, *Error) {
	switch lower := strings.ToLower(written); lower {
	case "common", "organizations", "consumers":
		return authority{written: written, segment: lower}, nil
	case consumersID:
		return authority{written: written, segment: "consumers"}, nil
	}
	if t, err := d.Tenant(written); err == nil {
		return authority{written: written, segment: t.ID, tenant: t}, nil
	}
	if !pattern.IsGUID(written) && !dnsForm().MatchString(written) {
		return authority{}, errNotATenant(written)
	}
	return authority{}, errNoTenant(written)
}

var dnsForm = pattern.New(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
