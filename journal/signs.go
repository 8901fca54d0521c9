package journal

import "strings"

// skip returns where text no longer has bytes of a kind, from at on.
func skip(text string, at int, sign func(byte) bool) int {
	for at < len(text) && sign(text[at]) {
		at++
	}
	return at
}

// skipOne passes over one of some bytes, if it is there.
func skipOne(text string, at int, some string) int {
	if at < len(text) && strings.IndexByte(some, text[at]) >= 0 {
		at++
	}
	return at
}

// skipAny passes over one of some words in lower case, if it is there in either.
func skipAny(text string, at int, some ...string) (int, bool) {
	for _, word := range some {
		if len(text)-at >= len(word) && endsFold(text[:at+len(word)], word) {
			return at + len(word), true
		}
	}
	return at, false
}

// endsFold reports whether text ends with a word in lower case, in either case.
func endsFold(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if fold(text[len(text)-len(word)+i]) != word[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

func letter(c byte) bool { return 'a' <= fold(c) && fold(c) <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func hex(c byte) bool { return digit(c) || 'a' <= fold(c) && fold(c) <= 'f' }

func wordSign(c byte) bool { return letter(c) || digit(c) || c == '_' }

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

func lineSign(c byte) bool { return c != '\r' && c != '\n' }

// restSign is a sign of what is left of a line, or of a pair of a form.
func restSign(c byte) bool { return lineSign(c) && c != '&' }

// nameSign is a sign of a member's or a field's name.
func nameSign(c byte) bool { return wordSign(c) || c == '.' || c == '-' }

// elementSign is a sign of an element's name.
func elementSign(c byte) bool { return nameSign(c) || c == ':' }

// credentialSign is a sign of a token or of base64.
func credentialSign(c byte) bool { return wordSign(c) || strings.IndexByte("+/.=~:-", c) >= 0 }

// valueSign is a sign of a value in a URL or a form, escapes aside.
func valueSign(c byte) bool { return !space(c) && strings.IndexByte("&\"'<>\\;,%", c) < 0 }
