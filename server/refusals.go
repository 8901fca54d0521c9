package server

import (
	"fmt"
	"strings"

	"flowgate/expression"
	"flowgate/policy"
)

// Refusal is an answer of the real service that turns a call away. Every word
// that a caller can read stands in the catalogue below, and nothing else builds
// such words.
type Refusal struct {
	Number   int          // row of the catalogue
	Code     string       // error.code
	Status   int          // HTTP status
	Message  string       // error.message; {name} marks a placeholder
	When     string       // what earns it, for the developer
	Evidence policy.Grade // how well the words are known
	Note     string       // what of it is known less well, or where it was seen
	Source   string       // where it was published; empty when nowhere
	// Template is the third member, messageTemplate, that new Power Automate hosts
	// append: empty for refusals that were never seen with one.
	Template string

	// For the developer, out of causes.go; only rows that Catalogue gives have them.
	Cause        string       // why it happens to people
	Fix          string       // what to do about it
	Reproduction Reproduction // how to earn it
}

// The catalogue. Numbers, words and grades are those of the published
// observations; a text that nobody has published is graded presumed. Rows 24, 26
// and 28 are missing: they come from schema validation, actions and run queues,
// which are not emulated.
var (
	refusedNoAPIVersion = Refusal{
		Number: 1, Code: "MissingApiVersionParameter", Status: 400, Evidence: policy.Observed,
		Message: "The api-version query parameter (?api-version=) is required for all requests.",
		When:    "no api-version in the URL",
		Source:  "caronc/apprise#1161; a published write-up of a Consumption endpoint, January 2026",
	}
	refusedUnknownAPIVersion = Refusal{
		Number: 2, Code: "InvalidApiVersionParameter", Status: 400, Evidence: policy.Observed, Note: "status presumed",
		Message: "The api-version '{v}' is not valid. The supported versions are '{versions}'.",
		When:    "an api-version that the host does not know",
		Source:  "a published write-up of a Consumption endpoint, January 2026",
	}
	refusedUnsupportedAPIVersion = Refusal{
		Number: 3, Code: "InvalidApiVersionParameter", Status: 400, Evidence: policy.Observed,
		Message: "The api-version '2015-02-01-preview' is not supported. Supported versions are: '2015-08-01-preview'.",
		When:    "api-version 2015-02-01-preview: listed, but not served",
		Source:  "a published write-up of a Consumption endpoint, January 2026",
	}
	refusedSASRequired = Refusal{
		Number: 4, Code: "DirectApiAuthorizationRequired", Status: 401, Evidence: policy.Observed,
		Message: "The request must be authenticated only by Shared Access scheme.",
		When:    "no credentials, where signed URLs are on (also beside OAuth policies), or the flow is open to anyone",
		Source:  "MicrosoftDocs/azure-docs#60706; Azure/logicapps#26; a published write-up of a Consumption endpoint, January 2026",
	}
	refusedOAuthRequired = Refusal{
		Number: 5, Code: "DirectApiAuthorizationRequired", Status: 401, Evidence: policy.Observed, Note: "presumed for consumption with SAS disabled",
		Message: "The OAuth authorization scheme is required. Please add authentication scheme and try again.",
		When:    "no credentials, where only a token admits",
		Source:  "MicrosoftDocs/power-automate-docs#1210",
	}
	refusedSchemeRequired = Refusal{
		Number: 6, Code: "DirectApiAuthorizationRequired", Status: 401, Evidence: policy.Observed,
		Message: "The authentication scheme is required. Please add authentication scheme and try again.",
		When:    "no credentials, with api-version 2015-08-01-preview or a trigger of kind PowerApp",
		Source:  "a published write-up of a Consumption endpoint, January 2026",
	}
	refusedSeveralSchemes = Refusal{
		Number: 7, Code: "DirectApiRequestHasMoreThanOneAuthorization", Status: 401, Evidence: policy.Observed,
		Message: "The request has SAS authentication scheme, '{scheme}' authorization scheme or internal token scheme. Only one scheme should be used.",
		When:    "sig in the URL and an Authorization header",
		Source:  "JanneMattila/azure-logic-apps-demos, easyauth/README.md; Azure/logicapps#1157",
	}
	refusedSASDisabled = Refusal{
		Number: 8, Code: "DirectApiInvalidAuthorizationScheme", Status: 401, Evidence: policy.Observed, Note: "text on Standard; code and status on Power Automate",
		Message: "The request has SAS authentication scheme while it is disabled under your access control policy.",
		When:    "a signed URL where SAS is disabled",
		Source:  "JanneMattila/azure-logic-apps-demos, easyauth/README.md",
	}
	refusedBadToken = Refusal{
		Number: 9, Code: "DirectApiInvalidAuthorizationScheme", Status: 401, Evidence: policy.Presumed, Note: "text observed on Standard",
		Message: "The provided authorization token is not valid. The request should have a valid authorization header with 'Bearer' scheme.",
		When:    "an Authorization header that is no usable token: another scheme, malformed, unknown key, wrong signature or algorithm, not yet valid",
		Source:  "a published Standard deployment log",
	}
	refusedClaims = Refusal{
		Number: 10, Code: "MisMatchingOAuthClaims", Status: 403, Evidence: policy.Observed, Note: "403 in three independent sources, 401 in one prose source",
		Message: "One or more claims either missing or does not match with the open authentication access control policy.",
		When:    "a valid token, but no policy has all its claims in it",
		Source:  "MicrosoftDocs/power-automate-docs#1178; hajekj's blog, 2025-05-08; blog.meenavalli.in; Power Platform community thread 136e0d5d-95c7-ef11-b8e8-7c1e527d80d0",
	}
	refusedNoPolicy = Refusal{
		Number: 11, Code: "OAuthAccessPolicyNotFound", Status: 401, Evidence: policy.Quoted, Note: "text presumed",
		Message: "The open authentication access control policy is not found.",
		When:    "a valid token, but the trigger has no policy for it",
		Source:  "published client code that branches on 401 and this code",
	}
	refusedExpired = Refusal{
		Number: 12, Code: "ExpiredAuthenticationToken", Status: 401, Evidence: policy.Presumed, Note: "text observed on the management side",
		Message: "The access token expiry UTC time '{exp}' is earlier than current UTC time '{now}'.",
		When:    "an expired token",
		Source:  "MicrosoftDocs/power-automate-docs#121",
	}
	refusedNoExpiry = Refusal{
		Number: 13, Code: "InvalidAuthenticationToken", Status: 401, Evidence: policy.Quoted, Note: "code and status presumed",
		Message: "The provided token is not valid, token must have an expiration time.",
		When:    "a token without exp",
		Source:  "MicrosoftDocs/power-automate-docs#1337",
	}
	refusedSASSignature = Refusal{
		Number: 14, Code: "AuthorizationFailed", Status: 401, Evidence: policy.Observed, Template: "AuthorizationFailed",
		Message: "The authentication credentials are not valid.",
		When:    "a sig that neither access key made",
		Source:  "published client code, \"byte for byte what Power Automate returns\"",
	}
	refusedSASIncomplete = Refusal{
		Number: 15, Code: "AuthorizationFailed", Status: 401, Evidence: policy.Presumed, Note: "observed on Standard", Template: "AuthorizationFailed",
		Message: "Required parameters for shared access URL are permissions ('sp'), version ('sv'), and signature ('sig').",
		When:    "some, not all, of sp, sv and sig",
		Source:  "Azure/logicapps#169",
	}
	refusedSASScope = Refusal{
		Number: 16, Code: "AuthorizationFailed", Status: 401, Evidence: policy.Observed, Template: "AuthorizationFailed",
		Message: "You do not have permissions to perform action 'run' on scope '{path}'.",
		When:    "an sp that does not cover the called trigger",
		Source:  "published integration tests against Power Automate; Azure/LogicAppsUX#2937",
	}
	refusedSASExpired = Refusal{
		Number: 17, Code: "AuthorizationFailed", Status: 401, Evidence: policy.Presumed, Template: "AuthorizationFailed",
		Message: "The authentication credentials are not valid.",
		When:    "a signed URL whose se has passed",
	}
	refusedAddress = Refusal{
		Number: 18, Code: "AuthorizationFailed", Status: 401, Evidence: policy.Observed, Note: "status documented",
		Message: "The client IP address '{ip}' is not in the allowed caller IP address ranges specified in the workflow access control configuration.",
		When:    "a caller outside allowedCallerIpAddresses",
		Source:  "a published Consumption response; Microsoft's \"secure access\" page",
	}
	refusedWorkflow = Refusal{
		Number: 19, Code: "WorkflowNotFound", Status: 404, Evidence: policy.Presumed, Note: "text observed on the management side",
		Message: "The workflow '{name}' could not be found.",
		When:    "no such workflow",
		Source:  "a published management response of listCallbackUrl",
	}
	refusedTrigger = Refusal{
		Number: 20, Code: "TriggerNotFound", Status: 404, Evidence: policy.Presumed,
		Message: "The workflow trigger '{trigger}' could not be found.",
		When:    "no such trigger",
	}
	refusedState = Refusal{
		Number: 21, Code: "WorkflowTriggerIsNotEnabled", Status: 400, Evidence: policy.Observed,
		Message: "Could not execute workflow '{workflow}' trigger '{trigger}' with state '{state}': trigger is not enabled.",
		When:    "the workflow is disabled, suspended or deleted",
		Source:  "Microsoft's troubleshooting pages; published PowerShell output",
	}
	refusedMethod = Refusal{
		Number: 22, Code: "TriggerRequestMethodNotValid", Status: 400, Evidence: policy.Observed,
		Message: "The HTTP method for this request is not valid: expected '{allowed}' and actual '{sent}'.",
		When:    "another method than the trigger's; without one it expects POST",
		Source:  "Azure/logicapps#1441",
	}
	refusedBody = Refusal{
		Number: 23, Code: "InvalidRequestContent", Status: 400, Evidence: policy.Observed, Note: "the inner text beyond an unexpected first character is presumed", Template: "InvalidRequestContent",
		Message: "The request content is not valid and could not be deserialized: '{error}'.",
		When:    "a JSON content type, but the body is not JSON",
		Source:  "a published response of a new-host flow",
	}
	refusedNoResponse = Refusal{
		Number: 25, Code: "NoResponse", Status: 502, Evidence: policy.Observed,
		Template: "The server did not receive a response from an upstream server. Request tracking id '{0}'.",
		Message:  "The server did not receive a response from an upstream server. Request tracking id '{run}'.",
		When:     "admitted, but the workflow's Response action did not run",
		Source:   "published responses; Microsoft's \"receive inbound HTTPS calls\" page",
	}
	refusedRoute = Refusal{
		Number: 27, Code: "NotFound", Status: 404, Evidence: policy.Quoted, Note: "code presumed",
		Message: "The request URI {uri} does not match any known API routes.",
		When:    "a path that no trigger has",
		Source:  "caronc/apprise#1405",
	}
	refusedTooLarge = Refusal{
		Number: 29, Code: "RequestEntityTooLarge", Status: 413, Evidence: policy.Presumed, Note: "not in any published observation; the limit of 100 MB is documented",
		Message: "The request content exceeds the maximum allowed size of '{limit}' bytes.",
		When:    "a body over 100 MB",
	}
)

// The inner texts of refusal 23 are Json.NET's. The first was observed, at line 0
// and position 0, in an answer of the service; the others are presumed.
const (
	jsonUnexpected = "Unexpected character encountered while parsing value: %c. Path '', line %d, position %d."
	jsonEnded      = "Unexpected end when reading JSON. Path '', line %d, position %d."
	jsonCutOff     = "Unexpected end of content."
)

// maxFill bounds what of a caller's own text an answer repeats: a URL's limit.
const maxFill = 16 << 10

// Catalogue lists every refusal that this emulator gives, by number.
func Catalogue() []Refusal {
	rows := []Refusal{
		refusedNoAPIVersion, refusedUnknownAPIVersion, refusedUnsupportedAPIVersion, refusedSASRequired, refusedOAuthRequired,
		refusedSchemeRequired, refusedSeveralSchemes, refusedSASDisabled, refusedBadToken, refusedClaims, refusedNoPolicy,
		refusedExpired, refusedNoExpiry, refusedSASSignature, refusedSASIncomplete, refusedSASScope, refusedSASExpired,
		refusedAddress, refusedWorkflow, refusedTrigger, refusedState, refusedMethod, refusedBody, refusedNoResponse,
		refusedRoute, refusedTooLarge,
	}
	for i := range rows {
		c := causes[rows[i].Number]
		rows[i].Cause, rows[i].Fix, rows[i].Reproduction = c.why, c.fix, c.reproduction
	}
	return rows
}

// FindRefusal returns the row of the catalogue with that number.
func FindRefusal(number int) (Refusal, error) {
	for _, r := range Catalogue() {
		if r.Number == number {
			return r, nil
		}
	}
	return Refusal{}, fmt.Errorf("no refusal has the number %d", number)
}

// body returns the refusal's JSON with its placeholders filled in: compact,
// without a trailing newline, and with <, >, & and ' unescaped, as the service
// writes it. fill alternates {name} and value.
func (r *Refusal) body(template bool, fill ...string) []byte {
	message := r.Message
	if len(fill) > 0 {
		for i := range fill {
			fill[i] = fill[i][:min(len(fill[i]), maxFill)]
		}
		message = strings.NewReplacer(fill...).Replace(message)
	}
	b := append(make([]byte, 0, 128+len(message)), `{"error":{"code":`...)
	b = expression.AppendString(b, r.Code)
	b = expression.AppendString(append(b, `,"message":`...), message)
	if template && r.Template != "" {
		b = expression.AppendString(append(b, `,"messageTemplate":`...), r.Template)
	}
	return append(b, "}}"...)
}
