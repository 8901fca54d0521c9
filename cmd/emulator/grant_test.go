package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// grant PATH NAME=VALUE… asks a token endpoint as a client does, with a form. It
// writes the file answer, status and body, tokens shown as {access_token} and so on,
// and sets $access_token, $refresh_token, $id_token, $device_code and $user_code to
// those that the answer has.
func stageGrant(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	form := url.Values{}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		form.Add(name, value)
	}
	response, err := http.PostForm(s.server.URL+args[0], form)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	var members map[string]any
	ts.Check(json.Unmarshal(body, &members))
	text := string(s.stable(body))
	for _, name := range []string{"access_token", "refresh_token", "id_token", "device_code", "user_code"} {
		if value, ok := members[name].(string); ok && value != "" {
			ts.Setenv(name, value)
			text = strings.ReplaceAll(text, value, "{"+name+"}")
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("answer"), fmt.Appendf(nil, "%d\n%s\n", response.StatusCode, text), 0o600))
}

// rotate GRACE makes the directory sign with a new key, and believe the one before
// for so long.
func stageRotate(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	grace, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Check(s.gate.Keys().Rotate(s.clock(), grace))
}
