package server

import (
	"fmt"
	"sync/atomic"
	"time"

	"flowgate/inspector"
)

// clock is the time of the gate and of the issuer, which a tester may move. Fetched
// keys age by the machine's own.
type clock struct {
	machine func() time.Time
	setting atomic.Pointer[clockSetting] // nil: the machine's time
}

type clockSetting struct {
	offset time.Duration
	frozen time.Time // zero: it goes on
}

// now is the gate's time.
func (c *clock) now() time.Time {
	switch s := c.setting.Load(); {
	case s == nil:
		return c.machine()
	case s.frozen.IsZero():
		return c.machine().Add(s.offset)
	default:
		return s.frozen
	}
}

// maxOffset is how far the clock may be from the machine's: ten years. Beyond that,
// keys and certificates would have to be other ones.
const maxOffset = 10 * 365 * 24 * time.Hour

func (c *clock) read() inspector.Clock {
	machine, s := c.machine(), c.setting.Load()
	switch {
	case s == nil:
		return inspector.Clock{Now: machine.UTC()}
	case s.frozen.IsZero():
		return inspector.Clock{Now: machine.Add(s.offset).UTC(), Offset: s.offset}
	}
	return inspector.Clock{Now: s.frozen.UTC(), Offset: s.frozen.Sub(machine), Frozen: true}
}

// set moves the clock by an offset, or stops it at a time; neither is the machine's time.
func (c *clock) set(offset *time.Duration, frozen *time.Time) error {
	machine := c.machine()
	switch {
	case frozen != nil:
		if d := frozen.Sub(machine); d < -maxOffset || d > maxOffset {
			return fmt.Errorf("now %s is more than ten years from the machine's time, %s", frozen.Format(time.RFC3339), machine.UTC().Format(time.RFC3339))
		}
		c.setting.Store(&clockSetting{frozen: *frozen})
	case offset != nil:
		if *offset < -maxOffset || *offset > maxOffset {
			return fmt.Errorf("offset %s is more than ten years, which are %s", *offset, maxOffset)
		}
		c.setting.Store(&clockSetting{offset: *offset})
	default:
		c.setting.Store(nil)
	}
	return nil
}
