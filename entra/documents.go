package entra

import (
	"net/http"
	"sync"
)

// maxDocuments bounds the documents kept: 1,024, of a few kB each. Each origin and
// tenant has its own, and whoever calls chooses the origin.
const maxDocuments = 1 << 10

// maxOrigin bounds an origin that documents are kept for: scheme, DNS name, port.
const maxOrigin = 280

// documents keeps public documents as the bytes that they are served as.
type documents struct {
	mu   sync.RWMutex
	of   *Directory // what they describe; another one after a reload
	kept map[documentKey]reply
}

type documentKey struct {
	kind    string
	segment string // which authority or cloud it is for
	version int    // of what it is made from
	origin  string // set by document
}

// document returns a document that any number of callers share, made once.
func (e *exchange) document(key documentKey, make func() any) reply {
	key.origin = e.origin
	d := &e.documents
	d.mu.RLock()
	r, ok := d.kept[key]
	ok = ok && d.of == e.directory
	d.mu.RUnlock()
	if ok {
		return r
	}
	r = public(asJSON(http.StatusOK, make()))
	if len(e.origin) <= maxOrigin {
		d.keep(e.directory, key, r)
	}
	return r
}

func (d *documents) keep(of *Directory, key documentKey, r reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of != of || len(d.kept) >= maxDocuments { // all are made again in a moment when wanted
		d.of, d.kept = of, map[documentKey]reply{}
	}
	d.kept[key] = r
}

// public marks an answer as one that Entra lets anybody read and keep.
func public(r reply) reply {
	r.public = true
	return r
}
