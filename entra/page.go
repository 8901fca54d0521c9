package entra

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"sync"
)

//go:embed page.html
var pageHTML string

// pages are all that a browser is shown. html/template escapes what they are given.
var pages = sync.OnceValue(func() *template.Template { return template.Must(template.New("").Parse(pageHTML)) })

// choice is a page with users to choose from, or with a text alone.
type choice struct {
	Title, Text string
	Users       []link
	Nonce       string
}

type link struct{ Name, Address string }

func (c choice) reply() reply {
	c.Nonce = opaque(22)
	return page("choice", c, "default-src 'none'; style-src 'nonce-"+c.Nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

// formPost is a page that sends its form at once: response_mode=form_post.
func formPost(address string, fields pairs) reply {
	nonce := opaque(22)
	origin := "'none'"
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		origin = u.Scheme + "://" + u.Host
	}
	// The address is one that the workspace registers, of whatever scheme.
	return page("form", map[string]any{"Address": template.URL(address), "Fields": fields, "Nonce": nonce},
		"default-src 'none'; script-src 'nonce-"+nonce+"'; base-uri 'none'; form-action "+origin+"; frame-ancestors 'none'")
}

func page(name string, data any, policy string) reply {
	var b bytes.Buffer
	if err := pages().ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // the templates are ours and take what they are given
	}
	return reply{status: http.StatusOK, kind: "text/html; charset=utf-8", body: b.Bytes(), header: http.Header{
		"Content-Security-Policy": {policy},
		"Referrer-Policy":         {"no-referrer"},
		"X-Frame-Options":         {"DENY"},
	}}
}
