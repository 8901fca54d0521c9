package server

// reset makes everything that the API changed as it was at the start: the states of
// workflows, the clock, the directory's keys and what it gave out, and the journal. The
// journal comes last, so that nobody who hears of it finds the others unchanged.
func (s *Server) reset() {
	s.states.mu.Lock()
	s.states.given = nil
	s.edition.Store(s.edition.Load().in(nil))
	s.states.mu.Unlock()
	_ = s.clock.set(nil, nil) // the machine's time is always good
	s.entra.Reset()
	s.journal.Clear()
}
