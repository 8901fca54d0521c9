package entra

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test's own binary be the browser that azidentity starts: it looks
// for one called xdg-open.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "xdg-open" {
		os.Exit(m.Run())
	}
	if err := browse(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// signIn opens the sign-in page as somebody does who is signed in already, and
// returns the request that leads back to the application.
func signIn(ctx context.Context, page string) (*http.Request, error) {
	at, err := url.Parse(page)
	if err != nil {
		return nil, err
	}
	query := at.Query()
	query.Set("login_hint", user)
	query.Set("prompt", "none")
	at.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if back, err := response.Location(); err == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, back.String(), nil)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	action, fields := form(text)
	if action == "" {
		return nil, fmt.Errorf("the sign-in page answers %s: %s", response.Status, text)
	}
	back, err := http.NewRequestWithContext(ctx, http.MethodPost, action, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	back.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return back, nil
}

// form reads the form of a page that sends itself (response_mode=form_post), for
// want of a browser that would run its script.
func form(page []byte) (action string, fields url.Values) {
	fields = url.Values{}
	dec := xml.NewDecoder(bytes.NewReader(page))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := dec.Token()
		if err != nil {
			return action, fields
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		attribute := map[string]string{}
		for _, a := range element.Attr {
			attribute[a.Name.Local] = a.Value
		}
		switch {
		case element.Name.Local == "form":
			action = attribute["action"]
		case element.Name.Local == "input" && attribute["name"] != "":
			fields.Set(attribute["name"], attribute["value"])
		}
	}
}

// browse signs in and follows where it leads.
func browse(ctx context.Context, page string) error {
	back, err := signIn(ctx, page)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(back)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// installBrowser puts this binary first on the path as the desktop's browser.
func installBrowser(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "xdg-open")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// approve types the code into the page that a device names.
func approve(ctx context.Context, page, code string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"?"+url.Values{"user_code": {code}, "login_hint": {user}}.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
