package entra

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// firstIMDS is the oldest api-version whose answers look as these do (documented).
const firstIMDS = "2018-02-01"

// imds answers a token request to the instance metadata service of a virtual machine.
func (e *exchange) imds() (reply, *Error) {
	query := e.request.URL.Query()
	var refused *hostError
	var id *ManagedIdentity
	var tenant *Tenant
	switch {
	case !strings.EqualFold(e.request.Header.Get("Metadata"), "true"):
		refused = &hostNoHeader
	case len(e.request.Header["X-Forwarded-For"]) > 0:
		// A request that a proxy passed on is refused, which keeps identities in.
		refused = &hostForwarded
	case !isDate(query.Get("api-version")) || query.Get("api-version") < firstIMDS:
		refused = &hostBadVersion
	case query.Get("resource") == "":
		refused = &hostNoResource
	default:
		tenant, id, refused = e.directory.identity(query)
	}
	if refused != nil {
		return asJSON(http.StatusBadRequest, refused), nil
	}
	t, err := e.identityToken(tenant, id, query.Get("resource"))
	if err != nil {
		err.stamp(e.now, e.trace, e.correlation, e.directory.Cloud.LoginHost())
		return asJSON(err.status(), hostError{err.Name, err.Description}), nil
	}
	from, to := t.times()
	return asJSON(http.StatusOK, struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"` // always empty
		ExpiresIn    string `json:"expires_in"`
		ExpiresOn    string `json:"expires_on"`
		NotBefore    string `json:"not_before"`
		Resource     string `json:"resource"`
		TokenType    string `json:"token_type"`
	}{t.mustSign(), "", strconv.Itoa(identityExpiresIn), to, from, t.audience, "Bearer"}), nil
}

// appService answers a token request to the identity endpoint of App Service and
// Functions. The header's value is the application's own secret there; here any
// will do, but it must be sent: a request that somebody tricked the application
// into making would lack it.
func (e *exchange) appService() (reply, *Error) {
	query := e.request.URL.Query()
	tenant, id, notFound := e.directory.identity(query)
	var refused *appServiceError
	switch {
	case e.request.Header.Get("X-IDENTITY-HEADER") == "":
		refused = &appServiceNoHeader
	case !isDate(query.Get("api-version")):
		refused = &appServiceBadVersion
	case query.Get("resource") == "":
		refused = &appServiceNoResource
	case notFound != nil:
		refused = &appServiceNoIdentity
	}
	if refused != nil {
		return asJSON(refused.StatusCode, refused), nil
	}
	t, err := e.identityToken(tenant, id, query.Get("resource"))
	if err != nil {
		err.stamp(e.now, e.trace, e.correlation, e.directory.Cloud.LoginHost())
		return asJSON(err.status(), appServiceError{err.status(), err.Description}), nil
	}
	_, to := t.times()
	return asJSON(http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		ExpiresOn   string `json:"expires_on"`
		Resource    string `json:"resource"`
		TokenType   string `json:"token_type"`
		ClientID    string `json:"client_id"`
	}{t.mustSign(), to, t.audience, "Bearer", id.ClientID}), nil
}

func isDate(version string) bool {
	_, err := time.Parse(time.DateOnly, version)
	return err == nil
}

// identityToken begins a managed identity's token.
func (e *exchange) identityToken(tenant *Tenant, id *ManagedIdentity, resource string) (*token, *Error) {
	if len(resource) > maxScope {
		return nil, errNoResource(resource, tenant.ID)
	}
	c := &client{authority: authority{written: tenant.ID, segment: tenant.ID, tenant: tenant}, tenant: tenant, app: &id.Application, proof: byCertificate}
	t, err := e.newToken(c, want{version: 1, audience: resource})
	if err != nil {
		return nil, err
	}
	t.identity = id
	t.appOnly()
	if t.resource.AssignmentRequired && len(t.grantedRoles()) == 0 {
		return nil, errNotAssigned(c.app, resource, t.resource)
	}
	return t, nil
}

// identity finds the managed identity that a request names by one of its ids. One
// that names none means the system-assigned identity or, without it, the only one.
func (d *Directory) identity(query url.Values) (*Tenant, *ManagedIdentity, *hostError) {
	clientID := query.Get("client_id")
	objectID := cmp.Or(query.Get("object_id"), query.Get("principal_id"))
	resourceID := cmp.Or(query.Get("msi_res_id"), query.Get("mi_res_id"))
	named := clientID != "" || objectID != "" || resourceID != ""
	var tenant *Tenant
	var found *ManagedIdentity
	candidates := 0
	for i := range d.Tenants {
		for j := range d.Tenants[i].Identities {
			m := &d.Tenants[i].Identities[j]
			switch {
			case named && !m.is(clientID, objectID, resourceID):
				continue
			case !named && !m.UserAssigned():
				return &d.Tenants[i], m, nil
			}
			tenant, found = &d.Tenants[i], m
			candidates++
		}
	}
	switch {
	case found == nil:
		return nil, nil, &hostNoIdentity
	case candidates > 1:
		return nil, nil, &hostAmbiguous
	}
	return tenant, found, nil
}

// is reports whether the identity has each of the ids that are given.
func (m *ManagedIdentity) is(clientID, objectID, resourceID string) bool {
	has := func(given, own string) bool { return given == "" || strings.EqualFold(given, own) }
	return has(clientID, m.ClientID) && has(objectID, m.ObjectID) && has(resourceID, m.ResourceID)
}
