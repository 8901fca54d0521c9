package workflow

import (
	"os"
	"strings"
	"testing"
)

// invalid are the codes that the service refuses the invalid samples with; the
// codes of some are not known.
var invalid = map[string][]string{
	"INVALID-claim-value-151-chars.accessControl.json": {"InvalidOAuthClaimValue"},
	"INVALID-eleven-claims.accessControl.json":         {""},
	"INVALID-foreign-issuer.accessControl.json":        {""},
	"INVALID-no-iss-and-values-key.accessControl.json": {"MissingOAuthRequiredClaimValue", "InvalidRequestContent"},
	"INVALID-six-policies.accessControl.json":          {""},
	"INVALID-type-missing.accessControl.json":          {"OnlyAADOAuthTypeSupported"},
}

// linted are the lints of the valid samples.
var linted = map[string]string{
	"elm-aad-policy.accessControl.json":        "sas-open",
	"only-other-logic-apps.accessControl.json": "callers-empty",
	"v1-and-v2-issuer-pair.accessControl.json": "sas-open",
}

func TestSamples(t *testing.T) {
	files, err := os.ReadDir("testdata/samples")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			data := readFile(t, "samples/"+f.Name())
			problems := Check(f.Name(), data, deployment(t, ""))
			want, bad := invalid[f.Name()]
			if bad != strings.HasPrefix(f.Name(), "INVALID") {
				t.Fatal("the sample's name and the table disagree")
			}
			if !bad {
				var lints []string
				for _, p := range problems {
					if p.Severity == SeverityError {
						t.Errorf("a good sample: %v", p)
					}
					if p.Lint != "" {
						lints = append(lints, p.Lint)
					}
				}
				if got := strings.Join(lints, " "); got != linted[f.Name()] {
					t.Errorf("lints %q, want %q", got, linted[f.Name()])
				}
				return
			}
			if len(problems) != len(want) {
				t.Fatalf("got %d problems, want %d:\n%v", len(problems), len(want), problems)
			}
			for i, p := range problems {
				if p.Code != want[i] || p.Severity != SeverityError || p.Grade == "" || p.Line == 0 {
					t.Errorf("problem %d is %v, want the code %q", i, p, want[i])
				}
			}
		})
	}
}

func TestUnknownMember(t *testing.T) {
	const name = "INVALID-no-iss-and-values-key.accessControl.json"
	problems := Check(name, readFile(t, "samples/"+name), deployment(t, ""))
	const want = `INVALID-no-iss-and-values-key.accessControl.json:19:17: error: InvalidRequestContent (observed): ` +
		`The request content is not valid and could not be deserialized: 'Could not find member 'values' on object of type 'OpenAuthenticationPolicyClaim'. ` +
		`Path 'properties.accessControl.triggers.openAuthenticationPolicies.policies.adfpolicy.claims[0].values', line 19, position 25.'.` +
		` fix: rename "values" to "value"`
	if got := problems[len(problems)-1].Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFragmentsAreNotLoaded(t *testing.T) {
	for _, name := range []string{"only-other-logic-apps.accessControl.json", "response-action.actions.json"} {
		workflows, problems := Load(name, readFile(t, "samples/"+name), deployment(t, ""))
		if len(workflows) > 0 || !problems.Fatal() {
			t.Errorf("%s: got %d workflows, %v", name, len(workflows), problems)
		}
	}
	w := load(t, "t.json", readFile(t, "samples/bearer-only-trigger-condition.triggers.json"), deployment(t, ""))
	if len(w) != 1 || len(w[0].Triggers[0].Conditions) != 1 {
		t.Errorf("triggers alone are a definition, got %+v", w)
	}
}
