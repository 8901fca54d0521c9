package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// maxAnswer bounds what is read of an answer: 1 MiB.
const maxAnswer = 1 << 20

// Orders is the workflow that takes orders.
type Orders struct {
	URL       string
	TokenFile string // empty: call without credentials
}

// Refused is the service's answer that turns a call away.
type Refused struct {
	Status  int
	Code    string
	Message string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("order refused: %d %s: %s", r.Status, r.Code, r.Message)
}

// Place sends an order and returns the workflow's answer. A call that the service
// turns away gives a *Refused.
func (o Orders) Place(ctx context.Context, order []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.URL, bytes.NewReader(order))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if o.TokenFile != "" {
		// Read for every call: a token is good for an hour, and whoever wrote it writes the next one.
		token, err := os.ReadFile(o.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("reading the token: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, refused(resp.StatusCode, body)
	}
	return body, nil
}

// refused reads {"error":{"code":…,"message":…}}. Anything else, such as a proxy's
// page, is the message as it came.
func refused(status int, body []byte) *Refused {
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code == "" {
		return &Refused{Status: status, Message: string(body)}
	}
	return &Refused{Status: status, Code: answer.Error.Code, Message: answer.Error.Message}
}
