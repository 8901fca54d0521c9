package inspector

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Clock is the time of the gate and of the issuer.
type Clock struct {
	Now    time.Time
	Offset time.Duration // from the machine's time
	Frozen bool          // it stands at Now
}

type clockAnswer struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"offset"` // as Go writes durations: 1h0m0s
	Frozen bool      `json:"frozen"`
}

const maxClockRequest = 4 << 10

func (i inspector) clock(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	c := i.Clock()
	write(w, http.StatusOK, clockAnswer{c.Now, c.Offset.String(), c.Frozen})
}

// setClock moves the clock: {"offset":"1h"}, {"now":"2026-11-23T12:00:00Z"} to stop it
// there, or {} for the machine's time.
func (i inspector) setClock(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	body, ok := readBody(w, r, maxClockRequest)
	if !ok {
		return
	}
	offset, frozen, err := readClock(body)
	if err == nil {
		err = i.SetClock(offset, frozen)
	}
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	i.clock(w, r)
}

var clockExamples = map[string]string{"offset": "1h", "now": "2026-11-23T21:00:00Z"}

// readClock returns what is asked for; a member that is absent or null is nil.
func readClock(body []byte) (offset *time.Duration, frozen *time.Time, err error) {
	given, err := readBodyObject(body, `{"offset":"1h"}`)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name != "now" && name != "offset" {
			return nil, nil, fmt.Errorf("member %s is unknown; use offset or now", quoted(name))
		}
		if string(given[name]) == "null" {
			continue
		}
		written, err := readText(name, given[name], clockExamples[name])
		if err != nil {
			return nil, nil, err
		}
		if name == "offset" {
			d, err := time.ParseDuration(written)
			if err != nil {
				return nil, nil, fmt.Errorf(`offset %s is no time span; write one such as "1h" or "-90m"`, quoted(written))
			}
			offset = &d
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, written)
		if err != nil {
			return nil, nil, fmt.Errorf("now %s is no time; write 2026-11-23T21:00:00Z", quoted(written))
		}
		frozen = &at
	}
	if offset != nil && frozen != nil {
		return nil, nil, fmt.Errorf("offset moves the clock and now stops it; give one of the two")
	}
	return offset, frozen, nil
}
