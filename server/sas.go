package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"flowgate/inspector"
	"flowgate/journal"
	"flowgate/workspace"
)

// sasVersion is the only value of sv that was ever seen.
const sasVersion = "1.0"

// sign returns the sig of a callback URL: 43 characters of unpadded base64url, as
// the service's are. What the service signs is not public, so this string to sign is
// ours, and signatures never carry over between it and Azure. The relative path and
// extra query parameters are not in it, as they are not in the service's.
func sign(key []byte, workflowID, sp, sv, se string) string {
	mac := hmac.New(sha256.New, key)
	// Every part is length-prefixed: no two sets of parts make the same bytes.
	for _, part := range []string{workflowID, sp, sv, se} {
		var b [64]byte
		mac.Write(append(append(append(strconv.AppendInt(b[:0], int64(len(part)), 10), ':'), part...), '\n'))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func sasScope(trigger, version string) string {
	if version != "" {
		return "/versions/" + version + "/triggers/" + trigger + "/run"
	}
	return "/triggers/" + trigger + "/run"
}

// checkSAS judges a signed URL. The signature comes first: what a URL says of its
// scope and its end is worth nothing before.
func (c *call) checkSAS() *verdict {
	var missing []string
	for _, name := range []string{"sp", "sv", "sig"} {
		if c.query.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		if slip, fix := c.ampersand(); slip != "" {
			return refuse(&refusedSASIncomplete, ReasonSASIncomplete, slip).advise("%s", fix)
		}
		return refuse(&refusedSASIncomplete, ReasonSASIncomplete, "the signed URL lacks "+strings.Join(missing, " and ")+
			"; a shell that is not told to quote the URL cuts it at its first &").
			advise("send the signed URL whole, with %s, in quotes where a shell reads it", strings.Join(missing, " and "))
	}
	for _, name := range []string{"sp", "sv", "sig", "se"} {
		if len(c.query.All(name)) > 1 {
			return refuse(&refusedSASSignature, ReasonSASSignature, name+" stands in the URL more than once").
				advise("send %s once", name)
		}
	}
	sp, sv, se := c.query.Get("sp"), c.query.Get("sv"), c.query.Get("se")
	if !c.signedByOwnKey(sp, sv, se) {
		if slip, fix := c.signature(); slip != "" {
			return refuse(&refusedSASSignature, ReasonSASSignature, slip).advise("%s", fix)
		}
		return refuse(&refusedSASSignature, ReasonSASSignature, "neither access key of workflow "+c.workflow.Name+
			" made this sig; take the URL from /_emulator/api/workflows, for one that Azure signed is never good here").
			advise("take the signed URL of workflow %s from GET /_emulator/api/workflows, for none that Azure or another key signed is good here", c.workflow.Name)
	}
	if wanted := sasScope(c.trigger, c.version); sp != wanted {
		no := refuse(&refusedSASScope, ReasonSASScope, fmt.Sprintf("sp is %q, and this call needs %q", journal.Text(sp), wanted),
			"{path}", "/triggers/"+c.trigger+"/paths/")
		if c.version != "" { // no URL that is listed is signed for a version
			return no.advise("call the URL of trigger %s without /versions/%s, signed as GET /_emulator/api/workflows has it", c.trigger, c.version)
		}
		return no.advise("take a URL that is signed for %s from GET /_emulator/api/workflows", wanted)
	}
	if c.query.Has("se") {
		if end, err := time.Parse(time.RFC3339Nano, se); err != nil || !c.now.Before(end) {
			return refuse(&refusedSASExpired, ReasonSASExpired, fmt.Sprintf("the signed URL ended at %s; it is %s now", journal.Text(se), c.now.UTC().Format(time.RFC3339))).
				advise("take a signed URL that has not ended from GET /_emulator/api/workflows?notAfter=TIME, or one without se, which does not end")
		}
	}
	return nil
}

func (c *call) signedByOwnKey(sp, sv, se string) bool {
	good := false
	for _, key := range [][]byte{c.workflow.Keys.Primary, c.workflow.Keys.Secondary} {
		if len(key) == 0 {
			continue // no key signs nothing, while HMAC takes an empty one
		}
		good = hmac.Equal([]byte(c.query.Get("sig")), []byte(sign(key, c.workflow.ID, sp, sv, se))) || good
	}
	return good
}

// callback returns the callback URL of a trigger at the given origin. Where SAS is
// off it has neither sp, sv nor sig. A zero end means a URL that does not end.
func callback(origin string, w *workspace.Workflow, g workspace.Gate, secondary bool, end time.Time) inspector.CallbackURL {
	shape := shapeOf(w)
	base := origin + shape.path(w.ID, g.Trigger.Name)
	c := inspector.CallbackURL{Method: g.Trigger.ExpectedMethod(), BasePath: base, RelativePath: g.Trigger.RelativePath,
		RelativePathParameters: pathParameters(g.Trigger.RelativePath), Queries: map[string]string{"api-version": shape.version()}}
	query := "api-version=" + shape.version()
	if g.SAS {
		key, sp, se := w.Keys.Primary, sasScope(g.Trigger.Name, ""), ""
		if secondary {
			key = w.Keys.Secondary
		}
		if !end.IsZero() {
			se = end.UTC().Format("2006-01-02T15:04:05.0000000Z")
			c.Queries["se"] = se
			query += "&se=" + url.QueryEscape(se)
		}
		sig := sign(key, w.ID, sp, sasVersion, se)
		c.Queries["sp"], c.Queries["sv"], c.Queries["sig"] = sp, sasVersion, sig
		query += "&sp=" + url.QueryEscape(sp) + "&sv=" + sasVersion + "&sig=" + sig
	}
	c.Value = base
	if c.RelativePath != "" {
		c.Value += "/" + c.RelativePath
	}
	c.Value += "?" + query
	return c
}
