package inspector

import (
	"net/http"
	"net/url"
	"strings"
)

// askedToken is the page on which a token is pasted: would it pass?
type askedToken struct {
	Targets []option // workflow and trigger, one choice each
	Problem string   // why there is no answer
	Answer  *explainedToken
}

type explainedToken struct {
	verdict
	Workflow, Trigger string
	Also              []string
}

// targets lists what a call can go to.
func (i pages) targets(chosen string) []option {
	var list []option
	for _, w := range i.Workflows(nil, CallbackQuery{}) {
		for _, t := range w.Triggers {
			text := Plainly(w.Name)
			if len(w.Triggers) > 1 {
				text += ", trigger " + Plainly(t.Name)
			}
			value := target(w.Name, t.Name)
			list = append(list, option{value, text, value == chosen})
		}
	}
	return list
}

// target has both names in one value, parted by a tab. They are escaped: a name may have
// a tab itself, or the end of a line, which browsers send as another.
func target(workflow, trigger string) string {
	return url.PathEscape(workflow) + "\t" + url.PathEscape(trigger)
}

// targetNames are the names that a target was made of.
func targetNames(target string) (workflow, trigger string, err error) {
	workflow, trigger, _ = strings.Cut(target, "\t")
	if workflow, err = url.PathUnescape(workflow); err == nil {
		trigger, err = url.PathUnescape(trigger)
	}
	return workflow, trigger, err
}

func (i pages) explainPage(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r.URL.RawQuery, "workflow", "trigger") // never a token: addresses are kept and logged
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	i.show(w, http.StatusOK, "explain", "Would this token pass?", "explain",
		askedToken{Targets: i.targets(target(q.Get("workflow"), q.Get("trigger")))})
}

// explainedPage answers with the page itself rather than leading to one: the token
// is kept nowhere.
func (i pages) explainedPage(w http.ResponseWriter, r *http.Request) {
	fields, err := form(w, r, "target", "token")
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	workflow, trigger, err := targetNames(fields.Get("target"))
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, "the workflow in the form is not escaped as the page has it")
		return
	}
	page, status := askedToken{Targets: i.targets(fields.Get("target"))}, http.StatusOK
	if strings.TrimSpace(fields.Get("token")) == "" {
		page.Problem, status = "there is no token: paste one", http.StatusBadRequest
	} else if explained, err := i.Explain(ExplainRequest{workflow, trigger, fields.Get("token")}); err != nil {
		page.Problem, status = err.Error(), http.StatusBadRequest
	} else {
		page.Answer = i.answered(explained)
	}
	i.show(w, status, "explain", "Would this token pass?", "explain", page)
}

func (i pages) answered(e Explained) *explainedToken {
	a := &explainedToken{Workflow: e.Workflow, Trigger: e.Trigger, Also: e.Also}
	a.verdict = verdict{Admitted: e.Outcome == "admitted", Status: e.Answer.Status, Code: e.Answer.Code, Message: e.Answer.Message,
		Evidence: e.Answer.Evidence, Note: e.Answer.Note, Number: e.Answer.Refusal, Reason: e.Reason, Detail: e.Detail,
		Cause: e.Cause, Policy: e.Policy, Fix: e.Fix, Token: showToken(e.Verified, e.Header, e.Claims, e.Time), Asked: true}
	if a.Admitted {
		a.Token.passed()
	}
	if e.Decision != nil {
		a.Compared = compare(*e.Decision, e.Policy)
	}
	return a
}
