package server

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"flowgate/workspace"
)

// Where no policy is for the kind of token that was sent, what is advised would let a caller in.
func TestFixWithoutPolicyIsForWhatTheTriggerTakes(t *testing.T) {
	i := newIssuer(t)
	definition := func(inputs string) string {
		return `"definition": {"triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {` + inputs + `}}}, "actions": {}}`
	}
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"keys.json":   {Data: i.keys("door", "{tenantid}")},
		"closed.json": {Data: []byte(`{"properties": {"accessControl": {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}, ` + definition("") + `}}`)},
		"tenant.json": {Data: []byte(`{"properties": {"displayName": "tenant", ` + definition(`"triggerAuthenticationType": "Tenant"`) + `}}`)},
		"all.json":    {Data: []byte(`{"properties": {"displayName": "all", ` + definition(`"triggerAuthenticationType": "All"`) + `}}`)},
		"emulator.yaml": {Data: []byte("trust: [keys.json]\ntenants: [{ id: " + contoso + " }]\n" +
			"workflows: [{ file: closed.json, name: closed }, { file: tenant.json }, { file: all.json }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	for call, want := range map[string]string{
		"closed Bearer": "give trigger manual a policy of type AAD, or enable SAS: it admits nobody as it is",
		"closed PoP":    "give trigger manual a policy of type AADPOP, or enable SAS: it admits nobody as it is",
		"tenant PoP":    "send Authorization: Bearer and an access token that a policy of trigger manual admits",
		"all Bearer":    "take the signed URL of trigger manual from GET /_emulator/api/workflows, or let the flow be triggered by users of the tenant (triggerAuthenticationType Tenant or User), who send tokens",
	} {
		name, scheme, _ := strings.Cut(call, " ")
		if w := post(s, s.url(name), scheme+" "+i.credential(t, scheme, "door"), "", ""); w.Code != http.StatusUnauthorized || s.newest().Fix != want {
			t.Errorf("%s: %d %s\ngot  %s\nwant %s", call, w.Code, s.newest().Detail, s.newest().Fix, want)
		}
	}
}

// A trigger's name may have a percent sign: sp then has one without being escaped twice.
func TestScopeWithAPercentSignIsNotEscapedTwice(t *testing.T) {
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("workflows: [{ file: all.json, name: all }]\n")},
		"all.json":      {Data: []byte(`{"definition":{"triggers":{"100%":{"type":"Request","kind":"Http"}},"actions":{}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	for sp, want := range map[string]string{
		"%2Ftriggers%2F100%25%2Frun":         "neither access key of workflow all made this sig",
		"%252Ftriggers%252F100%2525%252Frun": "sp is escaped twice",
	} {
		post(s, s.url("all")+"&sp="+sp+"&sv=1.0&sig="+strings.Repeat("A", 43), "", "", "")
		if e := s.newest(); !strings.HasPrefix(e.Detail, want) {
			t.Errorf("%s: %s", sp, e.Detail)
		}
	}
}
