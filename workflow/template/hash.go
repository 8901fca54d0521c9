package template

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"flowgate/expression"
)

// uniqueString is Azure's: a 64-bit variant of MurmurHash3 over the arguments
// joined by dashes, in base 32. Values known from deployments are in the tests.
func uniqueString(args []any) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	hash := murmur64([]byte(strings.Join(texts, "-")))
	out := make([]byte, 13)
	for i := range out {
		out[i] = alphabet[hash>>59]
		hash <<= 5
	}
	return string(out), nil
}

func murmur64(data []byte) uint64 {
	const c1, c2 = 0x239b961b, 0xab0e9789
	var h1, h2 uint32
	mix1 := func(k uint32) uint32 { return bits.RotateLeft32(k*c1, 15) * c2 }
	mix2 := func(k uint32) uint32 { return bits.RotateLeft32(k*c2, 17) * c1 }
	rest := data
	for ; len(rest) >= 8; rest = rest[8:] {
		h1 ^= mix1(binary.LittleEndian.Uint32(rest))
		h1 = (bits.RotateLeft32(h1, 19)+h2)*5 + 0x561ccd1b
		h2 ^= mix2(binary.LittleEndian.Uint32(rest[4:]))
		h2 = (bits.RotateLeft32(h2, 13)+h1)*5 + 0x0bcaa747
	}
	// The rest counts as if zeros followed: a zero changes neither half.
	var tail [8]byte
	copy(tail[:], rest)
	h1 ^= mix1(binary.LittleEndian.Uint32(tail[:4])) ^ uint32(len(data))
	h2 ^= mix2(binary.LittleEndian.Uint32(tail[4:])) ^ uint32(len(data))
	h1 += h2
	h2 += h1
	h1, h2 = avalanche(h1), avalanche(h2)
	h1 += h2
	h2 += h1
	return uint64(h2)<<32 | uint64(h1)
}

func avalanche(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// armNamespace is the namespace of the GUIDs that templates make.
var armNamespace = []byte{0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd, 0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30}

// guid is a UUID version 5 of the arguments joined by dashes.
func guid(args []any) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	return guidOf(strings.Join(texts, "-")), nil
}

func guidOf(name string) string {
	h := sha1.New()
	h.Write(armNamespace)
	h.Write([]byte(name))
	u := h.Sum(nil)
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// textsOf wants every argument to be a string.
func textsOf(args []any) ([]string, error) {
	texts := make([]string, len(args))
	for i, a := range args {
		s, ok := a.(string)
		if !ok {
			return nil, fmt.Errorf("argument %d must be a string, found %s", i+1, expression.Kind(a))
		}
		texts[i] = s
	}
	return texts, nil
}
