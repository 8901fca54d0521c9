package workflow

import (
	"strings"
	"testing"
)

func TestLoadAccessControl(t *testing.T) {
	for name, policies := range map[string]int{
		"elm-aad-policy": 1, "lcw-aadpop": 1, "v1-and-v2-issuer-pair": 2, "only-other-logic-apps": 0,
	} {
		file := name + ".accessControl.json"
		w, problems := LoadAccessControl(file, readFile(t, "samples/"+file), deployment(t, ""))
		if problems.Fatal() || w.Policies.Len() != policies || len(w.Triggers) != 1 || w.State != Enabled || w.Profile != Consumption || len(w.ID) != 32 {
			t.Errorf("%s: %+v, %v", name, w, problems)
		}
	}
	for text, want := range map[string]string{
		"":                                       "",
		"[]":                                     "holds no access control object",
		"{}":                                     "holds no access control object",
		`{"properties": "x"}`:                    "holds no access control object",
		`{"accessControl": []}`:                  "holds no access control object",
		`{"accessControl": {"trigers": {}}}`:     "Could not find member 'trigers'",
		`{"accessControl": {}} {}`:               "",
		strings.Repeat(" ", MaxFile) + `{"x":1}`: "more than the",
	} {
		if _, problems := LoadAccessControl("f", []byte(text), deployment(t, "")); !problems.Fatal() || !strings.Contains(problems.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, problems, want)
		}
	}
}

// What loads keeps the rules under which the service saves a policy.
func FuzzLoadAccessControl(f *testing.F) {
	f.Add(readFile(f, "samples/elm-aad-policy.accessControl.json"))
	f.Add(readFile(f, "samples/INVALID-six-policies.accessControl.json"))
	f.Add([]byte(`{"properties": {"accessControl": {"triggers": {"allowedCallerIpAddresses": []}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, problems := LoadAccessControl("f", data, deployment(t, ""))
		if problems.Fatal() {
			return
		}
		if v := w.Policies.Violations(); len(v) > 0 || len(w.Triggers) != 1 || len(w.Version) != 20 {
			t.Errorf("%+v, %v", w, v)
		}
	})
}
