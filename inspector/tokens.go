package inspector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
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
	if !known(w, r) {
		return
	}
	body, ok := readBody(w, r, maxTokenRequest)
	if !ok {
		return
	}
	request, err := readTokenRequest(body)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	answer, err := i.Issue(request)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	write(w, http.StatusOK, answer)
}

func readTokenRequest(body []byte) (TokenRequest, error) {
	var r TokenRequest
	texts := map[string]*string{"tenant": &r.Tenant, "application": &r.Application, "user": &r.User,
		"resource": &r.Resource, "scope": &r.Scope, "bad": &r.Bad, "claims": nil}
	given, err := readObject(body)
	if err != nil {
		return r, fmt.Errorf("the body %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value := given[name]
		switch text := texts[name]; {
		case name == "claims":
			if r.Claims, err = readClaims(value); err != nil {
				return r, fmt.Errorf("claims %w", err)
			}
		case text == nil:
			return r, fmt.Errorf("member %s is unknown; use %s", strconv.Quote(name), strings.Join(slices.Sorted(maps.Keys(texts)), ", "))
		case value[0] != '"' || json.Unmarshal(value, text) != nil:
			return r, fmt.Errorf("member %s is no text", strconv.Quote(name))
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
			return nil, errNotJSON
		}
		claims[name] = v
	}
	return claims, err
}

var errNotJSON = errors.New("is not JSON")

// readObject returns the members of one JSON object. encoding/json alone would let a
// name stand twice, in any letter case, and text follow the object.
func readObject(text []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("is no JSON object")
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, errNotJSON
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errNotJSON
		}
		key := name.(string) // the decoder takes nothing else for a name
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("has %q twice", key)
		}
		members[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("goes on after the object")
	}
	return members, nil
}
