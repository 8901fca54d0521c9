package inspector

import (
	"net/http"
	"slices"
)

// clockStatus tells on every page that the gate's clock is not the machine's: what
// has expired today may be good there.
func (i pages) clockStatus(s *pageStatus) {
	c := i.Clock()
	s.Now = c.Now
	switch {
	case c.Frozen:
		s.Moved = "and it stands still"
	case c.Offset > 0:
		s.Moved = roughly(c.Offset) + " ahead of this machine"
	case c.Offset < 0:
		s.Moved = roughly(-c.Offset) + " behind this machine"
	}
}

// catalogue is the refusals as this workspace words them.
func (i pages) catalogue(r *http.Request) []Refusal { return i.Refusals(r) }

// refusal is the row of the catalogue with that number.
func (i pages) refusal(r *http.Request, number int) (Refusal, bool) {
	if number == 0 {
		return Refusal{}, false
	}
	all := i.catalogue(r)
	at := slices.IndexFunc(all, func(one Refusal) bool { return one.Number == number })
	if at < 0 {
		return Refusal{}, false
	}
	return all[at], true
}
