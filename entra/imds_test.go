package entra

import (
	"fmt"
	"strings"
	"testing"
)

const (
	vmID     = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm"
	sharedID = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared"
)

// hostDesk is a desk on a host with a system-assigned and two user-assigned identities.
func hostDesk(t testing.TB) *desk {
	d := secretDesk(t)
	identity := func(n int, resourceID string) ManagedIdentity {
		return ManagedIdentity{Application: Application{Name: fmt.Sprint("identity", n), ClientID: fmt.Sprintf("cccccccc-0000-0000-0000-00000000000%d", n), ObjectID: fmt.Sprintf("0b0b0b0b-0000-0000-0000-00000000000%d", n)},
			ResourceID: strings.Replace(resourceID, "resourcegroups", "resourceGroups", 1)}
	}
	d.directory.Tenants[0].Identities = []ManagedIdentity{identity(2, sharedID), identity(1, vmID), identity(3, sharedID+"3")}
	return d
}

const imdsPath = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://service.flow.microsoft.com/"

func TestIMDS(t *testing.T) {
	d := hostDesk(t)
	for query, want := range map[string]struct{ n, mirid string }{
		"": {"1", vmID},
		"&client_id=cccccccc-0000-0000-0000-000000000002": {"2", sharedID},
		"&object_id=0b0b0b0b-0000-0000-0000-000000000003": {"3", sharedID + "3"},
		"&msi_res_id=" + strings.ToUpper(sharedID):        {"2", sharedID},
		"&mi_res_id=" + sharedID:                          {"2", sharedID},
	} {
		w := d.get(imdsPath+query, "Metadata: true")
		token, _ := decode(t, w)["access_token"].(string)
		body := fmt.Sprintf(`{"access_token":"%s","refresh_token":"","expires_in":"86399","expires_on":"%d","not_before":"%d","resource":"https://service.flow.microsoft.com/","token_type":"Bearer"}`,
			token, now.Unix()+86400, now.Unix()-300)
		if w.Code != 200 || w.Body.String() != body {
			t.Errorf("%s: %d\ngot  %s\nwant %s", query, w.Code, w.Body, body)
			continue
		}
		_, claims, order := open(t, token)
		if order != "aud iss iat nbf exp aio appid appidacr idp idtyp oid rh sub tid uti ver xms_mirid" {
			t.Errorf("claims %s", order)
		}
		for name, value := range map[string]any{"appid": "cccccccc-0000-0000-0000-00000000000" + want.n, "oid": "0b0b0b0b-0000-0000-0000-00000000000" + want.n,
			"xms_mirid": want.mirid, "idtyp": "app", "appidacr": "2", "aud": "https://service.flow.microsoft.com/", "exp": claims["iat"].(float64) + 86700} {
			if claims[name] != value {
				t.Errorf("%s: %s is %v, want %v", query, name, claims[name], value)
			}
		}
	}
	if w := d.get(strings.Replace(imdsPath, "?", "/?", 1), "Metadata: true"); w.Code != 200 {
		t.Errorf("with a trailing slash: %d %s", w.Code, w.Body)
	}
}

func TestIMDSRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ path, header, want string }{
		"no header":        {imdsPath, "X: y", `{"error":"bad_request_102","error_description":"Required metadata header not specified"}`},
		"a false header":   {imdsPath, "Metadata: false", `{"error":"bad_request_102","error_description":"Required metadata header not specified"}`},
		"no api-version":   {"/metadata/identity/oauth2/token?resource=x", "Metadata: true", `{"error":"invalid_request","error_description":"Bad request. api-version is invalid or was not specified in the request."}`},
		"too old":          {strings.Replace(imdsPath, "2018-02-01", "2017-09-01", 1), "Metadata: true", `{"error":"invalid_request","error_description":"Bad request. api-version is invalid or was not specified in the request."}`},
		"no resource":      {"/metadata/identity/oauth2/token?api-version=2018-02-01", "Metadata: true", `{"error":"invalid_request","error_description":"Required query variable 'resource' is missing"}`},
		"another identity": {imdsPath + "&client_id=x", "Metadata: true", `{"error":"invalid_request","error_description":"Identity not found"}`},
	} {
		if w := hostDesk(t).get(tc.path, tc.header); w.Code != 400 || w.Body.String() != tc.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	d := hostDesk(t)
	ids := d.directory.Tenants[0].Identities
	d.directory.Tenants[0].Identities = []ManagedIdentity{ids[0], ids[2]}
	if w := d.get(imdsPath, "Metadata: true"); w.Code != 400 || !strings.Contains(w.Body.String(), "Multiple user assigned identities exist") {
		t.Errorf("two to choose from: %d %s", w.Code, w.Body)
	}
	d.directory.Tenants[0].Identities = ids[:1]
	if w := d.get(imdsPath, "Metadata: true"); w.Code != 200 {
		t.Errorf("the only one: %d %s", w.Code, w.Body)
	}
	d.directory.Tenants[0].Identities = nil
	if w := d.get(imdsPath, "Metadata: true"); w.Code != 400 || w.Body.String() != `{"error":"invalid_request","error_description":"Identity not found"}` {
		t.Errorf("none: %d %s", w.Code, w.Body)
	}
	w := hostDesk(t).get("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://none", "Metadata: true")
	if w.Code != 400 || !strings.HasPrefix(w.Body.String(), `{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named api://none`) || names(t, w.Body.Bytes()) != "error error_description" {
		t.Errorf("an unknown resource: %d %s", w.Code, w.Body)
	}
}

func TestAppService(t *testing.T) {
	d := hostDesk(t)
	const path = "/msi/token?api-version=2019-08-01&resource=https://service.flow.microsoft.com/"
	w := d.get(path+"&principal_id=0b0b0b0b-0000-0000-0000-000000000002", "X-IDENTITY-HEADER: any")
	token, _ := decode(t, w)["access_token"].(string)
	want := fmt.Sprintf(`{"access_token":"%s","expires_on":"%d","resource":"https://service.flow.microsoft.com/","token_type":"Bearer","client_id":"cccccccc-0000-0000-0000-000000000002"}`, token, now.Unix()+86400)
	if w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d\ngot  %s\nwant %s", w.Code, w.Body, want)
	}
	for name, tc := range map[string]struct {
		path, header string
		status       int
	}{
		"no header":           {path, "Metadata: true", 401},
		"no api-version":      {"/msi/token?resource=x", "X-IDENTITY-HEADER: any", 400},
		"no resource":         {"/msi/token?api-version=2019-08-01", "X-IDENTITY-HEADER: any", 400},
		"another identity":    {path + "&client_id=x", "X-IDENTITY-HEADER: any", 400},
		"an unknown resource": {"/msi/token?api-version=2019-08-01&resource=x", "X-IDENTITY-HEADER: any", 400},
	} {
		if w := d.get(tc.path, tc.header); w.Code != tc.status || names(t, w.Body.Bytes()) != "statusCode message" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
