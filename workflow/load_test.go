package workflow

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flowgate/expression"
	"flowgate/policy"
)

const tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"

func deployment(t testing.TB, parameters string) Deployment {
	t.Helper()
	d := Deployment{Tenant: tenant, Now: time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC)}
	if parameters != "" {
		v, err := expression.Decode([]byte(parameters))
		if err != nil {
			t.Fatal(err)
		}
		d.Parameters = v.(*expression.Object)
	}
	return d
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// load loads a document that has nothing wrong in it.
func load(t testing.TB, name string, data []byte, d Deployment) []Workflow {
	t.Helper()
	workflows, problems := Load(name, data, d)
	if problems.Fatal() {
		t.Fatal(problems)
	}
	return workflows
}

func TestQuickstartTemplate(t *testing.T) {
	d := deployment(t, `{"CALLERID": "00001111-aaaa-2222-bbbb-3333cccc4444"}`)
	workflows, problems := Load("quickstart.json", readFile(t, "quickstart.json"), d)
	if len(problems) > 0 {
		t.Error(problems)
	}
	if len(workflows) != 2 {
		t.Fatalf("got %d workflows, want 2", len(workflows))
	}
	orders, hooks := workflows[0], workflows[1]
	if orders.Name != "orders" || orders.Location != "westeurope" || orders.Profile != Consumption || orders.State != Enabled || !orders.SASDisabled {
		t.Errorf("orders is %+v", orders)
	}
	if hooks.Name != "hooks" || hooks.State != Disabled || hooks.Location != "westeurope" || len(hooks.Triggers) != 1 || hooks.Response != nil {
		t.Errorf("hooks is %+v", hooks)
	}
	if got, want := orders.Resource, "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/flowgate/providers/Microsoft.Logic/workflows/orders"; got != want {
		t.Errorf("resource %q, want %q", got, want)
	}
	wantClaims := []policy.Claim{
		{Name: "iss", Value: "https://sts.windows.net/" + tenant + "/"},
		{Name: "aud", Value: "https://management.core.windows.net/"},
		{Name: "appid", Value: "00001111-aaaa-2222-bbbb-3333cccc4444"},
	}
	if got := orders.Policies.Policies(); len(got) != 1 || len(got[0].Claims) != 3 || got[0].Claims[0] != wantClaims[0] || got[0].Claims[1] != wantClaims[1] || got[0].Claims[2] != wantClaims[2] {
		t.Errorf("policies %+v", got)
	}
	trigger := orders.Triggers[0]
	if trigger.Method != "PUT" || trigger.RelativePath != "orders/{id}" || !trigger.IncludeAuthorization || len(trigger.Conditions) != 1 {
		t.Errorf("trigger %+v", trigger)
	}
	if v, _ := orders.Parameters.Get("greeting"); v != "hello from order" {
		t.Errorf("parameter greeting is %v", v)
	}
	if _, ok := orders.Parameters.Get("$connections"); ok {
		t.Error("connections that need a deployed Azure have a value")
	}
	if v, _ := orders.Tags.Get("team"); v != "CORE" {
		t.Errorf("tag is %v", v)
	}
	if headers, ok := orders.Response.Headers.Literal(); !ok || string(expression.Encode(headers)) != `{"X":"[literal]"}` {
		t.Errorf("headers %s", expression.Encode(headers))
	}
}

func TestBicepTemplate(t *testing.T) {
	workflows := load(t, "bicep.json", readFile(t, "bicep.json"), deployment(t, ""))
	var names []string
	for _, w := range workflows {
		names = append(names, w.Name)
	}
	if got, want := strings.Join(names, " "), "payroll-dev many-0 many-1 in-dev"; got != want {
		t.Fatalf("workflows %q, want %q", got, want)
	}
	payroll := workflows[0]
	p := payroll.Policies.Policies()[0]
	if p.Name != "dev-runners" || p.Claims[0].Value != "https://login.microsoftonline.com/"+tenant+"/v2.0" || p.Claims[1].Value != "payroll.run" {
		t.Errorf("policy %+v", p)
	}
	if payroll.Callers.Allow(netip.MustParseAddr("10.2.0.1")) || !payroll.Callers.Allow(netip.MustParseAddr("10.1.0.1")) {
		t.Error("callers are not those of the copy loop")
	}
	if body, _ := payroll.Response.Body.Literal(); body != "[not an expression]" {
		t.Errorf("body %q", body)
	}
	if r := workflows[3].Resource; !strings.Contains(r, "/resourceGroups/other/") {
		t.Errorf("the module's workflow is at %s", r)
	}
}

func TestResourceAsGet(t *testing.T) {
	w := load(t, "resource.json", readFile(t, "resource.json"), deployment(t, ""))[0]
	if w.Name != "la-demo" || w.ID != "5e38cd7170f44e70aa8e86879ca55fa1" || w.Version != "08585129706921748293" || w.State != Suspended || w.Location != "uksouth" {
		t.Errorf("got %+v", w)
	}
	if !strings.HasPrefix(w.Resource, "/subscriptions/11111111-") {
		t.Errorf("resource %q", w.Resource)
	}
	if w.Callers.Allow(netip.MustParseAddr("127.0.0.1")) {
		t.Error("an empty allowedCallerIpAddresses lets a direct call in")
	}
	if w.Response == nil || w.Response.Name != "Answer" || !w.Response.SuppressWorkflowHeaders || len(w.Response.Needs) > 0 {
		t.Errorf("response %+v", w.Response)
	}
	if v := string(expression.Encode(w.Parameters)); v != `{"limit":5}` {
		t.Errorf("parameters %s", v)
	}
	if v, _ := w.Tags.Get("owner"); v != "[not an expression]" {
		t.Errorf("a tag of a GET was evaluated: %v", v)
	}
}

func TestBareDefinition(t *testing.T) {
	const bare = `{"triggers": {"manual": {"type": "Request", "kind": "http"}}, "parameters": {"who": {"type": "String", "defaultValue": "x"}}}`
	tests := map[string]struct {
		text    string
		profile Profile
		want    Profile
	}{
		"triggers":        {bare, "", Consumption},
		"as a flow":       {bare, PowerAutomate, PowerAutomate},
		"code view":       {`{"definition": ` + bare + `, "parameters": {"who": {"value": "y"}}}`, "", Consumption},
		"standard":        {`{"definition": ` + bare + `, "kind": "Stateful"}`, "", Consumption},
		"marks of a flow": {`{"definition": ` + bare + `, "connectionReferences": {}}`, "", PowerAutomate},
		"mode of a flow":  {`{"triggers": {"manual": {"type": "Request", "inputs": {"triggerAuthenticationType": "All"}}}}`, "", PowerAutomate},
		"with a mark":     {"\ufeff" + bare, "", Consumption},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := deployment(t, "")
			d.Profile = test.profile
			w := load(t, "some/where/orders.json", []byte(test.text), d)[0]
			if w.Profile != test.want || w.Name != "orders" || w.State != Enabled || len(w.ID) != 32 || !strings.HasPrefix(w.Version, "0858") || len(w.Version) != 20 {
				t.Errorf("got %+v", w)
			}
			again := load(t, "some/where/orders.json", []byte(test.text), d)[0]
			if again.ID != w.ID || again.Version != w.Version {
				t.Error("another load gives another id or version")
			}
		})
	}
}

func TestParametersOfTheWorkspace(t *testing.T) {
	const text = `{"triggers": {"m": {"type": "Request"}}, "parameters": {"who": {"type": "String", "defaultValue": "x"}}}`
	w := load(t, "a.json", []byte(text), deployment(t, `{"who": "z"}`))[0]
	if v, _ := w.Parameters.Get("who"); v != "z" {
		t.Errorf("got %v, want the workspace's value", v)
	}
}

func TestFlowAsGet(t *testing.T) {
	const text = `{"name": "CCCCCCCC-2222-3333-4444-dddddddddddd", "id": "/providers/Microsoft.ProcessSimple/environments/e/flows/cccccccc-2222-3333-4444-dddddddddddd",
		"type": "Microsoft.ProcessSimple/environments/flows", "properties": {"displayName": "Orders", "state": "Stopped", "definition": {"triggers": {"manual": {"type": "Request",
		"inputs": {"triggerAuthenticationType": "User", "triggerAllowedUsers": "a@contoso.example, b@contoso.example"}}}}}}`
	w := load(t, "flow.json", []byte(text), deployment(t, ""))[0]
	if w.Name != "Orders" || w.ID != "cccccccc222233334444dddddddddddd" || w.State != Disabled || w.Profile != PowerAutomate || len(w.Triggers[0].Users) != 2 {
		t.Errorf("got %+v", w)
	}
	d := deployment(t, "")
	d.State = Enabled
	if w := load(t, "flow.json", []byte(text), d)[0]; w.State != Enabled {
		t.Errorf("state %s, want the workspace's", w.State)
	}
}

// TestOuterScope: a deployment within a template sees the variables around it,
// unless it says otherwise.
func TestOuterScope(t *testing.T) {
	text := inTemplate(`"variables": {"name": "outer"}, "resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {
		"template": {"variables": {"name": "inner"}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[variables('name')]", "properties": {` + callable + `}}]}}}]`)
	if w := load(t, "f.json", []byte(text), deployment(t, ""))[0]; w.Name != "outer" {
		t.Errorf("got %q", w.Name)
	}
	text = strings.Replace(text, `"template":`, `"expressionEvaluationOptions": {"scope": "Inner"}, "template":`, 1)
	if w := load(t, "f.json", []byte(text), deployment(t, ""))[0]; w.Name != "inner" {
		t.Errorf("got %q", w.Name)
	}
}

// TestResourceCutOut: a resource copied out of a template keeps its expressions.
func TestResourceCutOut(t *testing.T) {
	const text = `{"type": "Microsoft.Logic/workflows", "apiVersion": "2019-05-01", "name": "[parameters('name')]", "properties": {` + callable + `}}`
	if w := load(t, "f.json", []byte(text), deployment(t, `{"name": "orders"}`))[0]; w.Name != "orders" {
		t.Errorf("got %q", w.Name)
	}
}

func TestDefaultValues(t *testing.T) {
	text := inTemplate(`"parameters": {"at": {"type": "string", "defaultValue": "[utcNow('yyyy')]"}, "id": {"type": "string", "defaultValue": "[newGuid()]"}, "n": {"type": "int", "defaultValue": 2}},
		"resources": [{"type": "Microsoft.Logic/workflows", "name": "[concat(parameters('at'), '-', length(parameters('id')), '-', parameters('n'))]", "properties": {` + callable + `}}]`)
	if w := load(t, "f.json", []byte(text), deployment(t, `{"n": 3}`))[0]; w.Name != "2026-36-3" {
		t.Errorf("got %q", w.Name)
	}
}
