package server

import (
	"maps"
	"slices"

	"flowgate/entra"
	"flowgate/inspector"
)

// issueToken is the token command as an API. The token's times are the gate's.
func (s *Server) issueToken(r inspector.TokenRequest) (inspector.TokenAnswer, error) {
	request := entra.Request{Tenant: r.Tenant, Application: r.Application, User: r.User,
		Resource: r.Resource, Scope: r.Scope, Now: s.options.Now()}
	for _, name := range slices.Sorted(maps.Keys(r.Claims)) {
		value := r.Claims[name]
		request.Claims = append(request.Claims, entra.Override{Name: name, Value: value, Remove: value == nil})
	}
	if r.Bad == "" {
		token, err := s.entra.Issue(request) // with the key of now, which may be a new one
		answer := inspector.TokenAnswer{AccessToken: token, TokenType: "Bearer", ExpiresIn: 3599}
		if _, own := r.Claims["exp"]; own {
			answer.ExpiresIn = 0 // left out: whoever asks for an exp knows it
		}
		return answer, err
	}
	bad, err := entra.FindBadToken(r.Bad)
	if err != nil {
		return inspector.TokenAnswer{}, err
	}
	refusal, err := FindRefusal(bad.Refusal)
	if err != nil {
		return inspector.TokenAnswer{}, err
	}
	token, err := s.entra.IssueBad(bad, request)
	return inspector.TokenAnswer{AccessToken: token, TokenType: "Bearer", Bad: &inspector.BadToken{
		Name: bad.Name, Defect: bad.Defect, Workflow: bad.Workflow,
		Refusal: refusal.Number, Status: refusal.Status, Code: refusal.Code, Reason: bad.Reason,
	}}, err
}
