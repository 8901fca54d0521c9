package inspector

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// mintedToken is the page on which a token is made.
type mintedToken struct {
	Directory
	Asked   TokenRequest
	Claims  string // as they were typed
	Problem string
	Token   string
	Says    *shownToken
	Bad     *BadToken
}

func (i pages) tokensPage(w http.ResponseWriter, r *http.Request) {
	if _, err := readQuery(r.URL.RawQuery); err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	i.show(w, http.StatusOK, "tokens", "Make a token", "tokens", mintedToken{Directory: i.Directory()})
}

func (i pages) mintedPage(w http.ResponseWriter, r *http.Request) {
	fields, err := form(w, r, "tenant", "application", "user", "resource", "scope", "claims", "bad")
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	p := mintedToken{Directory: i.Directory(), Claims: fields.Get("claims")}
	p.Asked = TokenRequest{Tenant: fields.Get("tenant"), Application: fields.Get("application"), User: fields.Get("user"),
		Resource: strings.TrimSpace(fields.Get("resource")), Scope: strings.TrimSpace(fields.Get("scope")), Bad: fields.Get("bad")}
	status := http.StatusOK
	if err := i.mint(&p); err != nil {
		p.Problem, status = err.Error(), http.StatusBadRequest
	}
	i.show(w, status, "tokens", "Make a token", "tokens", p)
}

func (i pages) mint(p *mintedToken) error {
	claims, err := typedClaims(p.Claims)
	if err != nil {
		return err
	}
	p.Asked.Claims = claims
	answer, err := i.Issue(p.Asked)
	if err != nil {
		return err
	}
	p.Token, p.Bad = answer.AccessToken, answer.Bad
	header, claims := tokenParts(answer.AccessToken)
	if p.Says = showToken(true, header, claims, i.Clock().Now); p.Says != nil {
		p.Says.Judged = false // it was made, not received
	}
	return nil
}

// typedClaims reads claims as a person types them, one a line: name=text, and
// name:=json for what is no text, as the token command has them.
func typedClaims(text string) (map[string]any, error) {
	claims := map[string]any{}
	for k, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || name == "" || name == ":" {
			return nil, fmt.Errorf("claims, line %d: %q is neither name=text nor name:=json", k+1, line)
		}
		if _, twice := claims[strings.TrimSuffix(name, ":")]; twice {
			return nil, fmt.Errorf("claims, line %d: %q stands twice", k+1, strings.TrimSuffix(name, ":"))
		}
		bare, isJSON := strings.CutSuffix(name, ":")
		if !isJSON {
			claims[name] = value
			continue
		}
		dec := json.NewDecoder(strings.NewReader(value))
		dec.UseNumber()
		var v any
		err := dec.Decode(&v)
		if _, end := dec.Token(); err != nil || end != io.EOF { // More would take ] and } for the end
			return nil, fmt.Errorf("claims, line %d: %q is no JSON value; write %s=%s for text", k+1, value, bare, value)
		}
		claims[bare] = v
	}
	return claims, nil
}

// tokenParts reads header and claims of a token that we made; nil where a defect
// that was asked for leaves nothing to read.
func tokenParts(token string) (header, claims map[string]any) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil
	}
	read := func(part string) map[string]any {
		text, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return nil
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		var m map[string]any
		if dec.Decode(&m) != nil {
			return nil
		}
		return m
	}
	return read(parts[0]), read(parts[1])
}
