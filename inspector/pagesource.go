package inspector

import "slices"

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

// refusal is the row of the catalogue with that number, without its command.
func (i pages) refusal(number int) (Refusal, bool) {
	if number == 0 {
		return Refusal{}, false
	}
	all := i.Refusals(nil)
	at := slices.IndexFunc(all, func(one Refusal) bool { return one.Number == number })
	if at < 0 {
		return Refusal{}, false
	}
	return all[at], true
}
