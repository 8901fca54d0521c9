package server

import "testing"

func TestParseTrigger(t *testing.T) {
	for path, want := range map[string]triggerPath{
		"/workflows/w/triggers/t/paths/invoke":                                           {logicShape, "w", "", "t", ""},
		"/workflows/w/triggers/t/paths/invoke/":                                          {logicShape, "w", "", "t", ""},
		"/workflows/w/triggers/t/paths/invoke/a/b%2Fc":                                   {logicShape, "w", "", "t", "a/b%2Fc"},
		"/workflows/a%2Fb/versions/v/triggers/t/paths/invoke":                            {logicShape, "a%2Fb", "v", "t", ""},
		"/powerautomate/automations/direct/workflows/w/triggers/t/paths/invoke":          {flowShape, "w", "", "t", ""},
		"/powerautomate/automations/direct/cu/07/workflows/w/triggers/t/paths/invoke":    {flowShape, "w", "", "t", ""},
		"/powerautomate/automations/direct/cu/123/workflows/w/triggers/t/paths/invoke/x": {flowShape, "w", "", "t", "x"},
	} {
		if got, ok := parseTrigger(path); !ok || got != want {
			t.Errorf("%s: %+v, %v", path, got, ok)
		}
	}
	for _, path := range []string{
		"", "/", "/workflows", "/workflows/", "/workflows/w", "/workflows//triggers/t/paths/invoke", "/workflows/w/triggers//paths/invoke",
		"/workflows/w/triggers/t/paths/invoked", "/workflows/w/triggers/t/paths", "/Workflows/w/triggers/t/paths/invoke", "/workflows/w/x/triggers/t/paths/invoke",
		"/workflows/w/versions//triggers/t/paths/invoke", "workflows/w/triggers/t/paths/invoke",
		"/powerautomate/automations/direct/cu//workflows/w/triggers/t/paths/invoke", "/powerautomate/automations/direct/cu/1234/workflows/w/triggers/t/paths/invoke",
		"/powerautomate/automations/direct/cu/0a/workflows/w/triggers/t/paths/invoke",
		"/powerautomate/automations/direct/workflows/w/versions/v/triggers/t/paths/invoke",
	} {
		if got, ok := parseTrigger(path); ok {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
