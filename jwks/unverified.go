package jwks

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// maxToken bounds the text of a token before anything of it is read: 64 KiB. Entra keeps access
// tokens far below; Kestrel and IIS refuse headers above 16 to 32 KiB.
const maxToken = 64 << 10

// base64URL are the characters of unpadded base64url.
const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// unverified is a token that has been read and not yet believed.
type unverified struct {
	text                       string
	signature                  []byte
	header, claims             map[string]any
	issued, notBefore, expires time.Time // zero if absent
}

// fail makes the Failure that shows what had been read so far.
func (u *unverified) fail(reason Reason, format string, args ...any) *Failure {
	return &Failure{Reason: reason, Detail: fmt.Sprintf(format, args...), Header: u.header, Claims: withoutSignatures(u.claims)}
}

// but gives the failure a fix of its own.
func (f *Failure) but(fix string) *Failure {
	f.Fix = fix
	return f
}

// timesFix is for a token whose times are none.
const timesFix = "get the token from Entra, which writes exp, nbf and iat as numbers of seconds"

// fixOf is what to change about a part that cannot be read, where sending it whole is not it.
func fixOf(err error) string {
	if name, ok := err.(memberTwice); ok {
		return fmt.Sprintf("have the token issued with %q once", clip(string(name)))
	}
	return ""
}

// withoutSignatures returns claims in which a token, such as the access token that a signed request
// carries as at, has lost its signature: shown or kept, it could be sent again. The claims themselves
// stay as they are.
func withoutSignatures(claims map[string]any) map[string]any {
	shown, cloned := claims, false
	for name, value := range claims {
		text, _ := value.(string)
		if strings.Count(text, ".") != 2 {
			continue
		}
		unsigned := text[:strings.LastIndexByte(text, '.')]
		header, _, _ := strings.Cut(unsigned, ".")
		// A JSON object begins with { or white space, which base64 begins with one of these: most
		// values with two dots, such as Entra's rh, are thus told without decoding.
		if header == "" || strings.IndexByte("eICD", header[0]) < 0 {
			continue
		}
		if _, err := decodePart(header); err != nil {
			continue
		}
		if !cloned {
			shown, cloned = maps.Clone(claims), true
		}
		shown[name] = unsigned
	}
	return shown
}

// read takes a token apart, strictly: one text for each token, and one reading of each text.
// It looks at shape alone; what the header asks for is checked after it.
func read(text string) (*unverified, *Failure) {
	u := &unverified{text: text}

	// Size first: nothing below runs on text that no issuer would have sent.
	if len(text) > maxToken {
		return nil, u.fail(Malformed, "the token has %d bytes, more than the %d that are read", len(text), maxToken).but("get a token with less in it: fewer claims, groups or roles")
	}

	// Counted, not split, so that ten thousand dots cost no allocation.
	dots := strings.Count(text, ".")
	if isCut(text, dots) {
		u.header, u.claims = readable(text)
		return nil, u.fail(Malformed, "the token is cut: it has dots in the place of what was left out; send it whole, as it was issued")
	}
	switch dots {
	case 2:
	case 4:
		return nil, u.fail(Malformed, "the token has five parts: it is encrypted (a JWE); ask for a token that is only signed").but("take the encryption key from the resource's registration (tokenEncryptionKeyId), so that its tokens are only signed")
	case 1:
		// As people share one, its signature cut off. What it says is shown; it is no token.
		u.header, u.claims = readable(text)
		return nil, u.fail(Malformed, "the token has no signature: it has two parts instead of three (header.payload.signature); send it whole, as it was issued")
	case 0:
		return nil, u.fail(Malformed, "the token has one part instead of three (header.payload.signature); send the access token itself")
	default:
		return nil, u.fail(Malformed, "the token has %d parts instead of three (header.payload.signature); send the access token itself", dots+1)
	}
	header, rest, _ := strings.Cut(text, ".")
	payload, signature, _ := strings.Cut(rest, ".")

	var err error
	if u.header, err = decodePart(header); err != nil {
		return nil, u.fail(Malformed, "the token's header %v", err).but(fixOf(err))
	}
	if u.claims, err = decodePart(payload); err != nil {
		return nil, u.fail(Malformed, "the token's payload %v", err).but(fixOf(err))
	}
	// The signature's own text is kept out of the detail, so the decoder's error is not shown.
	if u.signature, err = decodeBase64URL(signature); err != nil {
		if strings.Trim(signature, base64URL) == "" { // so that it is the end that is wrong
			return nil, u.fail(Malformed, "the token's signature does not end as base64url does: its end is missing, or was changed; send the token whole, as it was issued")
		}
		return nil, u.fail(Malformed, "the token's signature is not unpadded base64url; send the token as it was issued")
	}

	if err := u.readTimes(); err != nil {
		return nil, u.fail(Malformed, "%v", err).but(timesFix)
	}
	return u, nil
}

// isCut reports whether a token has three dots where it was cut, or the one sign that stands for
// them. It has two dots of its own at most. A JWE, of five parts, has no two empty ones after
// each other: its IV and its tag are never empty (RFC 7518 §5).
func isCut(text string, dots int) bool {
	return dots <= 5 && strings.Contains(text, "...") || dots <= 2 && strings.Contains(text, "…")
}

// readable is what a token that is none still says, for display only.
func readable(text string) (header, claims map[string]any) {
	first, rest, _ := strings.Cut(text, ".")
	second, _, _ := strings.Cut(rest, ".")
	header, _ = decodePart(first)
	claims, _ = decodePart(second)
	return header, claims
}

// readTimes reads the times out of the claims.
func (u *unverified) readTimes() (err error) {
	for _, date := range []struct {
		claim string
		at    *time.Time
	}{{"iat", &u.issued}, {"nbf", &u.notBefore}, {"exp", &u.expires}} {
		if *date.at, err = numericDate(u.claims, date.claim); err != nil {
			return err
		}
	}
	return nil
}

func decodePart(part string) (map[string]any, error) {
	decoded, err := decodeBase64URL(part)
	if err != nil {
		return nil, err
	}
	// The bytes where they are: nobody else has them, and nobody changes them.
	return decodeObject(unsafe.String(unsafe.SliceData(decoded), len(decoded)))
}

// checkHeader holds what a header may ask of the one who verifies.
func (u *unverified) checkHeader() *Failure {
	// Algorithm first, pinned and to the letter: "none" is unsigned, HS256 would take a public
	// key's bytes for a shared secret, and "rs256" is no registered name (RFC 7515 §4.1.1).
	if alg, ok := u.header["alg"].(string); !ok || alg != algorithm {
		return u.fail(Algorithm, "the token's alg is %s; only %q is accepted", display(u.header["alg"]), algorithm)
	}

	// An extension that must be understood, and is not, makes the token invalid (RFC 7515
	// §4.1.11). None is understood here.
	if crit, present := u.header["crit"]; present {
		return u.fail(Malformed, "the token's header names critical extensions (crit: %s) and none is supported", display(crit)).but("have the token issued without crit; Entra writes none")
	}

	// b64 changes what is signed (RFC 7797), and §7 of it keeps it out of JWTs.
	if b64, present := u.header["b64"]; present {
		return u.fail(Malformed, "the token's header has b64: %s, which is not for JWTs", display(b64)).but("have the token issued without b64; Entra writes none")
	}
	return nil
}

// checkType compares typ, which ignores letter case (RFC 7519 §5.1) and may have the application/ of
// its media type before it (RFC 7515 §4.1.9, RFC 9068 §4). Another typ is another kind of token,
// signed by the same keys for another purpose (RFC 8725 §3.11).
func (u *unverified) checkType(accepted ...string) *Failure {
	typ, _ := u.header["typ"].(string)
	if n := len("application/"); len(typ) > n && strings.EqualFold(typ[:n], "application/") {
		typ = typ[n:]
	}
	for _, name := range accepted {
		if strings.EqualFold(typ, name) {
			return nil
		}
	}
	if strings.EqualFold(typ, popType) {
		return u.fail(Malformed, "the token's typ is %q: it is a signed request; send it with the scheme PoP", typ)
	}
	return u.fail(Malformed, "the token's typ is %s instead of %q", display(u.header["typ"]), accepted[0])
}

// numericDate reads a date claim: a JSON number of seconds since 1970, fractions allowed (RFC
// 7519 §2), kept to the microsecond. The range ends with the year 9999, where time.Time's own
// JSON form ends too. A zero time means that the claim is absent.
func numericDate(claims map[string]any, name string) (time.Time, error) {
	value, present := claims[name]
	if !present {
		return time.Time{}, nil
	}
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, fmt.Errorf("the token's %s is %s instead of a JSON number of seconds", name, display(value))
	}
	const lastSecond = 253402300799 // 9999-12-31T23:59:59Z
	seconds, err := strconv.ParseFloat(number.String(), 64)
	if err != nil || seconds < 0 || seconds > lastSecond {
		return time.Time{}, fmt.Errorf("the token's %s is %s, no time between the years 1970 and 9999", name, display(value))
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e6)*1e3).UTC(), nil
}

// display writes a decoded JSON value for a detail, quoted if it is a string, and clipped.
func display(value any) string {
	switch v := value.(type) {
	case nil:
		return "absent or null"
	case string:
		return strconv.Quote(clip(v))
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprintf("a %T", v)
		}
		return clip(string(text))
	}
}
