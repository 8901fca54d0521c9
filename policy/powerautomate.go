package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Cloud names one of the clouds that run the service.
type Cloud string

// The clouds that Microsoft documents for Power Automate.
const (
	Public  Cloud = "public"
	GCC     Cloud = "gcc"
	GCCHigh Cloud = "gcchigh"
	DoD     Cloud = "dod"
	China   Cloud = "china"
)

// Clouds lists every cloud.
func Clouds() []Cloud { return []Cloud{Public, GCC, GCCHigh, DoD, China} }

// flowServices are the audiences of the flow service (documented).
var flowServices = map[Cloud]string{
	Public:  "https://service.flow.microsoft.com/",
	GCC:     "https://gov.service.flow.microsoft.us/",
	GCCHigh: "https://high.service.flow.microsoft.us/",
	DoD:     "https://service.flow.appsplatform.us/",
	China:   "https://service.powerautomate.cn/",
}

// FlowService returns the audience of the cloud's flow service, the trailing
// slash included; empty for an unknown cloud.
func (c Cloud) FlowService() string { return flowServices[c] }

// Issuer returns the v1.0 issuer of a tenant's tokens in the cloud.
func (c Cloud) Issuer(tenant string) string {
	if c == China {
		return "https://sts.chinacloudapi.cn/" + tenant + "/"
	}
	return "https://sts.windows.net/" + tenant + "/"
}

// Mode is a Power Automate trigger's "Who can trigger the flow?", as its
// definition writes it in triggerAuthenticationType.
type Mode string

// The modes (documented). An absent mode is AnyoneMode.
const (
	AnyoneMode Mode = "All"    // SAS is the only scheme
	TenantMode Mode = "Tenant" // any user in my tenant
	UserMode   Mode = "User"   // specific users, in the singular
)

// AllowedUser is one of a flow's specific users.
type AllowedUser struct {
	Written  string // as the flow's definition names it: an email or an object id
	ObjectID string // empty when the email is nobody the workspace knows
}

// Flow returns the policies that a Power Automate mode amounts to: the flow
// service as audience, the flow's tenant as issuer and tid, and for specific
// users the object id, one policy a user (documented). AnyoneMode has none. A
// UserMode without users behaves as TenantMode (documented). An allowed user
// without object id gets a policy that nobody meets, so that the decision shows it.
func Flow(mode Mode, cloud Cloud, tenant string, users []AllowedUser) (Set, error) {
	if mode == AnyoneMode || mode == "" {
		return Set{}, nil // nobody's token is judged: no tenant is needed
	}
	audience := cloud.FlowService()
	if audience == "" {
		return Set{}, fmt.Errorf("unknown cloud %q; use one of public, gcc, gcchigh, dod, china", cloud)
	}
	if tenant == "" {
		return Set{}, fmt.Errorf("a flow needs a tenant")
	}
	common := []Claim{{"aud", audience}, {"iss", cloud.Issuer(tenant)}, {"tid", tenant}}
	switch mode {
	case TenantMode:
		return NewSet(Policy{anyUser, AAD, common}), nil
	case UserMode:
		if len(users) == 0 {
			return Flow(TenantMode, cloud, tenant, nil)
		}
		policies := make([]Policy, 0, len(users))
		for _, u := range users {
			oid := u.ObjectID
			if oid == "" {
				oid = u.Written
			}
			policies = append(policies, Policy{userPrefix + u.Written, AAD, append(slices.Clone(common), Claim{"oid", oid})})
		}
		return NewSet(policies...), nil
	}
	return Set{}, fmt.Errorf("unknown triggerAuthenticationType %q; use All, Tenant or User", mode)
}

// Names of the policies of a flow.
const (
	anyUser    = "any user in the tenant"
	userPrefix = "user "
)

// ofFlow reports whether a judged policy is one that Flow made: by its name and by
// what it wants, for a workflow's own policy may have the name as well.
func ofFlow(j Judgement) bool {
	names := []string{"aud", "iss", "tid"}
	switch {
	case strings.HasPrefix(j.Name, userPrefix):
		names = append(names, "oid")
	case j.Name != anyUser:
		return false
	}
	if len(j.Claims) != len(names) || cloudOfFlowService(j.Claims[0].Wanted) == "" {
		return false
	}
	for i, name := range names {
		if j.Claims[i].Name != name {
			return false
		}
	}
	return true
}

// cloudOfFlowService returns the cloud whose flow service has the audience.
func cloudOfFlowService(audience string) Cloud {
	for cloud, service := range flowServices {
		if service == audience {
			return cloud
		}
	}
	return ""
}

// SplitUsers splits a triggerAllowedUsers value. Which separator the service
// writes is unknown, so both , and ; are taken.
func SplitUsers(written string) []string {
	var users []string
	for _, u := range strings.FieldsFunc(written, func(r rune) bool { return r == ',' || r == ';' }) {
		if u = strings.TrimSpace(u); u != "" {
			users = append(users, u)
		}
	}
	return users
}
