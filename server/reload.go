package server

import (
	"context"
	"time"

	"flowgate/jwks"
	"flowgate/workspace"
)

// Reload puts ws in the place of the workspace that is served, whole: a call sees
// the old one or the new one. On an error the old one stays.
func (s *Server) Reload(ctx context.Context, ws *workspace.Workspace) error {
	old := s.edition.Load()
	if old != nil && sameTrust(old.Workspace, ws) {
		next, err := newEdition(ws, old.verifier) // the keys fetched so far stay good
		if err == nil {
			next.believed = old.believed
			s.serve(next)
		}
		return err
	}
	verifier, err := jwks.Open(ctx, jwks.Options{Sources: ws.Trust, ClockSkew: ws.ClockSkew, Client: s.options.Client, Logger: s.options.Logger})
	if err != nil {
		return err
	}
	next, err := newEdition(ws, verifier)
	if err != nil {
		verifier.Close()
		return err
	}
	next.believed = &believed{}
	if old != nil {
		// The old keys serve until the new ones are there, or are known not to come.
		waited, cancel := context.WithTimeout(ctx, keyTime)
		_ = verifier.Refresh(waited) // readiness tells of a failure
		cancel()
	}
	s.serve(next)
	if old != nil {
		old.verifier.Close()
	}
	return nil
}

// keyTime is how long a reload waits for the keys of sources that were not trusted
// before.
const keyTime = 5 * time.Second

// sameTrust reports whether two workspaces believe the same keys.
func sameTrust(a, b *workspace.Workspace) bool {
	if a.ClockSkew != b.ClockSkew || len(a.Trust) != len(b.Trust) {
		return false
	}
	for i, x := range a.Trust {
		if y := b.Trust[i]; x.Name != y.Name || x.URL != y.URL || string(x.Static) != string(y.Static) {
			return false
		}
	}
	return true
}
