package workspace

import (
	"reflect"
	"testing"
	"testing/fstest"

	"flowgate/policy"
)

func TestKnown(t *testing.T) {
	ws, problems := LoadFS(fstest.MapFS{"emulator.yaml": {Data: []byte(`
cloud: gcc
tenants:
  - id: AAAABBBB-0000-cccc-1111-dddd2222eeee
    domain: contoso.example
    applications:
      - name: caller
        clientId: 00001111-aaaa-2222-bbbb-3333cccc4444
        objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb
        registrationObjectId: EEEEEEEE-4444-5555-6666-ffffffffffff
    users:
      - { name: ana@contoso.example, objectId: cccccccc-2222-3333-4444-dddddddddddd }
    resources:
      - { identifier: api://orders, clientId: 33334444-dddd-5555-eeee-6666ffff7777 }
    managedIdentities:
      - { name: host, clientId: 44445555-eeee-6666-ffff-777788889999, objectId: ffffffff-5555-6666-7777-888888888888, resourceId: /subscriptions/s/resourcegroups/g/providers/Microsoft.Web/sites/x }
workflows:
  - { file: w.json, name: w }
`)}, "w.json": {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}`)}})
	if ws == nil {
		t.Fatal(problems)
	}
	want := policy.Known{Cloud: policy.GCC, Tenants: []policy.KnownTenant{{
		ID: "aaaabbbb-0000-cccc-1111-dddd2222eeee", Domain: "contoso.example",
		Applications: []policy.KnownApplication{
			{Name: "caller", ClientID: "00001111-aaaa-2222-bbbb-3333cccc4444", ObjectID: "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb", RegistrationID: "eeeeeeee-4444-5555-6666-ffffffffffff"},
			{Name: "host", ClientID: "44445555-eeee-6666-ffff-777788889999", ObjectID: "ffffffff-5555-6666-7777-888888888888"},
		},
		Users:     []policy.KnownUser{{Name: "ana@contoso.example", ObjectID: "cccccccc-2222-3333-4444-dddddddddddd"}},
		Resources: []policy.KnownResource{{Identifier: "api://orders", ClientID: "33334444-dddd-5555-eeee-6666ffff7777", TokenVersion: 1}},
	}}}
	if got := ws.Known(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
