package probe

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"flowgate/journal"
	"flowgate/pattern"
)

// Report is what the probes found. Its JSON is a contract: members are added, never
// renamed. It holds neither tokens nor signatures, and of the headers the names
// alone, so that it can be shown to others.
type Report struct {
	URL      string   `json:"url"`      // without its query
	Emulator bool     `json:"emulator"` // whether an emulator answered, by its own header
	Probes   []Result `json:"probes"`
	Summary  Summary  `json:"summary"`
}

// Summary counts the verdicts.
type Summary struct {
	Same     int `json:"same"`
	Differs  int `json:"differs"`
	Presumed int `json:"presumed"`
	NoAnswer int `json:"noAnswer"`
}

// Result is one probe.
type Result struct {
	Name        string     `json:"name"`
	Sends       string     `json:"sends"`
	Expected    []Expected `json:"expected"` // any one of these; none of a call that is meant to start a run
	Answer      *Answer    `json:"answer"`   // null when there was none
	Refusal     int        `json:"refusal"`  // the row whose words it has; 0 when it has none's
	Verdict     Verdict    `json:"verdict"`
	Differences []string   `json:"differences,omitempty"`
	Confirms    bool       `json:"confirms,omitempty"` // it is as the catalogue says, which only presumed so
}

// Expected is a row of the catalogue.
type Expected struct {
	Number   int    `json:"number"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Evidence string `json:"evidence"`
}

// Answer is what came back.
type Answer struct {
	Status          int      `json:"status"`
	Code            string   `json:"code,omitempty"`
	Message         string   `json:"message,omitempty"`
	MessageTemplate string   `json:"messageTemplate,omitempty"`
	Body            string   `json:"body,omitempty"` // when it is no refusal; cut
	Headers         []string `json:"headers"`        // names, in lower case
}

func (r *Report) add(result Result) {
	r.Probes = append(r.Probes, result)
	switch result.Verdict {
	case Same:
		r.Summary.Same++
	case Presumed:
		r.Summary.Presumed++
	case NoAnswer:
		r.Summary.NoAnswer++
	default:
		r.Summary.Differs++
	}
}

// AsExpected reports whether every answer was as the catalogue says; a report
// without probes says nothing.
func (r *Report) AsExpected() bool {
	return len(r.Probes) > 0 && r.Summary.Same == len(r.Probes)
}

func (p *prober) answerOf(a *response) *Answer {
	answer := &Answer{Status: a.status, Headers: headerNames(a.header)}
	text, _, ok := readRefusal(a.body)
	if !ok {
		answer.Body = p.redact(string(a.body[:min(len(a.body), 300)]))
		return answer
	}
	answer.Code, answer.Message, answer.MessageTemplate = p.redact(text.Code), p.redact(text.Message), p.redact(text.MessageTemplate)
	return answer
}

// maxHeaderNames bounds what is kept of an answer by whoever.
const maxHeaderNames = 60

func headerNames(h http.Header) []string {
	names := []string{}
	for name := range h {
		names = append(names, strings.ToLower(name[:min(len(name), 100)]))
	}
	slices.Sort(names)
	return names[:min(len(names), maxHeaderNames)]
}

// tokenPart is a token or one of its first two parts: base64url of {".
var tokenPart = pattern.New(`eyJ[A-Za-z0-9_.-]{8,}`)

// redactor returns what takes tokens and signatures out of text, as they were sent
// and as the journal knows them by their shape, and bounds it.
func redactor(t *Target, token *Token) func(string) string {
	var secrets []string
	add := func(secret string) {
		if len(secret) >= 8 { // less is no secret, and may be any word
			secrets = append(secrets, secret, "[redacted]")
		}
	}
	if token != nil {
		signature := token.text[strings.LastIndexByte(token.text, '.')+1:]
		add(token.text)
		add(signature)
		add(signature[:max(0, len(signature)-cutBy)])
	}
	values := []string{t.signature["sig"]}
	for _, pair := range t.extra {
		_, value, _ := strings.Cut(pair, "=")
		values = append(values, value)
	}
	for _, value := range values {
		unescaped, err := url.QueryUnescape(value)
		if err != nil {
			unescaped = value
		}
		for _, form := range []string{value, unescaped, url.QueryEscape(unescaped), url.PathEscape(unescaped)} {
			add(form)
			if len(form) > 8 {
				add(form[:len(form)-1]) // as it is sent cut
			}
		}
	}
	replacer := strings.NewReplacer(secrets...)
	return func(s string) string {
		return journal.Text(tokenPart().ReplaceAllString(replacer.Replace(s), "[redacted]"))
	}
}
