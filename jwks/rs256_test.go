package jwks

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"testing"
)

// raw is what the key makes of any message, sound or not.
func raw(key *rsa.PrivateKey, message []byte) []byte {
	s := new(big.Int).Exp(new(big.Int).SetBytes(message), key.D, key.N)
	return s.FillBytes(make([]byte, key.Size()))
}

// sound is the one message that a signature of text may hold.
func sound(t testing.TB, key *rsa.PrivateKey, text string) []byte {
	digest := sha256.Sum256([]byte(text))
	return append(slices.Clone(ready(t, key).encoded), digest[:]...)
}

func ready(t testing.TB, key *rsa.PrivateKey) *readyKey {
	k, err := newReadyKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// agree judges a signature as crypto/rsa does, or the test fails.
func agree(t testing.TB, k *readyKey, key *rsa.PrivateKey, text string, signature []byte) (believed bool) {
	t.Helper()
	digest := sha256.Sum256([]byte(text))
	believed = k.verify(text, signature) == nil
	if wanted := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) == nil; believed != wanted {
		t.Fatalf("of key %d, text %q, signature %x: believed %v, by crypto/rsa %v", key.N.BitLen(), text, signature, believed, wanted)
	}
	return believed
}

// Lengths of all kinds: the top byte of a modulus may have one bit of it or eight.
func TestRS256IsCryptoRSAs(t *testing.T) {
	for _, bits := range []int{2048, 2049, 2055, 3072} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		k := ready(t, key)
		text, signature, more := respelled(t, key)
		if !agree(t, k, key, text, signature) {
			t.Errorf("%d bits: a good signature is not believed", bits)
		}
		for _, bad := range [][]byte{nil, {}, signature[1:], append([]byte{0}, signature...), append(slices.Clone(signature), 0), more,
			make([]byte, key.Size()), bytes.Repeat([]byte{0xff}, key.Size()), key.N.Bytes()} {
			if agree(t, k, key, text, bad) {
				t.Errorf("%d bits: believed %x", bits, bad)
			}
		}
		if agree(t, k, key, text+"x", signature) {
			t.Errorf("%d bits: believed of another text", bits)
		}
	}
}

// respelled returns a text, its signature, and the same number more by one modulus, as long in bits as
// the modulus: what would be believed if numbers were only taken to be as long as it.
func respelled(t *testing.T, key *rsa.PrivateKey) (text string, signature, more []byte) {
	for i := range 1000 {
		text = fmt.Sprint("text ", i)
		signature = raw(key, sound(t, key, text))
		if sum := new(big.Int).Add(new(big.Int).SetBytes(signature), key.N); sum.BitLen() == key.N.BitLen() {
			return text, signature, sum.FillBytes(make([]byte, key.Size()))
		}
	}
	t.Fatal("no signature of 1,000 leaves room for the modulus")
	return
}

// Messages that verifiers which take them apart have believed, all signed by the key itself.
func TestRS256BelievesOneEncoding(t *testing.T) {
	key := trusted()
	k := ready(t, key)
	digest := sha256.Sum256([]byte("text"))
	sha1 := []byte{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}
	padded := func(kind byte, fill byte, parts ...[]byte) []byte { // as long as the modulus
		tail := slices.Concat(parts...)
		m := bytes.Repeat([]byte{fill}, key.Size())
		m[0], m[1], m[len(m)-len(tail)-1] = 0, kind, 0
		copy(m[len(m)-len(tail):], tail)
		return m
	}
	noNull := slices.Concat([]byte{0x30, 0x2f, 0x30, 0x0b}, digestInfo[4:15], digestInfo[17:])
	long := slices.Concat([]byte{0x30, 0x81}, digestInfo[1:]) // a length in two bytes: BER, not DER
	short := slices.Concat([]byte{0, 1}, bytes.Repeat([]byte{0xff}, 8), []byte{0}, digestInfo, digest[:])
	broken := padded(1, 0xff, digestInfo, digest[:])
	broken[100] = 0xfe
	early := padded(1, 0xff, digestInfo, digest[:])
	early[100] = 0
	for name, message := range map[string][]byte{
		"garbage behind (Bleichenbacher 2006)": append(short, make([]byte, key.Size()-len(short))...),
		"no NULL":                              padded(1, 0xff, noNull, digest[:]),
		"length in BER":                        padded(1, 0xff, long, digest[:]),
		"no DigestInfo":                        padded(1, 0xff, digest[:]),
		"SHA-1's DigestInfo":                   padded(1, 0xff, sha1, digest[:20]),
		"garbage in the parameters":            padded(1, 0xff, []byte{0x30, 0x33, 0x30, 0x0f}, digestInfo[4:15], []byte{0x05, 0x02, 1, 2}, digestInfo[17:], digest[:]),
		"block type 0":                         padded(0, 0x00, digestInfo, digest[:]),
		"block type 2":                         padded(2, 0xff, digestInfo, digest[:]),
		"padding that is not all ones":         broken,
		"padding that ends early":              early,
		"digest one byte short":                padded(1, 0xff, digestInfo, digest[:31]),
		"shifted by a byte":                    append(padded(1, 0xff, digestInfo, digest[:])[1:], 0),
	} {
		if agree(t, k, key, "text", raw(key, message)) {
			t.Errorf("%s: believed", name)
		}
	}
	if !agree(t, k, key, "text", raw(key, padded(1, 0xff, digestInfo, digest[:]))) {
		t.Error("the sound one is not believed") // or none above says anything
	}
}

// A nil map, a key of another set and no key at all verify nothing.
func TestRS256KnowsItsOwnKeysAlone(t *testing.T) {
	signature := raw(trusted(), sound(t, trusted(), "text"))
	own := rs256{&trusted().PublicKey: ready(t, trusted())}
	if err := own.Verify("text", signature, &trusted().PublicKey); err != nil {
		t.Error(err)
	}
	clone := trusted().PublicKey
	for _, key := range []any{nil, (*rsa.PublicKey)(nil), &stranger().PublicKey, &clone, trusted().PublicKey, "key"} {
		if own.Verify("text", signature, key) == nil || rs256(nil).Verify("text", signature, key) == nil {
			t.Errorf("verified with a %T", key)
		}
	}
	if _, err := own.Sign("text", trusted()); err == nil {
		t.Error("signed")
	}
}

// Any change of the message that a trusted key signs, and of the signature itself, is judged as
// crypto/rsa judges it; so is one signature after the other with one key.
func FuzzRS256(f *testing.F) {
	key := trusted()
	k := ready(f, key)
	f.Add("text", []byte{}, 0, []byte{}, 0)
	f.Add("text", []byte{1}, 255, []byte{}, 0)
	f.Add("text", []byte{}, 0, []byte{0x80}, 0)
	f.Add("", []byte{1, 2, 3}, 1, []byte{0xff, 0xff}, 254)
	f.Fuzz(func(t *testing.T, text string, message []byte, at int, change []byte, from int) {
		m := sound(t, key, text)
		for i, b := range message {
			m[uint(at+i)%uint(len(m))] ^= b
		}
		signature := raw(key, m)
		for i, b := range change {
			signature[uint(from+i)%uint(len(signature))] ^= b
		}
		same := agree(t, k, key, text, signature)
		if !same && len(bytes.Trim(message, "\x00"))+len(bytes.Trim(change, "\x00")) == 0 {
			t.Fatalf("%q: what nobody changed is not believed", text)
		}
	})
}
