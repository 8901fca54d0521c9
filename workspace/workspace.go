package workspace

import (
	"crypto/hmac"
	"crypto/sha256"
	"io/fs"
	"time"

	"flowgate/entra"
	"flowgate/jwks"
	"flowgate/policy"
	"flowgate/workflow"
)

// Workspace is a loaded workspace.
type Workspace struct {
	Cloud     policy.Cloud
	Region    string
	Trust     []jwks.Source
	ClockSkew time.Duration
	Directory *entra.Directory
	Workflows []*Workflow // in the order of emulator.yaml
	Refusals  map[string]Override

	doc   *document
	known policy.Known

	// Notes are warnings and notes of the documents: it loads, but something
	// differs from what the service would do.
	Notes workflow.Problems
}

// Workflow is a workflow as it is gated in this workspace.
type Workflow struct {
	*workflow.Workflow
	Gates map[string]Gate // by the trigger's name
	Keys  Keys
}

// Gate is what a trigger asks of its caller. The zero value admits nobody.
type Gate struct {
	Trigger  *workflow.Trigger
	Policies policy.Set // empty: no bearer token is admitted
	SAS      bool       // whether signed URLs are
}

// Keys are the two access keys that sign a workflow's callback URLs.
type Keys struct{ Primary, Secondary []byte }

// seed makes the access keys of workflows whose workspace gives none. It is
// public on purpose, like the token signing key: URLs outlive restarts.
const seed = "flowgate public access key"

// keysOf returns the access keys of the workflow. A key that is not given is made from
// the other one or, when neither is, from the seed: HMAC-SHA-256, under that text, of
// which key it is and the workflow's id. Beside a key of the workspace's own there is
// thus no public one, and the URLs of both outlive restarts.
func keysOf(id string, given *SASConfig) Keys {
	if given == nil {
		given = &SASConfig{}
	}
	from := seed
	for _, key := range []*string{given.Primary, given.Secondary} {
		if key != nil {
			from = *key
		}
	}
	key := func(which string, given *string) []byte {
		if given != nil {
			return []byte(*given)
		}
		mac := hmac.New(sha256.New, []byte(from))
		mac.Write([]byte(which + "\n" + id))
		return mac.Sum(nil)
	}
	return Keys{key("primary", given.Primary), key("secondary", given.Secondary)}
}

// RefusalProblem is an error at a key under refusals, for the server to report:
// which refusals there are, it alone knows.
func (ws *Workspace) RefusalProblem(key, text, fix string) *workflow.Problem {
	return ws.doc.atKey("$.refusals", key, text, fix)
}

// Load reads the workspace in the folder dir of the host, or in the folder whose
// emulator.yaml is dir itself. The problems are errors, or, beside a workspace,
// none: its warnings are in Notes. It tells which files it read or looked for, also
// when the workspace does not load: a change of one of them is a reason to try again.
func Load(dir string) (*Workspace, *Files, workflow.Problems) {
	files := &Files{stamps: map[string]string{}}
	root, err := hostFolder(dir, files)
	if err != nil {
		files.stamps[configPath(dir)] = "missing" // so that its return is a change
		return nil, files, workflow.Problems{{File: dir, Severity: workflow.SeverityError, Text: err.Error(),
			Fix: "name a folder that holds emulator.yaml"}}
	}
	ws, problems := load(root)
	return ws, files, problems
}

// LoadFS reads the workspace at the root of fsys.
func LoadFS(fsys fs.FS) (*Workspace, workflow.Problems) {
	return load(embedded{fsys})
}
