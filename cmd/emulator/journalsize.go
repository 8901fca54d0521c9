package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// journalSize is how many calls the journal keeps.
type journalSize int

// maxJournal is far more than anybody reads: 64 GB, if each has the largest body that is kept.
const maxJournal = 1_000_000

// Decode reads what --journal is given. kong alone takes a number below zero for a flag, and
// says that there is none.
func (n *journalSize) Decode(c *kong.DecodeContext) error {
	given := c.Scan.Pop()
	written := fmt.Sprint(given.Value)
	calls, err := strconv.ParseInt(written, 0, 64)
	if given.IsEOL() || err != nil && strings.HasPrefix(written, "--") {
		_, err := c.Scan.PushToken(given).PopValue("int")
		return err
	}
	if err != nil || calls < 0 || calls > maxJournal {
		return fmt.Errorf("%q is no number of calls from 0 to %d", written, maxJournal)
	}
	*n = journalSize(calls)
	return nil
}
