package server

import (
	"testing"

	"go.uber.org/goleak"
)

// No test may leave a goroutine behind: a server that was closed has none.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
