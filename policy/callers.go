package policy

import (
	"fmt"
	"net/netip"
	"strings"
)

// Callers is the set of addresses that may call: allowedCallerIpAddresses. The
// zero value, like an empty array in the document, allows no direct call; only
// an absent member allows everybody (documented).
type Callers struct {
	everybody bool
	ranges    []addressRange
}

type addressRange struct{ first, last netip.Addr }

// Everybody is the Callers of a workflow that names no addresses.
func Everybody() Callers { return Callers{everybody: true} }

// Nobody reports whether no address may call.
func (c Callers) Nobody() bool { return !c.everybody && len(c.ranges) == 0 }

// ParseCallers returns the Callers of the given ranges, each a.b.c.d/n,
// a.b.c.d-e.f.g.h or an IPv6 prefix (documented).
func ParseCallers(ranges []string) (Callers, error) {
	var c Callers
	for _, written := range ranges {
		r, err := parseRange(written)
		if err != nil {
			return Callers{}, err
		}
		c.ranges = append(c.ranges, r)
	}
	return c, nil
}

func parseRange(written string) (addressRange, error) {
	if first, last, ok := strings.Cut(written, "-"); ok {
		return parseEnds(written, first, last)
	}
	p, err := netip.ParsePrefix(written)
	if err != nil {
		return addressRange{}, fmt.Errorf("%q is no address range; write 10.0.0.0/24, 10.0.0.1-10.0.0.9 or an IPv6 prefix; one address is 10.0.0.1/32", written)
	}
	// A caller on an IPv6 socket counts as IPv4, so what is written for it does too. Of a
	// shorter prefix, which is more than the IPv4 addresses, the service's reading is unknown.
	if p.Addr().Is4In6() && p.Bits() >= mappedBits {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mappedBits)
	}
	p = p.Masked()
	return addressRange{p.Addr(), lastOf(p)}, nil
}

// mappedBits is the length of ::ffff:0:0, before an IPv4 address in an IPv6 one.
const mappedBits = 96

// parseEnds reads a range that names the addresses at its ends: those of IPv4 alone (documented).
func parseEnds(written, first, last string) (addressRange, error) {
	var ends [2]netip.Addr
	for i, end := range []string{first, last} {
		end = strings.TrimSpace(end)
		a, err := netip.ParseAddr(end)
		if err != nil {
			return addressRange{}, fmt.Errorf("%q is no address range: %q is no IPv4 address; write both as in 10.0.0.1-10.0.0.9, without zeros before a number", written, end)
		}
		if !a.Is4() {
			return addressRange{}, fmt.Errorf("%q is no address range: %q is no IPv4 address; write IPv6 addresses as a prefix, as in fd00::/8", written, end)
		}
		ends[i] = a
	}
	if ends[1].Less(ends[0]) {
		return addressRange{}, fmt.Errorf("%q is no address range; write the lower IPv4 address first, as in 10.0.0.1-10.0.0.9", written)
	}
	return addressRange{ends[0], ends[1]}, nil
}

// lastOf returns the highest address of a masked prefix.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// Allow reports whether a call from addr may pass. An IPv4 address that arrived
// on an IPv6 socket counts as IPv4; an invalid address is never allowed.
func (c Callers) Allow(addr netip.Addr) bool {
	if c.everybody {
		return true
	}
	addr = addr.Unmap().WithZone("")
	for _, r := range c.ranges {
		if addr.IsValid() && addr.BitLen() == r.first.BitLen() && !addr.Less(r.first) && !r.last.Less(addr) {
			return true
		}
	}
	return false
}
