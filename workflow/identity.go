package workflow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"flowgate/pattern"
)

var (
	endpointPattern = pattern.New(`/workflows/([0-9a-fA-F]{32})(?:$|[/?])`)
	versionPattern  = pattern.New(`^[0-9]{20}$`)
)

// idOfName is the id of a workflow whose document has none.
func idOfName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:32]
}

// idOfGUID writes a GUID as the service writes the ids of workflows.
func idOfGUID(guid string) string {
	return strings.ToLower(strings.ReplaceAll(guid, "-", ""))
}

// idOfEndpoint finds the id in an accessEndpoint, such as
// https://prod-00.westeurope.logic.azure.com:443/workflows/{32 hex}.
func idOfEndpoint(url string) (string, bool) {
	m := endpointPattern().FindStringSubmatch(url)
	if m == nil {
		return "", false
	}
	return strings.ToLower(m[1]), true
}

// version is the document's own, or follows from the content: the same document
// always has the same.
func version(properties node, name string) string {
	if v, _ := properties.raw("version"); v.scope == nil {
		if s, ok := v.value.(string); ok && versionPattern().MatchString(s) {
			return s
		}
	}
	h := sha256.New()
	h.Write(properties.doc.digest[:])
	h.Write([]byte(properties.pointer + "\x00" + name))
	return fmt.Sprintf("0858%016d", binary.BigEndian.Uint64(h.Sum(nil))%1e16)
}

// states are the words that documents have for states.
var states = map[string]State{
	"enabled": Enabled, "disabled": Disabled, "suspended": Suspended, "deleted": Deleted,
	"started": Enabled, "stopped": Disabled, // the words of Power Automate
}

// state is the workspace's, or the document's, or Enabled.
func (l *loading) state(properties node) State {
	if given := l.deployment.State; given != "" {
		if s := states[strings.ToLower(string(given))]; s == given {
			return s
		}
		l.fileError("use Enabled, Disabled, Suspended or Deleted", "is given the unknown state %q in emulator.yaml", given)
		return Disabled
	}
	written, ok := properties.getText("state")
	if !ok {
		return Enabled
	}
	s, ok := states[strings.ToLower(written)]
	if !ok {
		at, _ := properties.raw("state")
		at.errorf("use Enabled, Disabled, Suspended or Deleted", "the state %q is not known", written)
	}
	return s
}

// region writes a location as the service's headers do: "West Europe" is
// "westeurope".
func region(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}
