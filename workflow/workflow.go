// Package workflow turns the documents that people have (a workflow resource, an
// ARM template, a workflow or flow definition, a solution export, a legacy
// package) into workflows that can be called. It never runs a workflow: of the
// actions it reads the Response alone.
package workflow

import (
	"time"

	"flowgate/expression"
	"flowgate/policy"
)

// Profile says whose rules a workflow follows.
type Profile string

// The profiles.
const (
	Consumption   Profile = "consumption"   // Azure Logic Apps, Consumption
	PowerAutomate Profile = "powerautomate" // Power Automate
)

// State is a workflow's state. Only Enabled runs; the zero value does not.
type State string

// The states that the service names.
const (
	Enabled   State = "Enabled"
	Disabled  State = "Disabled"
	Suspended State = "Suspended"
	Deleted   State = "Deleted"
)

// Workflow is one callable workflow.
type Workflow struct {
	Name     string // the resource's or the flow's name
	ID       string // 32 lower-case hex digits: the document's, else the first 32 of SHA-256 of Name
	Profile  Profile
	State    State
	Version  string // 20 digits
	Location string // region, such as "westeurope"
	Resource string // the resource id, /subscriptions/…/workflows/{name}; empty for a flow
	Tags     *expression.Object
	Tenant   string // id of the tenant it lives in

	Parameters *expression.Object // the definition's parameters with their values
	Secrets    []string           // names of those that are secure: of type securestring or secureobject
	Triggers   []Trigger          // request triggers only, in document order; at least one

	Policies    policy.Set     // consumption only; a flow's follow from its trigger
	SASDisabled bool           // sasAuthenticationPolicy.state is Disabled
	Callers     policy.Callers // who may call, by address

	Response *Response // nil: every admitted call is answered 202

	Source string // where it was read, for messages: file, or file!entry in a zip

	// Lints are what its document likely does not mean, though the service saves it.
	// They are for whoever checks a document: serving it, nobody is told.
	Lints Problems

	policyPlaces map[string][]Place // by the policy's name: its own, then its claims'
}

// Trigger is a Request trigger.
type Trigger struct {
	Name                 string
	Kind                 string // as written, "Http" or empty mostly
	Method               string // upper case; empty: the service expects POST
	RelativePath         string // as written, without a leading slash; empty: none
	Conditions           []*expression.Template
	IncludeAuthorization bool // operationOptions has IncludeAuthorizationHeadersInOutputs

	// SuppressWorkflowHeaders: operationOptions has SuppressWorkflowHeadersOnResponse.
	// It stands on triggers as well as on Response actions; either is enough.
	SuppressWorkflowHeaders bool

	// Power Automate's gate.
	Mode  policy.Mode
	Users []string // triggerAllowedUsers as written, split

	UsersAt Place // of triggerAllowedUsers; the zero value where there is none
}

// ExpectedMethod returns the one method that the service takes: POST when the
// trigger names none (documented).
func (t *Trigger) ExpectedMethod() string {
	if t.Method == "" {
		return "POST"
	}
	return t.Method
}

// Response is the Response action that answers the caller.
type Response struct {
	Name                    string
	StatusCode              *expression.Template // nil: 200
	Headers                 *expression.Template // nil: none
	Body                    *expression.Template // nil: none
	SuppressWorkflowHeaders bool                 // operationOptions has SuppressWorkflowHeadersOnResponse

	// Needs says, for people, what it would need of actions that are not run: such
	// a Response never comes, and the caller gets NoResponse. Empty: it can answer.
	Needs []string
}

// Deployment is what a document does not say itself: where and with what it is
// deployed. Every member may be empty; Load fills in defaults.
type Deployment struct {
	Name           string // name for a document that has none (a bare definition)
	Profile        Profile
	Cloud          policy.Cloud
	Tenant         string             // tenant id
	Location       string             // default of resourceGroup().location
	SubscriptionID string             // GUID
	ResourceGroup  string             // name
	Parameters     *expression.Object // template parameters by name, values of package expression; elsewhere those of the definition
	State          State              // overrides the document's when not empty
	Now            time.Time          // what utcNow() in a template's default value gives; zero: now
}

// Severity of a problem.
type Severity string

// Errors stop the load; warnings and notes do not.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning" // it loads, but differs from what the service would do, or from what is likely meant
	SeverityNote    Severity = "note"    // worth knowing
)

// Problem is something to tell the author of a document, at its place.
type Problem struct {
	File     string
	Line     int // from 1; 0 when the whole file is meant
	Column   int // from 1, in characters
	Severity Severity
	Code     string       // the service's code where the service itself would refuse
	Text     string       // the service's words when Code or Grade is set, else ours
	Grade    policy.Grade // how well the service's words are known; empty when they are ours
	Fix      string       // what to change; may be empty
	Lint     string       // short, stable name of the lint that found it; empty: none did

	// Parameter names the deployment's parameter that is at fault, whose place is
	// not in the document; empty mostly.
	Parameter string
}
