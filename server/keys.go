package server

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"flowgate/entra"
	"flowgate/jwks"
)

// ownKeys is the trust source of the emulator's own keys, the only one that changes
// without anything being fetched.
const ownKeys = "emulator"

// believed is which of the emulator's own keys a verifier has.
type believed struct {
	version atomic.Int64 // of entra.Keys; 0 is the public key alone, as a workspace has it
	mu      sync.Mutex
}

// Keys returns the keys that the directory signs with. The gate believes a new one
// from the next call on, and an old one until its time of grace is over.
func (s *Server) Keys() *entra.Keys { return s.entra.Keys() }

// judge returns the edition that judges a call of that time, its own keys in step
// with the directory's.
func (s *Server) judge(now time.Time) *edition {
	e := s.edition.Load()
	if int64(s.Keys().Version(now)) != e.believed.version.Load() {
		s.believe(e)
	}
	return e
}

// believe gives the edition the keys of now, unless another call has just done so: all
// that came since they changed are here, and to read a key set takes longer than to judge
// a call. Now is not when a call came, or one that has waited would bring back keys whose
// time is over, and the next would take them away again.
func (s *Server) believe(e *edition) {
	e.believed.mu.Lock()
	defer e.believed.mu.Unlock()
	now := s.options.Now()
	if int64(s.Keys().Version(now)) == e.believed.version.Load() {
		return
	}
	document, version := s.Keys().Trusted(now)
	if e.trustsOwnKeys() {
		if err := e.verifier.Replace(ownKeys, document); err != nil {
			s.options.Logger.Error("the directory's new keys are not believed; please report it", slog.Any("error", err))
			return
		}
	}
	e.believed.version.Store(int64(version))
}

func (e *edition) trustsOwnKeys() bool {
	return slices.ContainsFunc(e.Trust, func(t jwks.Source) bool { return t.Name == ownKeys })
}
