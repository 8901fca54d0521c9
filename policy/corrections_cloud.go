package policy

import "fmt"

// otherCloud asks another cloud for the token, or has the policy written for the token's,
// where that is the workspace's. What shows the cloud is the service in aud or the issuer.
// A tenant lives in one directory, so that with another one iss and tid go together with
// it; GCC shares the public cloud's directory.
func (h *hearing) otherCloud() (correction, bool) {
	aud, _ := h.mismatch("aud")
	text, _ := aud.Got.(string)
	from, to, audOK := clouds(text, aud.Wanted)
	iss, wanted, got, issOK := h.issuers()
	issOK = issOK && wanted.version == got.version
	if !audOK && issOK && !wanted.sameDirectory(got) {
		from, to = got.cloud(), wanted.cloud()
	}
	if to == "" {
		return none()
	}
	other := from.LoginHost() != to.LoginHost() // directory
	issOK = issOK && other
	var shows []Comparison
	if audOK {
		shows = append(shows, aud)
	}
	if issOK {
		shows = append(shows, iss)
	}
	// Another token would do only if the issuer that the policy wants is of its directory.
	there := !other || issOK && to.issues(wanted)
	another := h.fromCloud(to, other, shows)
	if !h.flow && h.known.sidesWith(from, to) {
		return h.forCloud(to, there && h.admits(another) && h.possible(another), shows), true
	}
	return another, there
}

// fromCloud asks the other cloud, and in the other directory if it has one, for a token
// with what the policy wants of what shows the cloud.
func (h *hearing) fromCloud(to Cloud, other bool, shows []Comparison) correction {
	var c correction
	if other {
		h.inCloud(&c)
	}
	for _, m := range shows {
		c.says(m.Name, m.Wanted)
		switch {
		case m.Name == "iss":
			wanted, _ := parseIssuer(m.Wanted)
			c.says("tid", wanted.tenant)
		case !other:
			h.forResource(&c, m.Wanted)
		}
	}
	c.fix = func() string {
		fix := fmt.Sprintf("%s, where this one has %s", h.cloudRequest(to, c.token), h.cloudClaims(h.claims))
		switch {
		case h.flow:
			if _, wanted, got, differ := h.issuers(); !differ || wanted.tenant == got.tenant { // or the tenant is another as well
				fix += ", or, if that is the right cloud, name it under cloud in emulator.yaml"
			}
		case !other || SavedIssuer(h.text("iss")):
			fix += fmt.Sprintf(", or, if that is the right cloud, write policy %s for it", called(h.Name))
		}
		return fix
	}
	return c
}

// forCloud has the policy ask for what shows the cloud of the token. there says that a token
// of the other cloud would do as well.
func (h *hearing) forCloud(to Cloud, there bool, shows []Comparison) correction {
	var c correction
	wanted := Claims{}
	for _, m := range shows {
		c.asks(m, m.Name, m.Got.(string)) // a text, or no cloud would have been told from it
		wanted[m.Name] = m.Wanted
	}
	c.fix = func() string {
		fix := fmt.Sprintf("write policy %s for the cloud of the token, which has %s", called(h.Name), h.cloudClaims(h.claims))
		if there {
			fix += ", or, if that is the wrong one, " + h.cloudRequest(to, wanted)
		}
		return fix
	}
	return c
}

// cloudRequest words the asking for a token of a cloud.
func (h *hearing) cloudRequest(to Cloud, has Claims) string {
	return fmt.Sprintf("get the token from cloud %s (%s), so that it has %s", to, to.LoginHost(), h.cloudClaims(has))
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
