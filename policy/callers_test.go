package policy

import (
	"net/netip"
	"strings"
	"testing"
)

func TestCallers(t *testing.T) {
	for _, tc := range []struct {
		ranges []string
		addr   string
		want   bool
	}{
		{[]string{"192.168.12.0/23"}, "192.168.13.255", true},
		{[]string{"192.168.12.0/23"}, "192.168.14.0", false},
		{[]string{"192.168.12.7/23"}, "192.168.12.0", true}, // host bits do not matter
		{[]string{"10.0.0.1-10.0.0.9"}, "10.0.0.9", true},
		{[]string{"10.0.0.1-10.0.0.9"}, "10.0.0.10", false},
		{[]string{"10.0.0.1/32", "fd00::/8"}, "fd12::1", true},
		{[]string{"fd00::/8"}, "fe80::1", false},
		{[]string{"10.0.0.0/8"}, "::ffff:10.1.2.3", true},     // IPv4 on an IPv6 socket
		{[]string{"::ffff:127.0.0.1/128"}, "127.0.0.1", true}, // the same address, written as such a socket has it
		{[]string{"::ffff:127.0.0.1/128"}, "::ffff:127.0.0.1", true},
		{[]string{"::ffff:127.0.0.1/128"}, "127.0.0.2", false},
		{[]string{"::ffff:10.1.2.3/104"}, "10.255.255.255", true},
		{[]string{"::ffff:10.1.2.3/104"}, "11.0.0.0", false},
		{[]string{"::ffff:0:0/96"}, "127.0.0.1", true},
		{[]string{"::ffff:0:0/96"}, "::1", false},
		{[]string{"::ffff:0:0/95"}, "127.0.0.1", false}, // more than IPv4 is IPv6
		{[]string{"fe80::/10"}, "fe80::1%eth0", true},
		{[]string{"0.0.0.0/0"}, "::1", false}, // all of IPv4 is not all
		{[]string{"0.0.0.0/0"}, "127.0.0.1", true},
		{nil, "127.0.0.1", false}, // an empty list: only other Logic Apps
	} {
		c, err := ParseCallers(tc.ranges)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Allow(netip.MustParseAddr(tc.addr)); got != tc.want {
			t.Errorf("%v allows %s: %v", tc.ranges, tc.addr, got)
		}
	}
	if (Callers{}).Allow(netip.MustParseAddr("127.0.0.1")) {
		t.Error("the zero value allows a call")
	}
	if !Everybody().Allow(netip.Addr{}) {
		t.Error("everybody does not")
	}
	if c, _ := ParseCallers([]string{"0.0.0.0/0"}); c.Allow(netip.Addr{}) {
		t.Error("no address at all is allowed")
	}
}

func FuzzParseCallers(f *testing.F) {
	for _, s := range []string{"10.0.0.0/8", "10.0.0.1-10.0.0.9", "fd00::/8", "10.0.0.1", "", "-", "1.2.3.4/33", "::/0", "::ffff:10.0.0.1/128", "::ffff:0:0/95"} {
		f.Add(s, "10.0.0.1")
	}
	f.Fuzz(func(t *testing.T, written, addr string) {
		c, err := ParseCallers([]string{written})
		a, addrErr := netip.ParseAddr(addr)
		if err != nil || addrErr != nil {
			return
		}
		// An independent reading of the prefix form.
		p, err := netip.ParsePrefix(written)
		if err != nil {
			return
		}
		bare := a.Unmap().WithZone("")
		holds := p.Contains(bare)
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			holds = p.Contains(netip.AddrFrom16(bare.As16()))
		}
		if c.Allow(a) != holds {
			t.Errorf("%q allows %s: %v", written, addr, c.Allow(a))
		}
	})
}

// A range ends in the family in which it begins: every IPv4 address is below every IPv6 one.
func TestRangeOfTwoFamiliesIsRefused(t *testing.T) {
	for _, written := range []string{"10.0.0.1-::5", "10.0.0.1-::ffff:10.0.0.9", "::1-::5", "::1-10.0.0.9"} {
		if c, err := ParseCallers([]string{written}); err == nil {
			t.Errorf("%s is %v", written, c)
		}
	}
}

// What is said of a range is what is wrong about it.
func TestRangesThatAreNone(t *testing.T) {
	for written, want := range map[string]string{
		"010.0.0.1-10.0.0.2": `: "010.0.0.1" is no IPv4 address; write both as in 10.0.0.1-10.0.0.9, without zeros before a number`,
		"10.0.0.1-":          `: "" is no IPv4 address`,
		"::1-::2":            `: "::1" is no IPv4 address; write IPv6 addresses as a prefix`,
		"10.0.0.1-::2":       `: "::2" is no IPv4 address; write IPv6 addresses as a prefix`,
		"10.0.0.9-10.0.0.1":  "; write the lower IPv4 address first",
	} {
		if _, err := ParseCallers([]string{written}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
}
