package workflow

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"flowgate/policy"
	"flowgate/workflow/template"
)

// maxProblems bounds what one load reports: nobody reads more.
const maxProblems = 200

// Defaults of a Deployment.
const (
	defaultLocation      = "westeurope"
	defaultSubscription  = "00000000-0000-0000-0000-000000000000"
	defaultResourceGroup = "flowgate"
)

// Load reads the workflows in one document. file names it in messages; what the
// document is follows from its content alone. The problems are in the order of
// their places and may hold warnings beside the workflows; with an error among
// them there are no workflows.
func Load(file string, data []byte, d Deployment) ([]Workflow, Problems) {
	l := newLoading(file, d)
	l.read(data)
	if len(l.workflows) == 0 && !l.problems.Fatal() {
		l.holdsNone()
	}
	problems := l.settle()
	if problems.Fatal() {
		return nil, problems
	}
	return l.workflows, problems
}

// Check reads a document as Load does and returns what there is to say about it.
// Beside whole documents it takes fragments: an access control object under the
// name accessControl, triggers under the name triggers, or actions by their names.
//
// A tenant is not needed to check what is written: without one, a placeholder
// stands for it.
func Check(file string, data []byte, d Deployment) Problems {
	setDefault(&d.Tenant, "00000000-0000-0000-0000-000000000000")
	l := newLoading(file, d)
	l.fragments = true
	l.read(data)
	if len(l.workflows) == 0 && !l.isFragment && !l.problems.Fatal() {
		l.holdsNone()
	}
	if !l.problems.Fatal() { // what does not load is to be mended first
		for _, w := range l.workflows {
			l.lint(&w)
		}
	}
	return l.settle()
}

// lint reports what a workflow likely does not mean.
func (l *loading) lint(w *Workflow) {
	for _, p := range w.Lints {
		l.report(p)
	}
}

func (l *loading) holdsNone() {
	l.fileError("give a document with a trigger of type Request", "holds no workflow that can be called")
}

// loading is one call of Load or Check.
type loading struct {
	isFragment bool // a fragment was read, which holds no workflow by its nature
	file       string
	deployment Deployment // defaults filled in
	fragments  bool       // Check
	isTemplate bool       // then the deployment's parameters are the template's
	budget     *template.Budget
	exhausted  bool // the budget is
	workflows  []Workflow
	ids        map[string]bool // of the workflows
	problems   Problems
	unshown    bool            // there were more problems than are kept
	given      map[string]bool // parameters of the deployment that the document has
}

func newLoading(file string, d Deployment) *loading {
	setDefault(&d.Cloud, policy.Public)
	setDefault(&d.Location, defaultLocation)
	setDefault(&d.SubscriptionID, defaultSubscription)
	setDefault(&d.ResourceGroup, defaultResourceGroup)
	setDefault(&d.Name, strings.TrimSuffix(path.Base(strings.ReplaceAll(file, `\`, "/")), ".json"))
	if d.Now.IsZero() {
		d.Now = time.Now()
	}
	return &loading{file: file, deployment: d, budget: &template.Budget{}, ids: make(map[string]bool), given: make(map[string]bool)}
}

func setDefault[T ~string](value *T, otherwise T) {
	if *value == "" {
		*value = otherwise
	}
}

func (l *loading) read(data []byte) {
	switch {
	case len(data) > MaxFile:
		l.fileError("", "%d bytes are more than the %d MB that a document may have", len(data), MaxFile>>20)
		return
	case isArchive(data):
		l.archive(data)
	default:
		doc, p := readDocument(l.file, data)
		if p != nil {
			l.report(p)
			return
		}
		l.document(l.root(doc))
	}
	l.checkGiven()
}

func (l *loading) root(doc *document) node {
	return node{load: l, doc: doc, value: doc.root}
}

// checkGiven reports parameters that the workspace gives and no document has.
func (l *loading) checkGiven() {
	if l.deployment.Parameters == nil || l.problems.Fatal() {
		return
	}
	for _, name := range l.deployment.Parameters.Names() {
		if !l.given[strings.ToLower(name)] {
			l.fileError("remove it from the parameters in emulator.yaml", "the document has no parameter %q", name)
			l.problems[len(l.problems)-1].Parameter = name
		}
	}
}

// deploymentParameter returns the value that the workspace gives a parameter,
// letter case aside as in templates.
func (l *loading) deploymentParameter(name string) (any, bool) {
	if l.deployment.Parameters == nil {
		return nil, false
	}
	for _, n := range l.deployment.Parameters.Names() {
		if strings.EqualFold(n, name) {
			l.given[strings.ToLower(n)] = true
			return l.deployment.Parameters.Get(n)
		}
	}
	return nil, false
}

func (l *loading) fileError(fix, format string, args ...any) {
	l.report(&Problem{File: l.file, Severity: SeverityError, Text: fmt.Sprintf(format, args...), Fix: fix})
}

// report keeps a problem. Of more than maxProblems, only the first error is kept.
func (l *loading) report(p *Problem) {
	if len(l.problems) >= maxProblems {
		l.unshown = true
		if p.Severity != SeverityError || l.problems.Fatal() {
			return
		}
	}
	l.problems = append(l.problems, p)
}

// quietly runs f and takes back what it reported, which it returns.
func (l *loading) quietly(f func()) Problems {
	mark := len(l.problems)
	f()
	reported := slices.Clone(l.problems[mark:])
	l.problems = l.problems[:mark]
	return reported
}

// settle gives every problem once, in the order of their places.
func (l *loading) settle() Problems {
	if l.unshown {
		l.problems = append(l.problems, &Problem{File: l.file, Severity: SeverityNote,
			Text: fmt.Sprintf("more than %d problems; the rest is not shown", maxProblems)})
	}
	l.problems.Sort()
	return slices.CompactFunc(l.problems, func(a, b *Problem) bool { return *a == *b })
}

// add keeps a finished workflow.
func (l *loading) add(w Workflow) {
	if l.ids[w.ID] {
		l.fileError("give one of them another name", "holds the workflow %q twice, with the id %s", w.Name, w.ID)
		return
	}
	l.ids[w.ID] = true
	l.workflows = append(l.workflows, w)
}

// bareScope evaluates fragments that were cut out of a template: the workspace's
// parameters are all there is.
func (l *loading) bareScope() *template.Scope {
	for _, name := range template.Values(l.deployment.Parameters).Names() {
		l.given[strings.ToLower(name)] = true
	}
	return &template.Scope{
		Deployment: l.templateDeployment(),
		Parameters: template.Values(l.deployment.Parameters),
		Budget:     l.budget,
	}
}

func (l *loading) templateDeployment() *template.Deployment {
	d := l.deployment
	cloud := "AzureCloud"
	switch d.Cloud {
	case policy.GCCHigh, policy.DoD:
		cloud = "AzureUSGovernment"
	case policy.China:
		cloud = "AzureChinaCloud"
	}
	return &template.Deployment{
		Name: d.Name, Cloud: cloud, Tenant: d.Tenant, Subscription: d.SubscriptionID,
		ResourceGroup: d.ResourceGroup, Location: d.Location, Now: d.Now,
	}
}

// isArchive recognises a zip by its first bytes, an empty one included.
func isArchive(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06"))
}
