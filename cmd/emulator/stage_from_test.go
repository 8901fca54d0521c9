package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// from PEER METHOD PATH [Header: value]… [=TEXT] asks the emulator as the machine with
// the address PEER would, below /_emulator; Host is a header too. It writes status and
// body to the file answer. "! from" wants the guard's 403, and any other answer else.
func stageFrom(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	s.started(ts)
	body := ""
	header := map[string]string{}
	for _, arg := range args[3:] {
		name, value, isHeader := strings.Cut(arg, ": ")
		switch {
		case strings.HasPrefix(arg, "="):
			body = arg[1:]
		case isHeader:
			header[name] = value
		default:
			ts.Fatalf("%q is neither Header: value nor =TEXT", arg)
		}
	}
	request := httptest.NewRequest(args[1], "/_emulator"+args[2], strings.NewReader(body))
	request.RemoteAddr, request.Host = args[0]+":50000", "127.0.0.1:7080"
	for name, value := range header {
		if request.Header.Set(name, value); name == "Host" {
			request.Header.Del(name)
			request.Host = value
		}
	}
	w := httptest.NewRecorder()
	s.gate.ServeHTTP(w, request)
	ts.Check(os.WriteFile(ts.MkAbs("answer"), fmt.Appendf(nil, "%d\n%s", w.Code, w.Body), 0o600))
	if (w.Code == 403) != neg {
		ts.Fatalf("%d\n%s", w.Code, w.Body)
	}
}
