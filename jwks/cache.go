package jwks

import (
	"crypto/sha256"
	"encoding/json"
	"math/bits"
	"strings"
	"sync/atomic"
	"unsafe"
)

// defaultCache is what a verifier remembers when nothing is said: 8 MiB, some two thousand of
// Entra's tokens.
const defaultCache = 8 << 20

// fingerprint stands for a token's whole text, signature and all: SHA-256. Two texts with one
// fingerprint are not to be found, so the text itself need not be kept or compared. Comparing
// fingerprints may take a time that depends on them; that tells nothing, for whoever can compute
// one has the token already.
type fingerprint [sha256.Size]byte

// cache remembers tokens that were verified, never any other. What it remembers is that a key
// signed the token, and which: it spares the signature, nothing else. Whether that key is still
// trusted and the token not expired is asked anew with every call.
//
// A nil cache remembers nothing.
type cache struct {
	tokens       *tokens
	hits, misses atomic.Uint64
}

// believed is a token whose signature has been verified, and all that it hangs on.
type believed struct {
	unverified // without the text; it has been verified, for all that its type is called
	source     *source
	kid        string
	set        *keySet // which vouches for it; pointers tell sets apart
	generation uint64  // of the verifier's sets, when verifying began
}

// newCache returns a cache of so many bytes; of defaultCache for 0 and nil for less.
func newCache(size int) *cache {
	switch {
	case size < 0:
		return nil
	case size == 0:
		size = defaultCache
	}
	return &cache{tokens: newTokens(size)}
}

// fingerprintOf returns the fingerprint of what may be a token. What cannot be one is not worth
// hashing.
func (c *cache) fingerprintOf(text string) (f fingerprint, ok bool) {
	if c == nil || len(text) > maxToken || strings.Count(text, ".") != 2 {
		return f, false
	}
	return sum(text), true
}

// sum is the SHA-256 of a text, of its bytes where they are: a copy of every token would be all that
// a hit allocates. Sum256 only reads them.
func sum(text string) [sha256.Size]byte {
	return sha256.Sum256(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// recall returns the token if it is remembered and its key is trusted as it was.
func (c *cache) recall(f fingerprint, generation uint64) *believed {
	b := c.tokens.get(f)
	if b == nil {
		c.misses.Add(1)
		return nil
	}
	// A set that was replaced, or has become too old, vouches for nothing. Nor may another
	// source's: it might come first now, with a key of the same name.
	if b.generation != generation || b.source.usable() != b.set {
		c.tokens.drop(f, b)
		c.misses.Add(1)
		return nil
	}
	c.hits.Add(1)
	return b
}

// remember keeps a token. One that would take an eighth of the room is not worth what it drives out.
func (c *cache) remember(f fingerprint, b *believed) {
	if cost := b.cost(); cost <= c.tokens.limit/8 {
		c.tokens.put(f, b, cost)
	}
}

// CacheStats says how often a verified token was found again, how often one was looked for in
// vain, how many are remembered now, and the bytes they take.
func (v *Verifier) CacheStats() (hits, misses, entries, bytes uint64) {
	if v == nil || v.cache == nil {
		return 0, 0, 0, 0
	}
	n, held := v.cache.tokens.size()
	return v.cache.hits.Load(), v.cache.misses.Load(), uint64(n), uint64(held)
}

// cost is what remembering the token takes, in bytes: what is allocated for it, as Go's allocator
// and its maps round it up, and what the cache itself needs for an entry.
func (b *believed) cost() int {
	const entry = 512 // believed, remembered, the list's element and a place in the map
	return entry + sizeOf(b.header) + sizeOf(b.claims)
}

// sizeOf is the memory that a decoded JSON value holds, the two words of its interface aside.
func sizeOf(value any) int {
	switch v := value.(type) {
	case string:
		return 16 + rounded(len(v))
	case json.Number:
		return 16 + rounded(len(v))
	case []any:
		size := 24 + rounded(16*cap(v))
		for _, element := range v {
			size += sizeOf(element)
		}
		return size
	case map[string]any:
		size := mapSize(len(v))
		for name, member := range v {
			size += rounded(len(name)) + sizeOf(member)
		}
		return size
	default: // true, false and null are nobody's own
		return 0
	}
}

// mapSize is what a map of so many members takes without what they point at: a header, and slots
// of name, value and a control byte, in a power of two of which an eighth stays free.
func mapSize(members int) int {
	const header, slot = 64, 33
	if members <= 8 {
		return header + 8*slot + 16
	}
	slots := 1 << bits.Len(uint(members*8/7))
	return 2*header + rounded(slots*slot)
}

// rounded is the size class of an allocation, or a little more.
func rounded(n int) int {
	switch {
	case n == 0:
		return 0
	case n <= 256:
		return (n + 15) &^ 15
	default:
		return n + n/8
	}
}
