package entra

// metadataV2 is the OpenID Connect metadata of the v2.0 endpoint, its members in
// the order in which Entra writes them.
type metadataV2 struct {
	TokenEndpoint               string   `json:"token_endpoint"`
	TokenEndpointAuthMethods    []string `json:"token_endpoint_auth_methods_supported"`
	JWKSURI                     string   `json:"jwks_uri"`
	ResponseModes               []string `json:"response_modes_supported"`
	SubjectTypes                []string `json:"subject_types_supported"`
	IDTokenSigningAlgorithms    []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes               []string `json:"response_types_supported"`
	Scopes                      []string `json:"scopes_supported"`
	Issuer                      string   `json:"issuer"`
	RequestURIParameter         bool     `json:"request_uri_parameter_supported"`
	UserinfoEndpoint            string   `json:"userinfo_endpoint"`
	AuthorizationEndpoint       string   `json:"authorization_endpoint"`
	DeviceAuthorizationEndpoint string   `json:"device_authorization_endpoint"`
	HTTPLogout                  bool     `json:"http_logout_supported"`
	FrontchannelLogout          bool     `json:"frontchannel_logout_supported"`
	EndSessionEndpoint          string   `json:"end_session_endpoint"`
	Claims                      []string `json:"claims_supported"`
	cloudMembers
}

// metadataV1 is that of the v1.0 endpoint.
type metadataV1 struct {
	TokenEndpoint               string   `json:"token_endpoint"`
	TokenEndpointAuthMethods    []string `json:"token_endpoint_auth_methods_supported"`
	JWKSURI                     string   `json:"jwks_uri"`
	ResponseModes               []string `json:"response_modes_supported"`
	SubjectTypes                []string `json:"subject_types_supported"`
	IDTokenSigningAlgorithms    []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes               []string `json:"response_types_supported"`
	Scopes                      []string `json:"scopes_supported"`
	Issuer                      string   `json:"issuer"`
	MultiRefreshToken           bool     `json:"microsoft_multi_refresh_token"`
	AuthorizationEndpoint       string   `json:"authorization_endpoint"`
	DeviceAuthorizationEndpoint string   `json:"device_authorization_endpoint"`
	HTTPLogout                  bool     `json:"http_logout_supported"`
	FrontchannelLogout          bool     `json:"frontchannel_logout_supported"`
	EndSessionEndpoint          string   `json:"end_session_endpoint"`
	Claims                      []string `json:"claims_supported"`
	CheckSessionIframe          string   `json:"check_session_iframe"`
	UserinfoEndpoint            string   `json:"userinfo_endpoint"`
	cloudMembers
}

// cloudMembers end both documents.
type cloudMembers struct {
	KerberosEndpoint   string  `json:"kerberos_endpoint"`
	TenantRegionScope  *string `json:"tenant_region_scope"` // null without a tenant
	CloudInstanceName  string  `json:"cloud_instance_name"`
	CloudGraphHostName string  `json:"cloud_graph_host_name"`
	MSGraphHost        string  `json:"msgraph_host"`
	RBACURL            string  `json:"rbac_url"`
}

var (
	authMethods   = []string{"client_secret_post", "private_key_jwt", "client_secret_basic"}
	responseModes = []string{"query", "fragment", "form_post"}
	subjectTypes  = []string{"pairwise"}
	algorithms    = []string{"RS256"}
)

// metadataV2 answers with endpoints on the origin that the caller used, so that
// what it calls next comes here, and with Microsoft's issuer, which the tokens have
// as well: client libraries take either the same origin or a real one.
func (e *exchange) metadataV2() (reply, *Error) {
	a, err := e.directory.authority(e.segment)
	if err != nil {
		return reply{}, err
	}
	return e.document(documentKey{kind: "v2.0", segment: a.segment}, func() any {
		base := e.origin + "/" + a.segment
		cloud := hostsOf(e.directory.Cloud)
		return metadataV2{
			TokenEndpoint: base + "/oauth2/v2.0/token", TokenEndpointAuthMethods: authMethods,
			JWKSURI: base + "/discovery/v2.0/keys", ResponseModes: responseModes, SubjectTypes: subjectTypes, IDTokenSigningAlgorithms: algorithms,
			ResponseTypes: []string{"code", "id_token", "code id_token", "id_token token"},
			Scopes:        []string{"openid", "profile", "email", "offline_access"},
			Issuer:        e.directory.Cloud.IssuerV2(a.issuer()), UserinfoEndpoint: "https://" + cloud.msgraph + "/oidc/userinfo",
			AuthorizationEndpoint: base + "/oauth2/v2.0/authorize", DeviceAuthorizationEndpoint: base + "/oauth2/v2.0/devicecode",
			HTTPLogout: true, FrontchannelLogout: true, EndSessionEndpoint: base + "/oauth2/v2.0/logout",
			Claims: []string{"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
				"auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"},
			cloudMembers: e.cloudMembers(a),
		}
	}), nil
}

// metadataV1 answers likewise. Its key set is that of common for every tenant, as
// it is in Entra's.
func (e *exchange) metadataV1() (reply, *Error) {
	a, err := e.directory.authority(e.segment)
	if err != nil {
		return reply{}, err
	}
	return e.document(documentKey{kind: "v1.0", segment: a.segment}, func() any {
		base := e.origin + "/" + a.segment
		return metadataV1{
			TokenEndpoint: base + "/oauth2/token", TokenEndpointAuthMethods: authMethods,
			JWKSURI: e.origin + "/common/discovery/keys", ResponseModes: responseModes, SubjectTypes: subjectTypes, IDTokenSigningAlgorithms: algorithms,
			ResponseTypes: []string{"code", "id_token", "code id_token", "token id_token", "token"},
			Scopes:        []string{"openid"},
			Issuer:        e.directory.Cloud.Issuer(a.issuer()), MultiRefreshToken: true,
			AuthorizationEndpoint: base + "/oauth2/authorize", DeviceAuthorizationEndpoint: base + "/oauth2/devicecode",
			HTTPLogout: true, FrontchannelLogout: true, EndSessionEndpoint: base + "/oauth2/logout",
			Claims: []string{"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
				"auth_time", "acr", "amr", "nonce", "email", "given_name", "family_name", "nickname"},
			CheckSessionIframe: base + "/oauth2/checksession", UserinfoEndpoint: base + "/openid/userinfo",
			cloudMembers: e.cloudMembers(a),
		}
	}), nil
}

func (e *exchange) cloudMembers(a authority) cloudMembers {
	cloud := hostsOf(e.directory.Cloud)
	m := cloudMembers{KerberosEndpoint: e.origin + "/" + a.segment + "/kerberos", CloudInstanceName: cloud.instance,
		CloudGraphHostName: cloud.graph, MSGraphHost: cloud.msgraph, RBACURL: cloud.rbac}
	if a.tenant != nil {
		worldwide := "WW"
		m.TenantRegionScope = &worldwide
	}
	return m
}
