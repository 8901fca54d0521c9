package policy

import "fmt"

// otherCloud asks another cloud for the token. What shows the cloud is the service in
// aud or the issuer. A tenant lives in one directory, so that with another one iss and
// tid go together with it; GCC shares the public cloud's directory.
func (h *hearing) otherCloud() (correction, bool) {
	var c correction
	var from, to Cloud
	if m, ok := h.mismatch("aud"); ok {
		got, _ := m.Got.(string)
		if from, to, ok = clouds(got, m.Wanted); ok {
			c.says("aud", m.Wanted)
		}
	}
	m, wanted, got, ok := h.issuers()
	if ok && wanted.version == got.version {
		if to == "" && !wanted.sameDirectory(got) {
			from, to = got.cloud(), wanted.cloud()
		}
		if to != "" && from.LoginHost() != to.LoginHost() {
			c.says("iss", m.Wanted)
			c.says("tid", wanted.tenant)
		}
	}
	c.fix = func() string {
		request := fmt.Sprintf("get the token from cloud %s (%s), so that it has %s", to, to.LoginHost(), h.cloudClaims(c.token))
		has := h.cloudClaims(h.claims)
		switch {
		case h.flow:
			return fmt.Sprintf("%s, where this one has %s, or, if that is the right cloud, name it under cloud in emulator.yaml", request, has)
		case h.known.sidesWith(from, to):
			return fmt.Sprintf("write policy %s for the cloud of the token, which has %s, or, if that is the wrong one, %s", quoted(h.Name), has, request)
		}
		return fmt.Sprintf("%s, where this one has %s, or, if that is the right cloud, write policy %s for it", request, has, quoted(h.Name))
	}
	return c, to != ""
}

// sidesWith reports whether the workspace is of the first cloud rather than of the
// second.
func (k Known) sidesWith(a, b Cloud) bool {
	if k.Cloud == "" || k.Cloud == b {
		return false
	}
	return k.Cloud == a || k.Cloud.LoginHost() == a.LoginHost() && a.LoginHost() != b.LoginHost()
}

// cloudClaims lists what a token says of its cloud, of what the policy mismatched.
func (h *hearing) cloudClaims(token Claims) string {
	var parts []string
	for _, name := range []string{"aud", "iss"} {
		_, mismatched := h.mismatch(name)
		if value, ok := token[name]; ok && mismatched {
			parts = append(parts, name+" "+shown(value))
		}
	}
	return listed(parts)
}
