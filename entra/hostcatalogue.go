package entra

// hostError is an error of a host's identity service: the host's, not Entra's.
type hostError struct {
	Name        string `json:"error"`
	Description string `json:"error_description"`
}

// Texts as Microsoft's "how to use managed identities to acquire an access token"
// page and published answers have them; that of api-version is presumed.
var (
	hostNoHeader   = hostError{"bad_request_102", "Required metadata header not specified"}
	hostForwarded  = hostError{"invalid_request", "Bad request. The request was forwarded: it has the header X-Forwarded-For."} // that it is refused is documented, the text is presumed
	hostNoResource = hostError{"invalid_request", "Required query variable 'resource' is missing"}
	hostBadVersion = hostError{"invalid_request", "Bad request. api-version is invalid or was not specified in the request."}
	hostNoIdentity = hostError{"invalid_request", "Identity not found"}
	hostAmbiguous  = hostError{"invalid_request", "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"}
)

// appServiceError is an error of App Service's identity endpoint.
type appServiceError struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

// The message for an unknown identity is observed; the others are presumed.
var (
	appServiceNoHeader   = appServiceError{401, "The X-IDENTITY-HEADER header is missing or does not match."}
	appServiceBadVersion = appServiceError{400, "The api-version is missing or invalid."}
	appServiceNoResource = appServiceError{400, "The resource is missing."}
	appServiceNoIdentity = appServiceError{400, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}
)
