package server

// Reproduction is how a refusal is earned from an emulator: data, of which commands
// are worded for people and which tests run as it stands.
type Reproduction struct {
	// Files are a workspace that is served for this call alone. None: the embedded
	// workspace shows the refusal.
	Files []File
	// Disabled is the name of a workflow that is switched off for the call.
	Disabled string
	// Token holds the arguments of the token command whose token the call carries.
	Token []string
	// Signed is the path of the trigger whose callback URL lends the call its query.
	Signed string
	// NotAfter is when that callback URL ends, such as 2020-01-01T00:00:00Z.
	NotAfter string

	Method string
	Path   string // with its query, unless Signed lends it
	Header []string
	Body   string
	Zeros  int64 // length of a body too large to be shown: all of it is zero bytes
}

// File is one file of a workspace.
type File struct{ Name, Content string }

// What the embedded workspace is reached by. Its ids follow from its names, so they
// are the same on every machine.
const (
	ordersPath   = "/workflows/1c168adb00d208e42f93314529f1fa9c/triggers/manual/paths/invoke"
	payrollPath  = "/workflows/60f91a742458ae606572f40dd7df0a12/triggers/manual/paths/invoke"
	hooksPath    = "/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke"
	pinnedPath   = "/workflows/a9fa9fda98d7712cf2c04ce6206e406c/versions/08589815809180823481/triggers/manual/paths/invoke"
	invoicesPath = "/powerautomate/automations/direct/workflows/491dabd42b00f84e105e30ac6ecb880a/triggers/manual/paths/invoke"

	versioned = "?api-version=" + logicVersion
	flowQuery = "?api-version=" + flowVersion
)

// tiny is a workspace of one workflow with that document.
func tiny(document string) []File {
	return []File{
		{"emulator.yaml", "workflows: [{ file: door.json, id: \"00000000000000000000000000000001\" }]\n"},
		{"door.json", document},
	}
}

const tinyPath = "/workflows/00000000000000000000000000000001/triggers/manual/paths/invoke"

const (
	doorOfOneNetwork = `{
  "properties": {
    "accessControl": { "triggers": { "allowedCallerIpAddresses": [ { "addressRange": "10.0.0.0/8" } ] } },
    "definition": { "triggers": { "manual": { "type": "Request", "kind": "Http" } }, "actions": {} }
  }
}
`
	doorWithoutAnswer = `{
  "triggers": { "manual": { "type": "Request", "kind": "Http" } },
  "actions": {
    "Look_up": { "type": "Http", "inputs": { "method": "GET", "uri": "https://stock.example/" }, "runAfter": {} },
    "Response": { "type": "Response", "kind": "Http", "inputs": { "body": "@body('Look_up')" }, "runAfter": { "Look_up": [ "Succeeded" ] } }
  }
}
`
)
