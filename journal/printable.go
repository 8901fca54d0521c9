package journal

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// Printable returns JSON that is harmless on a terminal too: what is no printable
// character, and may turn the writing round or be seen by nobody, stands as its escape.
// It is the same JSON.
func Printable(json []byte) []byte {
	begin := bytes.IndexFunc(json, unprintable)
	if begin < 0 {
		return json // as most is
	}
	b := append(make([]byte, 0, len(json)+64), json[:begin]...)
	for _, r := range string(json[begin:]) {
		switch high, low := utf16.EncodeRune(r); {
		case !unprintable(r):
			b = append(b, string(r)...)
		case r > 0xffff:
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}

// unprintable is asked of characters of JSON, which has those below U+0020 escaped, or
// they are its own.
func unprintable(r rune) bool { return r >= 0x7f && !strconv.IsPrint(r) }
