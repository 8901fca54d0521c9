package server

import (
	"context"

	"flowgate/inspector"
	"flowgate/workspace"
)

// Explainer explains tokens as a Server of the same options does. It has nothing else of
// one: no addresses, no journal and no metrics, which take longer to make than an
// explanation. Use NewExplainer.
type Explainer struct{ server *Server }

// NewExplainer returns an explainer of the workspace. Like New, it does not wait for the
// network.
func NewExplainer(ctx context.Context, o Options) (*Explainer, error) {
	s := judging(o)
	if err := s.Reload(ctx, o.Workspace); err != nil {
		return nil, err
	}
	return &Explainer{s}, nil
}

// Explain is that of Server.
func (e *Explainer) Explain(r inspector.ExplainRequest) (inspector.Explained, error) {
	return e.server.Explain(r)
}

// Chooses returns the error that Explain would have about the workflow and the trigger,
// so that nobody need look for a token first.
func (e *Explainer) Chooses(r inspector.ExplainRequest) error {
	_, _, err := choose(e.Workspace(), r)
	return err
}

// Refresh is that of Server.
func (e *Explainer) Refresh(ctx context.Context) error { return e.server.Refresh(ctx) }

// Workspace returns the workspace.
func (e *Explainer) Workspace() *workspace.Workspace { return e.server.Workspace() }

// Close stops fetching key sets.
func (e *Explainer) Close() { e.server.edition.Load().verifier.Close() }
