package main

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// withoutLeaks runs the tests and then looks for goroutines that they left behind.
type withoutLeaks struct{ *testing.M }

// Run returns the exit status.
func (m withoutLeaks) Run() int {
	code := m.M.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}
