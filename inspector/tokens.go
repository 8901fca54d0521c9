package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// maxTokenRequest bounds the body of POST api/tokens: 64 KiB.
const maxTokenRequest = 64 << 10

// TokenRequest asks for a token. Empty members choose as the token command does.
type TokenRequest struct {
	Tenant, Application, User, Resource, Scope string
	Claims                                     map[string]any // by name, nil to leave a claim out; numbers are json.Number
	Bad                                        string         // name of the defect to give it
}

// TokenAnswer is an issued token. Bad tells what is wrong with it, if anything was asked to be.
type TokenAnswer struct {
	AccessToken string    `json:"access_token"`
	TokenType   string    `json:"token_type"`
	ExpiresIn   int       `json:"expires_in,omitempty"`
	Bad         *BadToken `json:"bad,omitempty"`
}

// BadToken is a deliberate defect, the workflow of the embedded workspace that shows it, and the
// answer that it earns there.
type BadToken struct {
	Name     string `json:"name"`
	Defect   string `json:"defect"`
	Workflow string `json:"workflow"`
	Refusal  int    `json:"refusal"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Reason   string `json:"reason"`
}

func (i inspector) tokens(w http.ResponseWriter, r *http.Request) {
	request, ok := question(w, r, maxTokenRequest, readTokenRequest)
	if !ok {
		return
	}
	answer, err := i.Issue(request)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	write(w, http.StatusOK, answer)
}

// tokenExamples are texts that the embedded workspace knows.
var tokenExamples = map[string]string{"tenant": "contoso.example", "application": "caller", "user": "ana@contoso.example",
	"resource": "https://management.azure.com/", "scope": "https://service.flow.microsoft.com//.default", "bad": "expired"}

func readTokenRequest(body []byte) (TokenRequest, error) {
	var r TokenRequest
	texts := map[string]*string{"tenant": &r.Tenant, "application": &r.Application, "user": &r.User,
		"resource": &r.Resource, "scope": &r.Scope, "bad": &r.Bad, "claims": nil}
	given, err := readBodyObject(body, `{"resource":"https://management.azure.com/"}`)
	if err != nil {
		return r, err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value := given[name]
		switch text := texts[name]; {
		case name == "claims":
			if r.Claims, err = readClaims(value); err != nil {
				return r, fmt.Errorf(`claims %w; send one JSON object such as {"roles":["Payroll.Run"]}`, err)
			}
		case text == nil:
			return r, fmt.Errorf("member %s is unknown; use %s", quoted(name), strings.Join(slices.Sorted(maps.Keys(texts)), ", "))
		default:
			if *text, err = readText(name, value, tokenExamples[name]); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

func readClaims(text []byte) (map[string]any, error) {
	given, err := readObject(text)
	claims := make(map[string]any, len(given))
	for name, value := range given {
		dec := json.NewDecoder(bytes.NewReader(value))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			return nil, fmt.Errorf("member %s %w", quoted(name), notJSON(value))
		}
		claims[name] = v
	}
	return claims, err
}
