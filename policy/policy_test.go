package policy

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestZeroValuesRefuse(t *testing.T) {
	claims := Claims{"iss": "x"}
	for name, d := range map[string]Decision{
		"zero decision":         {},
		"zero set":              Set{}.Authorize(claims),
		"policy without claims": NewSet(Policy{Name: "p", Type: AAD}).Authorize(claims),
		"no claims at all":      NewSet(Policy{"p", AAD, []Claim{{"iss", ""}}}).Authorize(nil),
	} {
		if d.Admitted || d.By != "" {
			t.Errorf("%s admits: %+v", name, d)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, tc := range []struct {
		got    any
		wanted string
		want   bool
	}{
		{"https://management.azure.com/", "https://management.azure.com/", true},
		{"https://management.azure.com", "https://management.azure.com/", false},
		{"HTTPS://management.azure.com/", "https://management.azure.com/", false},
		{[]any{"A", "Payroll.Run"}, "Payroll.Run", true},
		{[]any{"payroll.run"}, "Payroll.Run", false},
		{[]any{}, "", false},
		{[]any{[]any{"x"}}, "x", false},
		{"User.Read Mail.Read", "Mail.Read", false}, // scp is one string, not split
		{json.Number("1"), "1", true},
		{json.Number("1.0"), "1", false},
		{true, "true", true},
		{true, "True", false},
		{false, "false", true},
		{[]any{json.Number("7"), true}, "true", true},
		{nil, "", false},
		{nil, "null", false},
		{map[string]any{}, "{}", false},
	} {
		if got := matches(tc.got, tc.wanted); got != tc.want {
			t.Errorf("matches(%#v, %q) = %v", tc.got, tc.wanted, got)
		}
	}
}

func TestAuthorizeListsEveryComparisonInNameOrder(t *testing.T) {
	set := NewSet(
		Policy{"b", AAD, []Claim{{"aud", "2"}, {"appid", "x"}}},
		Policy{"a", AAD, []Claim{{"aud", "1"}}},
		Policy{"c", AAD, []Claim{{"aud", "1"}}},
	)
	got := set.Authorize(Claims{"aud": "1"})
	want := Decision{Admitted: true, By: "a", Policies: []Judgement{
		{"a", true, []Comparison{{"aud", "1", "1", true, true}}},
		{"b", false, []Comparison{{"aud", "2", "1", true, false}, {"appid", "x", nil, false, false}}},
		{"c", true, []Comparison{{"aud", "1", "1", true, true}}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	// The name of a claim is compared with its letter case too.
	if set.Authorize(Claims{"Aud": "1"}).Admitted {
		t.Error("Aud was taken for aud")
	}
}

func TestOfKeepsTypesApart(t *testing.T) {
	set := NewSet(Policy{"pop", AADPOP, []Claim{{"aud", "1"}}}, Policy{"none", "", []Claim{{"aud", "1"}}})
	if set.Of(AAD).Authorize(Claims{"aud": "1"}).Admitted {
		t.Error("a bearer token was judged by a policy of another type")
	}
	if !set.Of(AADPOP).Authorize(Claims{"aud": "1"}).Admitted {
		t.Error("a PoP token was not judged by its own policy")
	}
}

func TestFlow(t *testing.T) {
	const tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
	for _, cloud := range Clouds() {
		good := Claims{"aud": cloud.FlowService(), "iss": cloud.Issuer(tenant), "tid": tenant, "oid": "o1"}
		set, err := Flow(UserMode, cloud, tenant, []AllowedUser{{"o1", "o1"}, {"ana@x", ""}})
		if err != nil || !set.Authorize(good).Admitted {
			t.Errorf("%s: %v, %+v", cloud, err, set.Authorize(good))
		}
		good["oid"] = "o2"
		if set.Authorize(good).Admitted {
			t.Errorf("%s: another user is admitted", cloud)
		}
		// "Specific users" without users is "any user in my tenant" (documented).
		set, _ = Flow(UserMode, cloud, tenant, nil)
		if !set.Authorize(good).Admitted {
			t.Errorf("%s: a blank list shuts the tenant out", cloud)
		}
		good["tid"] = "other"
		if set.Authorize(good).Admitted {
			t.Errorf("%s: another tenant is admitted", cloud)
		}
	}
	if set, err := Flow(AnyoneMode, Public, tenant, nil); err != nil || set.Len() != 0 {
		t.Errorf("All has policies: %v %v", set, err)
	}
	for _, bad := range []struct {
		mode   Mode
		cloud  Cloud
		tenant string
	}{{TenantMode, "mars", tenant}, {TenantMode, Public, ""}, {"Users", Public, tenant}} {
		if set, err := Flow(bad.mode, bad.cloud, bad.tenant, nil); err == nil || set.Len() != 0 {
			t.Errorf("%+v: got %v, %v", bad, set, err)
		}
	}
}

func TestSplitUsers(t *testing.T) {
	got := SplitUsers(" a@x ; b,,c ;")
	if want := []string{"a@x", "b", "c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if got := SplitUsers(" ; , "); got != nil {
		t.Errorf("a blank list gives %q", got)
	}
}
