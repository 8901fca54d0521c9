package workflow

import (
	"strings"
	"testing"
)

// inTemplate is an ARM template on two lines, the second of them given.
func inTemplate(rest string) string {
	return `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",` + "\n" + rest + "}"
}

// inWorkflow is a template with one workflow.
func inWorkflow(properties string) string {
	return inTemplate(`"resources": [{"type": "Microsoft.Logic/workflows", "name": "w", "properties": {` + properties + `}}]`)
}

const callable = `"definition": {"triggers": {"manual": {"type": "Request"}}}`

// inTrigger and inActions are bare definitions.
func inTrigger(members string) string {
	return `{"triggers": {"manual": {"type": "Request", ` + "\n" + members + `}}}`
}

func inActions(actions string) string {
	return `{"triggers": {"manual": {"type": "Request"}}, "actions": {` + "\n" + actions + `}}`
}

// copied is a deployment of a resource, eight hundred times, and input an array made so.
func copied(loop, resource string) string {
	return `{"type": "Microsoft.Resources/deployments", "name": "d", "copy": {"name": "` + loop + `", "count": 800}, "properties": {"template": {"resources": [` + resource + `]}}}`
}

func input(loop, value string) string {
	return `{"copy": [{"name": "` + loop + `", "count": 800, "input": ` + value + `}]}`
}

func TestProblems(t *testing.T) {
	const expectedKinds = "expected a workflow resource, an ARM template, a workflow definition, a flow definition, a solution export or a legacy package"
	const mend = "; mend the JSON here, or name another file"
	tests := map[string]struct {
		text string
		want []string // every problem, without the file's name
	}{
		"empty":            {``, []string{`1:1: error: the text ends before the JSON value does` + mend}},
		"truncated":        {`{"a": [1,`, []string{`1:10: error: the text ends before the JSON value does` + mend}},
		"member twice":     {"{\"a\": 1,\n\"a\": 2}", []string{`2:1: error: member "a" is given twice` + mend}},
		"columns":          {`{"é": "é" x}`, []string{`1:11: error: invalid character 'x' after object key:value pair` + mend}},
		"not UTF-8":        {"{\"a\": \"\xff\"}", []string{`1:8: error: the text is not UTF-8` + mend}},
		"open comment":     {`{ /* "a": 1}`, []string{`1:3: error: the comment has no end` + mend}},
		"not an object":    {`[1]`, []string{`1:1: error: found an array where ` + strings.TrimPrefix(expectedKinds, "expected ") + ` should be`}},
		"empty object":     {`{}`, []string{`1:1: error: an empty object; ` + expectedKinds}},
		"something else":   {`{"foo": 1, "bar": 2}`, []string{`1:1: error: an object with "foo" and "bar"; ` + expectedKinds}},
		"another resource": {`{"type": "Microsoft.Web/sites", "properties": {}}`, []string{`1:1: error: a resource of type "Microsoft.Web/sites"; ` + expectedKinds}},
		"parameter file": {`{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"}`,
			[]string{`1:1: error: a parameter file, and no template; name the template, and give the values under parameters: of the workflow in emulator.yaml`}},
		"no Request": {`{"triggers": {"t": {"type": "Recurrence"}}}`, []string{
			` error: holds no workflow that can be called; give a document with a trigger of type Request`,
			`1:1: warning: the workflow "f" has no trigger of type Request: nothing can call it, it is passed over`}},

		"function that needs Azure": {inWorkflow(`"definition": "[reference('x').outputs]"`), []string{
			`2:97: error: reference() needs a deployed Azure, and there is none here; write the value itself, or make it a parameter and give it in emulator.yaml`}},
		"unknown function": {inWorkflow(`"state": "[concatt('x')]", ` + callable), []string{`2:92: error: the template function "concatt" is not known here; did you mean "concat"`}},
		"no such parameter": {inTemplate(`"parameters": {"stage": {}}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[parameters('stag')]", "properties": {` + callable + `}}]`),
			[]string{`2:92: error: there is no parameter "stag"; did you mean "stage"`}},
		"parameter without value": {inTemplate(`"parameters": {"stage": {"type": "string"}}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[parameters('stage')]", "properties": {` + callable + `}}]`),
			[]string{`2:25: error: the template's parameter "stage" has no value; give stage under parameters: of the workflow in emulator.yaml`}},
		"parameter of another type": {inTemplate(`"parameters": {"n": {"type": "int", "defaultValue": "x"}}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[parameters('n')]", "properties": {` + callable + `}}]`),
			[]string{`2:53: error: the template's parameter "n" must be of type int, given a string`}},
		"value not allowed": {inTemplate(`"parameters": {"n": {"type": "string", "defaultValue": "x", "allowedValues": ["y"]}}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[parameters('n')]", "properties": {` + callable + `}}]`),
			[]string{`2:56: error: the template's parameter "n" is "x", and allowed are ["y"]`}},
		"variables in a circle": {inTemplate(`"variables": {"a": "[variables('b')]", "b": "[variables('a')]"}, "resources": [{"type": "Microsoft.Logic/workflows", "name": "[variables('a')]", "properties": {` + callable + `}}]`),
			[]string{`2:20: error: the variable "a" needs itself: a → b → a`}},
		"loop too long": {inTemplate(`"resources": [{"type": "Microsoft.Logic/workflows", "copy": {"name": "c", "count": 801}}]`),
			[]string{`2:84: error: a copy loop's count must be an integer up to 800, found 801`}},
		"linked template": {inTemplate(`"resources": [{"type": "Microsoft.Logic/workflows", "name": "w", "properties": {` + callable + `}}, {"type": "Microsoft.Resources/deployments", "properties": {"templateLink": {}}}]`),
			[]string{`2:144: warning: the linked template of resources[1] is not read; put the template inline, or name it as a workflow of its own`}},
		"tenant that nobody gave": {inWorkflow(`"state": "[subscription().tenantId]", ` + callable),
			[]string{`2:106: error: the template asks for its tenant, and none is given; give the workflow a tenant in emulator.yaml`}},
		"workflow twice": {inTemplate(`"resources": [{"type": "Microsoft.Logic/workflows", "name": "w", "properties": {` + callable + `}}, {"type": "Microsoft.Logic/workflows", "name": "w", "properties": {` + callable + `}}]`),
			[]string{` error: holds the workflow "w" twice, with the id 50e721e49c013f00c62cf59f2163542a; give one of them another name`}},

		"state":             {inWorkflow(`"state": "Running", ` + callable), []string{`2:90: error: the state "Running" is not known; use Enabled, Disabled, Suspended or Deleted`}},
		"path, no method":   {inTrigger(`"inputs": {"relativePath": "a/{b}"}`), []string{`2:28: error: a relativePath needs an explicit method; add "method": "GET" beside it, or whichever is meant`}},
		"path, open brace":  {inTrigger(`"inputs": {"relativePath": "a/{b", "method": "get"}`), []string{`2:28: error: the relativePath "a/{b" has a brace without its partner, or an empty parameter; write parameters as address/{postalCode}`}},
		"method":            {inTrigger(`"inputs": {"method": "FETCH"}`), []string{`2:22: error: "FETCH" is no HTTP method; use one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE`}},
		"kind":              {inTrigger(`"kind": "PowerApp"`), []string{`1:25: warning: the kind "PowerApp" of the trigger "manual" is not emulated: the service wants an internal token as well`}},
		"schema validation": {inTrigger(`"operationOptions": "EnableSchemaValidation"`), []string{`2:21: warning: schema validation is not emulated: a body that fails the schema is admitted here`}},
		"option misspelt":   {inTrigger(`"operationOptions": "EnableSchemaValidatoin"`), []string{`2:21: warning: the operation option "EnableSchemaValidatoin" is not known; did you mean "EnableSchemaValidation"`}},
		"splitOn":           {inTrigger(`"splitOn": "@triggerBody()"`), []string{`2:12: warning: splitOn is not emulated: the body is handled as one`}},
		"concurrency":       {inTrigger(`"runtimeConfiguration": {"concurrency": {"runs": 1}}`), []string{`2:41: note: concurrency is not emulated: no call waits for another`}},
		"condition":         {inTrigger(`"conditions": [{"expression": "@startsWidth('a', 'b')"}]`), []string{`2:33: error: unknown function "startsWidth"; did you mean "startsWith"`}},
		"condition on a run": {inTrigger(`"conditions": [{"expression": "@equals(body('x'), 1)"}]`), []string{
			`2:31: error: the condition looks at body('x'): a trigger's condition is decided before any action runs; let it look at the trigger alone`}},
		"mode of a flow": {`{"type": "Microsoft.Logic/workflows", "properties": {"definition": ` + inTrigger(`"inputs": {"triggerAuthenticationType": "User"}`) + `}}`, []string{
			`2:41: note: triggerAuthenticationType belongs to Power Automate; here it has no effect; if this is a flow, give it "profile: powerautomate" in emulator.yaml`}},
		"unknown mode": {inTrigger(`"inputs": {"triggerAuthenticationType": "Users"}`), []string{`2:41: error: the triggerAuthenticationType "Users" is not known; use All, Tenant or User`}},
		"no tenant":    {inTrigger(`"inputs": {"triggerAuthenticationType": "Tenant"}`), []string{`2:41: error: the flow admits users of its tenant, and has none; give the workflow a tenant in emulator.yaml`}},

		"status 3xx":       {inActions(`"R": {"type": "Response", "inputs": {"statusCode": 302}}`), []string{`2:52: error: the status code 302 is none that a Response can have: the service sends 2xx, 4xx and 5xx; use 200-299 or 400-599`}},
		"error after é":    {inActions(`"R": {"type": "Response", "inputs": {"body": {"a": ["é\n@{startsWidth(1)}"]}}}`), []string{`2:59: error: unknown function "startsWidth"; did you mean "startsWith"`}},
		"asynchronous":     {inActions(`"R": {"type": "Response", "operationOptions": "Asynchronous"}`), []string{`2:47: warning: the asynchronous pattern is not emulated: the Response "R" answers at once`}},
		"body of a run":    {inActions(`"R": {"type": "Response", "inputs": {"body": "@body('Compose')"}}`), []string{`2:6: warning: the Response "R" depends on body('Compose'), and actions are not run: callers get NoResponse; use the trigger's outputs alone to see it answer here`}},
		"within a branch":  {inActions(`"If": {"type": "If", "actions": {"A": {"type": "Response"}}, "else": {"actions": {"B": {"type": "Response"}}}}`), []string{`2:39: warning: the Response "A" depends on the outcome of the condition "If", and actions are not run: callers get NoResponse; use the trigger's outputs alone to see it answer here`}},
		"another answers":  {inActions(`"X": {"type": "Compose"}, "A": {"type": "Response", "runAfter": {"X": ["Failed"]}}, "B": {"type": "Response", "runAfter": {"x": ["Succeeded", "Skipped"]}}`), []string{`2:32: note: the Response "A" is passed over, for it depends on the failure of "X": "B" answers`}},
		"after nothing":    {inActions(`"A": {"type": "Response", "runAfter": {"X": ["Failed"]}}`), []string{`2:45: warning: the action "A" runs after "X", and there is no such action beside it: the service does not save that; name an action that stands beside it, or take the name out`}},
		"after itself":     {inActions(`"A": {"type": "Response", "runAfter": {"A": ["Succeeded"]}}`), []string{`2:6: warning: the action "A" never runs: it waits for itself, or for actions that wait for one another; take a name out of its runAfter`}},
		"in a circle":      {inActions(`"A": {"type": "Response", "runAfter": {"B": ["Succeeded"]}}, "B": {"type": "Compose", "runAfter": {"A": ["Succeeded"]}}`), []string{`2:6: warning: the action "A" never runs: it waits for itself, or for actions that wait for one another; take a name out of its runAfter`}},
		"parameter needed": {`{"triggers": {"m": {"type": "Request"}}, "parameters": {"p": {"type": "String"}}, "actions": {"R": {"type": "Response", "inputs": {"body": "@parameters('p')"}}}}`, []string{`1:62: error: the parameter "p" has no value; give it a defaultValue, or a value under parameters: of the workflow in emulator.yaml`}},

		"error after escapes": {inActions(`"R": {"type": "Response", "inputs": {"body": "\u00e9\ud83d\ude00\n@{startsWidth(1)}"}}`), []string{`2:69: error: unknown function "startsWidth"; did you mean "startsWith"`}},
		"expression in its turn": {inWorkflow(`"definition": {"triggers": {"m": {"type": "Request"}}, "actions": {"R": {"type": "Response", "inputs": {"body": "[concat('@', 'foo(')]"}}}}`), []string{
			`2:193: error: unknown function "foo"; did you mean "bool"`}},
		"condition of a resource": {inTemplate(`"resources": [{"type": "Microsoft.Logic/workflows", "condition": "maybe"}]`), []string{`2:66: error: a condition must be true or false, found a string`}},
		"accessControl elsewhere": {`{"type": "Microsoft.Logic/workflows", "accessControl": {}, "properties": {` + callable + `}}`, []string{
			`1:56: warning: an accessControl here has no effect: the workflow is open to whoever has its URL; move it into the workflow's properties, beside the definition`}},
		"letter case": {`{"properties": {"accessControl": {"Triggers": {}}, ` + callable + `}}`, []string{
			`1:35: error: InvalidRequestContent (presumed): The request content is not valid and could not be deserialized: 'Could not find member 'Triggers' on object of type 'FlowAccessControlConfiguration'. Path 'properties.accessControl.Triggers', line 1, position 45.'. fix: rename "Triggers" to "triggers"`}},
		"address range": {`{"properties": {"accessControl": {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "10.0.0.1"}]}}, ` + callable + `}}`, []string{
			`1:94: error: "10.0.0.1" is no address range; write 10.0.0.0/24, 10.0.0.1-10.0.0.9 or an IPv6 prefix; one address is 10.0.0.1/32`}},
		"SAS state": {`{"properties": {"accessControl": {"triggers": {"sasAuthenticationPolicy": {"state": "disabled"}}}, ` + callable + `}}`, []string{
			`1:85: error: the state "disabled" of the SAS policy is not known; use Enabled or Disabled`}},
		"nobody can call": {`{"properties": {"accessControl": {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}, ` + callable + `}}`, []string{
			`1:75: warning: SAS is disabled and there is no policy: nobody can call; add an open authentication policy`}},
		"issuer of nobody": {`{"properties": {"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {"p": {"type": "AAD", "claims": [{"name": "iss", "value": "https://sts.windows.net/x"}]}}}}}, ` + callable + `}}`, []string{
			`1:124: warning: [dead-issuer] no token has the issuer "https://sts.windows.net/x": the policy is saved and never matches; tokens name the tenant by its id, never as "x": write https://sts.windows.net/{tenant}/`}},
		"claim of two values": {`{"properties": {"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {"p": {"type": "AAD", "claims": [{"name": "iss", "value": ["a"]}]}}}}}, ` + callable + `}}`, []string{
			`1:149: error: a claim has one value, found an array; write a policy for each`}},
		"schema":                  {`{"type": ["object", "null"]}`, []string{`1:1: error: a JSON schema, which holds no workflow; put it into the workflow's trigger, as its inputs.schema`}},
		"null from an expression": {inWorkflow(`"accessControl": "[if(false(), createObject(), null())]", ` + callable), nil},
		"in other letters where nothing reads it":     {`{"triggers": {"manual": {"type": "Request", "Kind": null}, "tick": {"type": "Recurrence", "Inputs": {}}}}`, nil},
		"a flow's member in a workflow of Logic Apps": {inWorkflow(`"definition": {"triggers": {"manual": {"type": "Request", "inputs": {"triggerAuthentication": "x"}, "triggerAllowedUsers": "x"}}}`), nil},
		"users as a list": {`{"properties": {"displayName": "f", "definition": {"triggers": {"manual": {"type": "Request", "inputs": {"triggerAuthenticationType": "User", "triggerAllowedUsers": ["a@b.c"]}}}}}}`,
			[]string{`1:135: error: the flow admits users of its tenant, and has none; give the workflow a tenant in emulator.yaml`, `1:166: error: properties.definition.triggers.manual.inputs.triggerAllowedUsers must be a string, found an array; write it in quotes: "…"`}},
		"properties in capitals": {`{"type": "Microsoft.Logic/workflows", "Properties": {` + callable + `}}`, []string{`1:39: error: no member is called "Properties": names are read with their letter case; rename "Properties" to "properties"`}},
		"wrong JSON type":        {`{"properties": {"accessControl": {"triggers": []}, ` + callable + `}}`, []string{`1:47: error: properties.accessControl.triggers must be an object, found an array; write it in braces: {…}`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load("f.json", []byte(test.text), Deployment{})
			var got []string
			for _, p := range problems {
				got = append(got, strings.TrimPrefix(p.Error(), "f.json:"))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(test.want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func TestContradictingProfile(t *testing.T) {
	for profile, text := range map[Profile]string{
		PowerAutomate: `{"type": "Microsoft.Logic/workflows", "properties": {` + callable + `}}`,
		Consumption:   `{"type": "Microsoft.Flow/flows", "properties": {` + callable + `}}`,
	} {
		_, problems := Load("f.json", []byte(text), Deployment{Profile: profile})
		if !problems.Fatal() || !strings.Contains(problems[0].Fix, "profile: "+string(profile)) {
			t.Errorf("%s: got %v", profile, problems)
		}
	}
}

func TestParameterThatNothingHas(t *testing.T) {
	for _, text := range []string{inTrigger(`"inputs": {}`), inWorkflow(callable)} {
		_, problems := Load("f.json", []byte(text), deployment(t, `{"who": 1}`))
		const want = `f.json: error: the document has no parameter "who"; remove it from the parameters in emulator.yaml`
		if problems.Error() != want {
			t.Errorf("got %v, want %s", problems, want)
		}
	}
}

func TestNotes(t *testing.T) {
	w, problems := Load("f.json", []byte(inTrigger(`"splitOn": "@triggerBody()"`)), Deployment{})
	if len(w) != 1 || len(problems) != 1 || problems[0].Severity != SeverityWarning {
		t.Errorf("got %+v, %v", w, problems)
	}
}

// Turns that hold nothing cost as well: a thousand bytes of loops within loops are refused,
// and not gone round for hours.
func TestCopyLoopsWithinCopyLoopsEnd(t *testing.T) {
	for name, text := range map[string]string{
		"resources": inTemplate(`"resources": [` + copied("a", copied("b", copied("c", `{"type": "Microsoft.Web/sites"}`))) + `]`),
		"properties": inWorkflow(`"definition": {"triggers": {"manual": {"type": "Request"}}, "actions": {"r": {"type": "Response", "inputs": {"statusCode": 200, "body":` +
			input("a", input("b", input("c", `{}`))) + `}}}}`),
	} {
		_, problems := Load("f.json", []byte(text), Deployment{})
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), "the template needs more than 16 million units of work") {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
