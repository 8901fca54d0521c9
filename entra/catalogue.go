package entra

import "time"

// The catalogue: every error that this directory answers with. The first part is
// entra.md section 4. The second has what that section leaves open, worded as
// Microsoft's "authentication and authorization error codes" page and published
// answers word it; where nobody has published the status, 400 is presumed.
var (
	kindWrongSecret = errorKind{7000215, 401, "invalid_client",
		"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'.", true}
	kindNoCredential = errorKind{7000218, 401, "invalid_client",
		"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", true}
	kindBadAssertion = errorKind{700027, 401, "invalid_client",
		"Client assertion failed signature validation.", false}
	kindNoApplication = errorKind{700016, 400, "unauthorized_client",
		"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", true}
	kindNoTenant = errorKind{90002, 400, "invalid_request",
		"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", true}
	kindNotATenant = errorKind{900023, 400, "invalid_request",
		"Specified tenant identifier '{x}' is neither a valid DNS name, nor a valid external domain.", true}
	kindBadScope = errorKind{70011, 400, "invalid_scope",
		"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {s} is not valid.", false}
	kindNotDefaultScope = errorKind{1002012, 400, "invalid_scope",
		"The provided value for scope {s} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", false}
	kindNoResource = errorKind{500011, 400, "invalid_resource",
		"The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.", true}
	kindNoParameter = errorKind{900144, 400, "invalid_request",
		"The request body must contain the following parameter: '{name}'.", false}
	kindUnsupportedGrant = errorKind{70003, 400, "unsupported_grant_type",
		"The app requested an unsupported grant type '{g}'.", false}
	kindNotAssigned = errorKind{501051, 400, "invalid_grant",
		"Application '{client_id}'({name}) is not assigned to a role for the application '{resource}'({resource_name}).", false}
	kindWrongPassword = errorKind{50126, 400, "invalid_grant",
		"Error validating credentials due to invalid username or password.", false}
	kindPending = errorKind{70016, 400, "authorization_pending",
		"OAuth 2.0 device flow error. Authorization is pending. Continue polling.", false}
)

// Beyond entra.md.
var (
	kindUnknownInstance = errorKind{50049, 400, "invalid_instance", "Unknown or invalid instance.", false}
	kindMethod          = errorKind{900561, 405, "invalid_request", "The endpoint only accepts {valid} requests. Received a {invalid} request.", false}
	kindTwice           = errorKind{9000411, 400, "invalid_request", "The request is not properly formatted. The parameter '{name}' is duplicated.", false}
	kindMalformed       = errorKind{9002313, 400, "invalid_request", "Invalid request. Request is malformed or invalid.", false}
	kindTooLarge        = errorKind{9002313, 413, "invalid_request", "Invalid request. Request is malformed or invalid.", false}
	kindUnavailable     = errorKind{90033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again.", false} // as in Azure/azure-sdk-for-python#14241

	kindPublicClient    = errorKind{700025, 401, "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.", false}
	kindOtherIssuer     = errorKind{700021, 401, "invalid_client", "Client assertion application identifier doesn't match 'client_id' parameter.", false}
	kindOtherAudience   = errorKind{700023, 401, "invalid_client", "Client assertion audience claim does not match Realm issuer.", false}
	kindAssertionExpiry = errorKind{700024, 401, "invalid_client",
		"Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {to}.", false}

	kindNoUser         = errorKind{50034, 400, "invalid_grant", "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.", false}
	kindBadGrant       = errorKind{70000, 400, "invalid_grant", "Provided grant is invalid or malformed.", false}
	kindExpiredGrant   = errorKind{70008, 400, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.", false}
	kindRedeemed       = errorKind{54005, 400, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.", false}
	kindOtherVerifier  = errorKind{501481, 400, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied in the authorization request.", false}
	kindOtherReply     = errorKind{500112, 400, "invalid_grant", "The reply address '{given}' does not match the reply address '{asked}' provided when requesting Authorization code.", false}
	kindBadUserToken   = errorKind{50013, 400, "invalid_grant", "Assertion failed signature validation.", false}
	kindOtherUserToken = errorKind{500131, 400, "invalid_grant", "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{aud}' and the expected audience is '{expected}'.", false}
	kindDeviceExpired  = errorKind{70020, 400, "expired_token", "The provided value for the input parameter 'device_code' is not valid. This device code has expired.", false}
	kindBadDeviceCode  = errorKind{70018, 400, "bad_verification_code", "The provided value for the input parameter 'device_code' is not valid.", false}

	kindNoReply       = errorKind{50011, 400, "invalid_request", "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this issue.", false}
	kindResponseType  = errorKind{700054, 400, "unsupported_response_type", "response_type '{type}' is not enabled for the application.", false}
	kindLoginRequired = errorKind{50058, 400, "login_required", "A silent sign-in request was sent but no user is signed in.", false}
)

func errWrongSecret(clientID string) *Error { return kindWrongSecret.with("{client_id}", clientID) }
func errNoCredential() *Error               { return kindNoCredential.with() }
func errBadAssertion() *Error               { return kindBadAssertion.with() }
func errNoTenant(tenant string) *Error      { return kindNoTenant.with("{tenant}", tenant) }
func errNotATenant(written string) *Error   { return kindNotATenant.with("{x}", written) }
func errBadScope(scope string) *Error       { return kindBadScope.with("{s}", scope) }
func errNotDefaultScope(scope string) *Error {
	return kindNotDefaultScope.with("{s}", scope)
}
func errNoParameter(name string) *Error       { return kindNoParameter.with("{name}", name) }
func errUnsupportedGrant(grant string) *Error { return kindUnsupportedGrant.with("{g}", grant) }
func errWrongPassword() *Error                { return kindWrongPassword.with() }
func errPending() *Error                      { return kindPending.with() }
func errUnknownInstance() *Error              { return kindUnknownInstance.with() }
func errTwice(name string) *Error             { return kindTwice.with("{name}", name) }
func errMalformed() *Error                    { return kindMalformed.with() }
func errTooLarge() *Error                     { return kindTooLarge.with() }
func errUnavailable() *Error                  { return kindUnavailable.with() }
func errPublicClient() *Error                 { return kindPublicClient.with() }
func errOtherIssuer() *Error                  { return kindOtherIssuer.with() }
func errOtherAudience() *Error                { return kindOtherAudience.with() }
func errBadGrant() *Error                     { return kindBadGrant.with() }
func errExpiredGrant() *Error                 { return kindExpiredGrant.with() }
func errRedeemed() *Error                     { return kindRedeemed.with() }
func errOtherVerifier() *Error                { return kindOtherVerifier.with() }
func errBadUserToken() *Error                 { return kindBadUserToken.with() }
func errDeviceExpired() *Error                { return kindDeviceExpired.with() }
func errBadDeviceCode() *Error                { return kindBadDeviceCode.with() }
func errLoginRequired() *Error                { return kindLoginRequired.with() }

func errMethod(valid, invalid string) *Error {
	return kindMethod.with("{valid}", valid, "{invalid}", invalid)
}

func errNoApplication(clientID, tenant string) *Error {
	return kindNoApplication.with("{client_id}", clientID, "{tenant}", tenant)
}

func errNoResource(resource, tenant string) *Error {
	return kindNoResource.with("{resource}", resource, "{tenant}", tenant)
}

func errNotAssigned(app *Application, asked string, r Resource) *Error {
	return kindNotAssigned.with("{client_id}", app.ClientID, "{name}", app.Name, "{resource}", asked, "{resource_name}", r.name())
}

func errAssertionExpiry(now, from, to time.Time) *Error {
	const layout = "2006-01-02T15:04:05.0000000Z"
	return kindAssertionExpiry.with("{now}", now.UTC().Format(layout), "{from}", from.UTC().Format(layout), "{to}", to.UTC().Format(layout))
}

func errNoUser(user, tenant string) *Error {
	return kindNoUser.with("{user}", user, "{tenant}", tenant)
}

func errOtherReply(given, asked string) *Error {
	return kindOtherReply.with("{given}", given, "{asked}", asked)
}

func errOtherUserToken(aud, expected string) *Error {
	return kindOtherUserToken.with("{aud}", aud, "{expected}", expected)
}

func errNoReply(uri, clientID string) *Error {
	return kindNoReply.with("{uri}", uri, "{client_id}", clientID)
}

func errResponseType(written string) *Error { return kindResponseType.with("{type}", written) }
