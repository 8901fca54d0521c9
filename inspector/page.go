package inspector

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
)

// pages are for people. Each is rendered here and complete as it is: scripts only
// keep the list of calls up to date, and copy texts.
type pages struct {
	inspector
	routes chi.Routes // all there are below /_emulator
}

func (i inspector) pages(r chi.Router) { pages{i, r}.add(r) }

func (i pages) add(r chi.Router) {
	r.Get("/", i.callsPage)
	r.Get("/calls/{id}", i.callPage)
	r.Get("/workflows", i.workflowsPage)
	r.Get("/workflows/{name}", i.workflowPage)
	r.Post("/workflows/{name}/state", i.setStatePage)
	r.Get("/explain", i.explainPage)
	r.Post("/explain", i.explainedPage)
	r.Get("/tokens", i.tokensPage)
	r.Post("/tokens", i.mintedPage)
	r.Get("/refusals", i.refusalsPage)
	r.Get("/page/{asset}", asset)
}

//go:embed page
var pageFiles embed.FS

// templates are parsed when the first page is asked for: commands that show none
// do not wait for them.
var templates = sync.OnceValue(func() map[string]*template.Template {
	base := template.Must(template.New("").Funcs(template.FuncMap{
		"seen": seen, "breakable": breakable, "seenLines": seenLines, "plainly": Plainly, "words": inWords, "escape": url.PathEscape,
		"asset": assetAddress, "clock": func(t time.Time) string { return t.UTC().Format("15:04:05.000") },
		"stamp": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"fields": func(pairs ...any) map[string]any {
			m := map[string]any{}
			for k := 0; k+1 < len(pairs); k += 2 {
				m[pairs[k].(string)] = pairs[k+1]
			}
			return m
		},
	}).ParseFS(pageFiles, "page/layout.html", "page/parts.html"))
	all := map[string]*template.Template{}
	for _, name := range []string{"calls", "call", "workflows", "workflow", "explain", "tokens", "refusals", "problem"} {
		all[name] = template.Must(template.Must(base.Clone()).ParseFS(pageFiles, "page/"+name+".html"))
	}
	return all
})

// sheet is a page: what is on it, and the frame around it.
type sheet struct {
	Title   string // of the window, and of the page for those who do not see it
	Section string // the part of the navigation that it belongs to
	Status  pageStatus
	Main    any
}

// pageStatus is what the foot of every page tells of the emulator.
type pageStatus struct {
	Ready bool
	Kept  int
	Now   time.Time
	Moved string // how the gate's clock differs from the real one; empty: not at all
	Links []member
}

// contentPolicy lets a page load our own files and nothing else: what a caller sent
// could not run even if it were not escaped.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// show writes a page.
func (i pages) show(w http.ResponseWriter, status int, name, title, section string, main any) {
	var b bytes.Buffer
	err := templates()[name].ExecuteTemplate(&b, "layout", sheet{title, section, i.status(), main})
	if err != nil {
		panic(err) // the templates are ours and take what they are given
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	// Not no-referrer: with it, browsers send the forms of our own pages with the
	// origin null, which nobody can tell from a stranger's.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader that has gone is nobody to tell
}

func (i pages) status() pageStatus {
	s := pageStatus{Kept: i.Journal.Len()}
	s.Ready, _ = i.Ready()
	i.clockStatus(&s)
	for _, one := range []member{{Name: "API", Value: "/api/openapi.json"}, {Name: "Metrics", Value: "/metrics"}, {Name: "CA certificate", Value: "/ca.pem"}} {
		if one.Name == "CA certificate" && i.CA == nil || !i.routes.Match(chi.NewRouteContext(), http.MethodGet, one.Value) {
			continue // nobody listens there
		}
		s.Links = append(s.Links, member{Name: one.Name, Value: "/_emulator" + one.Value})
	}
	return s
}

// problemPage tells on a page what an API would tell as a problem.
func (i pages) problemPage(w http.ResponseWriter, status int, detail string) {
	i.show(w, status, "problem", http.StatusText(status), "", map[string]string{"Detail": detail})
}

// parameter returns a part of the path, which chi hands out as it was sent.
func parameter(r *http.Request, name string) string {
	text, err := url.PathUnescape(chi.URLParam(r, name))
	if err != nil {
		return chi.URLParam(r, name)
	}
	return text
}

// maxForm bounds what a page sends back: a token of the greatest size, pasted with
// what stands around it.
const maxForm = 256 << 10

// form reads what a page sent. It knows its own fields alone.
func form(w http.ResponseWriter, r *http.Request, names ...string) (url.Values, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, errors.New("the form ended early, or has more than 256 KiB")
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, errors.New("a form is sent as application/x-www-form-urlencoded; programs use /_emulator/api")
	}
	return readQuery(string(body), names...)
}
