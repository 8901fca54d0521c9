package server

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"time"
)

// newGUID returns a random GUID (RFC 9562, version 4). It names a call and guards
// nothing; ChaCha8, seeded by the system, makes it hard to guess all the same.
func newGUID() string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], rand.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var text [36]byte
	hex.Encode(text[:8], b[:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:], b[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// newRunID returns a run's id: 20 digits that count down with the time, as the
// service's do, nine random ones, CU and the scale unit. It names a run and guards
// nothing, so its random part need not be secret.
func newRunID(now time.Time) string {
	const unixEpochTicks = 621355968000000000 // 100 ns since year 1
	ticks := now.Unix()*10_000_000 + int64(now.Nanosecond()/100) + unixEpochTicks
	var text [33]byte
	digits(text[:20], math.MaxInt64-uint64(ticks))
	digits(text[20:29], rand.Uint64N(1_000_000_000))
	copy(text[29:], "CU"+scaleUnit)
	return string(text[:])
}

// digits fills to with n in decimal, zeros in front.
func digits(to []byte, n uint64) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + n%10)
		n /= 10
	}
}
