package inspector

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-chi/chi/v5"
)

// assetTypes are the files of a page that a browser loads, and what they are.
var assetTypes = map[string]string{
	"style.css":   "text/css; charset=utf-8",
	"page.js":     "text/javascript; charset=utf-8",
	"htmx.min.js": "text/javascript; charset=utf-8",
	"sse.min.js":  "text/javascript; charset=utf-8",
	"icon.svg":    "image/svg+xml",
}

type assetFile struct {
	content []byte
	hash    string
}

var assets = sync.OnceValue(func() map[string]assetFile {
	all := map[string]assetFile{}
	for name := range assetTypes {
		content, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		sum := sha256.Sum256(content)
		all[name] = assetFile{content, hex.EncodeToString(sum[:8])}
	}
	return all
})

// assetAddress is where a page finds one of its files. The address changes with the
// file, so that browsers may keep it for ever.
func assetAddress(name string) string { return "/_emulator/page/" + name + "?v=" + assets()[name].hash }

func asset(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "asset")
	file, ok := assets()[name]
	if !ok {
		problem(w, http.StatusNotFound, "no page loads a file "+quoted(name))
		return
	}
	h := w.Header()
	tag := `"` + file.hash + `"`
	h.Set("Content-Type", assetTypes[name])
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(file.content)))
	_, _ = w.Write(file.content)
}
