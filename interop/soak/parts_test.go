package soak

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// part is a kind of caller.
type part struct {
	times int           // at once
	every time.Duration // 0: as fast as it can
	do    func(*load, context.Context) error
}

// repeat does a part again and again until ctx is done.
func (l *load) repeat(ctx context.Context, name string, p part) {
	pace := max(p.every, time.Millisecond)
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		if err := p.do(l, ctx); err != nil && ctx.Err() == nil {
			text := name + ": " + err.Error()
			l.failure.CompareAndSwap(nil, &text)
			l.cancel()
			return
		} else if ctx.Err() == nil {
			l.count(name)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const badToken = `{"error":{"code":"DirectApiInvalidAuthorizationScheme"`

var parts = map[string]part{
	"good tokens":             {4, 0, func(l *load, ctx context.Context) error { return l.admitted(ctx, l.plain) }},
	"good tokens over HTTP/2": {2, 0, func(l *load, ctx context.Context) error { return l.admitted(ctx, l.secure) }},
	"expired tokens": {1, 5 * time.Millisecond, func(l *load, ctx context.Context) error {
		token, err := l.plain.mint(ctx, "caller", fmt.Sprintf(`"exp":%d`, time.Now().Add(-time.Hour).Unix()))
		if err != nil {
			return err
		}
		return l.plain.check(ctx, token, "{}", 401, `{"error":{"code":"ExpiredAuthenticationToken"`)
	}},
	"strangers": {1, 5 * time.Millisecond, func(l *load, ctx context.Context) error {
		token, err := l.plain.mint(ctx, "stranger", "")
		if err != nil {
			return err
		}
		return l.plain.check(ctx, token, "{}", 403, `{"error":{"code":"MisMatchingOAuthClaims"`)
	}},
	"changed tokens": {1, 5 * time.Millisecond, func(l *load, ctx context.Context) error {
		token, err := l.plain.mint(ctx, "caller", "")
		if err != nil {
			return err
		}
		at := strings.LastIndexByte(token, '.') + 1 + rand.IntN(300)
		other := byte('A')
		if token[at] == other {
			other = 'B'
		}
		return l.plain.check(ctx, token[:at]+string(other)+token[at+1:], "{}", 401, badToken)
	}},
	"unknown keys": {2, 2 * time.Millisecond, func(l *load, ctx context.Context) error {
		header := fmt.Sprintf(`{"alg":"RS256","kid":"k%d"}`, rand.Int64())
		enc := base64.RawURLEncoding.EncodeToString
		return l.plain.check(ctx, enc([]byte(header))+"."+enc([]byte(`{"exp":9999999999}`))+"."+enc(make([]byte, 256)), "{}", 401, badToken)
	}},
	"no tokens at all": {1, 2 * time.Millisecond, func(l *load, ctx context.Context) error {
		sent := make([]byte, rand.IntN(2000))
		for i := range sent {
			sent[i] = byte(33 + rand.IntN(94))
		}
		return l.plain.check(ctx, string(sent)+"!", "{}", 401, badToken)
	}},
	"no credentials": {1, 2 * time.Millisecond, func(l *load, ctx context.Context) error {
		return l.plain.check(ctx, "", "{}", 401, `{"error":{"code":"DirectApiAuthorizationRequired"`)
	}},
	"unknown paths": {1, 2 * time.Millisecond, func(l *load, ctx context.Context) error {
		status, body, err := l.plain.do(ctx, http.MethodGet, fmt.Sprintf("/none/%d", rand.Int()), "", "", nil)
		if err == nil && (status != 404 || !strings.HasPrefix(body, `{"error":{"code":"NotFound"`)) {
			err = fmt.Errorf("%d %s", status, body)
		}
		return err
	}},
	"directory": {1, 10 * time.Millisecond, func(l *load, ctx context.Context) error {
		secret, want := "local-secret", 200
		if rand.IntN(2) == 0 {
			secret, want = "wrong", 401
		}
		form := "grant_type=client_credentials&client_id=00001111-aaaa-2222-bbbb-3333cccc4444&scope=https://management.azure.com//.default&client_secret=" + secret
		status, body, err := l.secure.do(ctx, http.MethodPost, "/contoso.example/oauth2/v2.0/token", "", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err == nil && status != want {
			err = fmt.Errorf("%d instead of %d: %s", status, want, body)
		}
		return err
	}},
	"large bodies": {1, 50 * time.Millisecond, func(l *load, ctx context.Context) error {
		token, err := l.plain.mint(ctx, "caller", "")
		if err != nil {
			return err
		}
		body := `"` + strings.Repeat("x", 1<<20+rand.IntN(4<<20)) + `"`
		return l.plain.check(ctx, token, body, 200, `{"received":`+body+`}`)
	}},
	"large bodies of refused calls": {1, 50 * time.Millisecond, func(l *load, ctx context.Context) error {
		// The answer may come before all is sent, and the connection go with it.
		err := l.plain.check(ctx, "", strings.Repeat("x", 8<<20), 401, `{"error":{"code":"DirectApiAuthorizationRequired"`)
		var broken *net.OpError
		if errors.As(err, &broken) || err != nil && strings.Contains(err.Error(), "connection broken") {
			return nil
		}
		return err
	}},
	"broken connections": {2, 5 * time.Millisecond, (*load).breakOff},
	"slow bodies":        {2, 0, (*load).slowBody},
	"journal":            {1, 20 * time.Millisecond, (*load).readJournal},
	"streams that die":   {3, 0, (*load).stream},
	"rotations":          {1, 5 * time.Second, (*load).rotate},
	"reloads":            {1, 4 * time.Second, (*load).reload},
}

// admitted calls a few times with one token, the body another each time.
func (l *load) admitted(ctx context.Context, c caller) error {
	token, err := c.mint(ctx, "caller", "")
	for range 20 {
		if err == nil {
			n := rand.Int()
			err = c.check(ctx, token, fmt.Sprintf(`{"order":%d}`, n), 200, fmt.Sprintf(`{"received":{"order":%d}}`, n))
		}
	}
	return err
}

func (l *load) dial(ctx context.Context) (*net.TCPConn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(l.e.http, "http://"))
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn.(*net.TCPConn), nil
}

// breakOff begins something and is gone, with a reset.
func (l *load) breakOff(ctx context.Context) error {
	conn, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetLinger(0)
	all := "POST " + orders + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n" + strings.Repeat("x", 300)
	_, err = io.WriteString(conn, all[:rand.IntN(len(all))])
	return err
}

// slowBody sends an admitted body in two halves.
func (l *load) slowBody(ctx context.Context) error {
	token, err := l.plain.mint(ctx, "caller", "")
	if err != nil {
		return err
	}
	first, rest := io.Pipe()
	go func() {
		_, _ = io.WriteString(rest, `{"order":`)
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.IntN(300)) * time.Millisecond):
		}
		_, _ = io.WriteString(rest, `1}`)
		rest.Close()
	}()
	status, body, err := l.plain.do(ctx, http.MethodPost, orders, token, "application/json", first)
	if err == nil && (status != 200 || body != `{"received":{"order":1}}`) {
		err = fmt.Errorf("%d %s", status, body)
	}
	return err
}

func (l *load) readJournal(ctx context.Context) error {
	paths := []string{"?limit=200", "?outcome=refused&limit=50", "?code=MisMatchingOAuthClaims", "?workflow=orders&limit=1"}
	path := paths[rand.IntN(len(paths))]
	status, body, err := l.plain.do(ctx, http.MethodGet, "/_emulator/api/requests"+path, "", "", nil)
	if err == nil && status != 200 {
		err = fmt.Errorf("%d %s", status, body)
	}
	var list struct {
		Requests []struct{ ID, Outcome string }
	}
	if err == nil {
		err = json.NewDecoder(bytes.NewBufferString(body)).Decode(&list)
	}
	if err == nil && strings.Contains(path, "refused") && slices.ContainsFunc(list.Requests, func(r struct{ ID, Outcome string }) bool { return r.Outcome != "refused" }) {
		err = errors.New("the list of refused calls has others")
	}
	if err == nil && regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]{20}`).MatchString(body) {
		err = errors.New("the journal has a whole token")
	}
	return err
}

// stream listens to the journal and goes away, politely or not, in the middle.
func (l *load) stream(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(50+rand.IntN(500))*time.Millisecond)
	defer cancel()
	if rand.IntN(2) == 0 { // one that never reads what it asked for
		conn, err := l.dial(ctx)
		if err != nil {
			return nil // its time was over
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "GET /_emulator/api/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-ctx.Done()
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.e.http+"/_emulator/api/requests/stream", nil)
	if err != nil {
		return err
	}
	response, err := l.plain.client.Do(request)
	if err != nil {
		return nil // its time was over
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", response.Status)
	}
	events, _ := io.ReadAll(response.Body) // until its time is over
	if len(events) > 0 && !bytes.HasPrefix(events, []byte(": ")) {
		return fmt.Errorf("it begins %.60q", events)
	}
	return nil
}

// rotate has the directory sign with a new key; tokens of the old one are good for
// longer than anybody here keeps one: twenty calls, each of a second where the machine has
// other things to do and the race detector is in.
func (l *load) rotate(ctx context.Context) error {
	status, body, err := l.plain.do(ctx, http.MethodPost, "/_emulator/api/keys/rotate", "", "application/json", strings.NewReader(`{"grace":"30s"}`))
	if err == nil && status != 200 {
		err = fmt.Errorf("%d %s", status, body)
	}
	return err
}

// reload breaks the workspace and mends it, both while it is served.
func (l *load) reload(ctx context.Context) error {
	path := filepath.Join(l.dir, "emulator.yaml")
	good, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before := strings.Count(l.e.log.String(), "the last good one stays")
	l.write("workflows: [{ file: gone.json }]\n")
	defer func() { l.write(string(good) + "\n") }() // another file than before
	for strings.Count(l.e.log.String(), "the last good one stays") == before {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}
