package inspector

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"flowgate/journal"
)

// history is a workflow's calls over time and by reason, as the journal keeps them.
type history struct {
	Slots             []slot
	Reasons           []reasonCount
	Admitted, Refused int
	From, To          time.Time
	Each              string // how long one slot is, in words
	Most              int    // calls in the fullest slot
}

// slot is a stretch of time. Places are those of its bar, in per cent of the width
// and in pixels of the height.
type slot struct {
	From                    time.Time
	Admitted, Refused       int
	X, Width                string
	AdmittedY, AdmittedHigh string
	RefusedY, RefusedHigh   string
}

type reasonCount struct {
	Reason string
	Calls  int
	Width  string // of its bar
}

const (
	maxSlots   = 48
	minSlots   = 12  // a few slots alone would be as wide as walls
	plotHeight = 140 // pixels
)

// slotLengths are the lengths of a slot that a person can think in.
var slotLengths = []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour}

// historyOf counts entries, which are newest first; nil when there is none. Their
// times need not be in order: the gate's clock can be moved.
func historyOf(entries []*journal.Entry) *history {
	if len(entries) == 0 {
		return nil
	}
	byTime := func(a, b *journal.Entry) int { return a.Time.Compare(b.Time) }
	first, last := slices.MinFunc(entries, byTime).Time, slices.MaxFunc(entries, byTime).Time
	each := slotLengths[len(slotLengths)-1]
	for _, length := range slotLengths {
		if last.Sub(first.Truncate(length)) < maxSlots*length {
			each = length
			break
		}
	}
	h := &history{From: first.Truncate(each), Each: lengthInWords(each)}
	h.Slots = make([]slot, min(int(last.Sub(h.From)/each)+1, maxSlots))
	if missing := minSlots - len(h.Slots); missing > 0 { // the newest stand on the right
		h.From = h.From.Add(-time.Duration(missing) * each)
		h.Slots = make([]slot, minSlots)
	}
	h.To = h.From.Add(time.Duration(len(h.Slots)) * each)
	reasons := map[string]int{}
	for _, e := range entries {
		s := &h.Slots[min(max(int(e.Time.Sub(h.From)/each), 0), len(h.Slots)-1)]
		if e.Outcome == journal.Admitted {
			s.Admitted++
			h.Admitted++
			continue
		}
		s.Refused++
		h.Refused++
		reasons[e.Reason]++
	}
	h.place(each)
	h.count(reasons)
	return h
}

func (h *history) place(each time.Duration) {
	for _, s := range h.Slots {
		h.Most = max(h.Most, s.Admitted+s.Refused)
	}
	wide := 100 / float64(len(h.Slots))
	pixels := func(calls float64) float64 { return calls * plotHeight / float64(h.Most) }
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
	for k := range h.Slots {
		s := &h.Slots[k]
		s.From = h.From.Add(time.Duration(k) * each)
		s.X, s.Width = percent(wide*(float64(k)+0.08)), percent(wide*0.84)
		admitted, refused := pixels(float64(s.Admitted)), pixels(float64(s.Refused))
		s.AdmittedY, s.AdmittedHigh = number(plotHeight-admitted), number(admitted)
		s.RefusedY, s.RefusedHigh = number(plotHeight-admitted-refused), number(refused)
	}
}

func (h *history) count(reasons map[string]int) {
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		h.Reasons = append(h.Reasons, reasonCount{Reason: reason, Calls: reasons[reason]})
	}
	slices.SortStableFunc(h.Reasons, func(a, b reasonCount) int { return cmp.Compare(b.Calls, a.Calls) })
	for k := range h.Reasons {
		h.Reasons[k].Width = percent(100 * float64(h.Reasons[k].Calls) / float64(h.Reasons[0].Calls))
	}
}

func lengthInWords(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return strconv.Itoa(int(d/(24*time.Hour))) + " days"
	case d == 24*time.Hour:
		return "day"
	case d == time.Hour:
		return "hour"
	case d > time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	case d == time.Minute:
		return "minute"
	case d > time.Minute:
		return strconv.Itoa(int(d/time.Minute)) + " minutes"
	case d == time.Second:
		return "second"
	}
	return strconv.Itoa(int(d/time.Second)) + " seconds"
}

// Busy are the slots in which there was a call: the table beside the plot lists no
// others.
func (h *history) Busy() []slot {
	return slices.DeleteFunc(slices.Clone(h.Slots), func(s slot) bool { return s.Admitted+s.Refused == 0 })
}
