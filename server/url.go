package server

import (
	"fmt"
	"net/http"
	"strings"

	"flowgate/journal"
)

// maxURL is the longest URL that the service takes, in characters (documented).
const maxURL = 16_384

// checkURL turns a URL away that the service would not take. That it answers a bare
// 414, and before it looks at anything else, is presumed.
func (c *call) checkURL() *verdict {
	length := len(c.request.RequestURI)
	if strings.HasPrefix(c.request.RequestURI, "/") { // else it has its origin with it
		length += len("http://") + len(c.request.Host)
		if c.request.TLS != nil {
			length++
		}
	}
	if length <= maxURL {
		return nil
	}
	return &verdict{
		outcome: journal.Refused, reason: ReasonRoute, status: http.StatusRequestURITooLong,
		detail: fmt.Sprintf("the URL has %d characters and the service takes %d (documented); that it answers 414 is presumed", length, maxURL),
		fix:    "send in the body what the URL carries",
	}
}
