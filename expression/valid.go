package expression

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Valid reports, without decoding it, that Decode would take data. False says
// nothing: text that is large or deep has to be decoded to tell.
func Valid(data []byte) bool {
	const small = 64 << 10 // bytes, so fewer values than Decode takes
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	return len(text) <= small && opens(text) <= maxDepth && utf8.Valid(text) && json.Valid(text)
}

// opens counts what may open an object or an array, also where it stands in a string.
func opens(text []byte) int { return bytes.Count(text, []byte("{")) + bytes.Count(text, []byte("[")) }
