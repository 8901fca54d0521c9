package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// hearing is one policy held against one token, while the cause is looked for.
type hearing struct {
	Judgement
	claims     Claims
	known      Known
	mismatches []Comparison
	flow       bool // a Power Automate flow's: nobody can edit it but by the flow's settings
}

func newHearing(j Judgement, claims Claims, known Known) *hearing {
	h := &hearing{Judgement: j, claims: claims, known: known, flow: ofFlow(j)}
	for _, c := range j.Claims {
		if !c.Matched {
			h.mismatches = append(h.mismatches, c)
		}
	}
	return h
}

func (h *hearing) distance() int {
	if len(h.Claims) == 0 {
		return math.MaxInt
	}
	return len(h.mismatches)
}

// correction is one mistake undone: what the token and the policy would say.
type correction struct {
	token  Claims          // claims that the token would have instead
	lost   map[string]bool // names of others that it would not have, or nobody knows with which value
	policy map[Claim]Claim // claims that the policy would name instead
	fix    func() string   // worded only when the correction admits
}

// says has the token say something else.
func (c *correction) says(name string, value any) {
	if c.token == nil {
		c.token = Claims{}
	}
	c.token[name] = value
}

// forgets has the token say nothing of what goes with what is corrected.
func (c *correction) forgets(names ...string) {
	if c.lost == nil {
		c.lost = map[string]bool{}
	}
	for _, name := range names {
		c.lost[name] = true
	}
}

// asks has the policy ask for something else.
func (c *correction) asks(m Comparison, name, value string) {
	if c.policy == nil {
		c.policy = map[Claim]Claim{}
	}
	c.policy[Claim{m.Name, m.Wanted}] = Claim{name, value}
}

// changes reports whether it corrects anything.
func (c *correction) changes() bool { return len(c.token)+len(c.policy) > 0 }

// admits reports whether the policy would match without the mistake, by the rule
// by which it did not match with it.
func (h *hearing) admits(c correction) bool {
	for _, m := range h.Claims {
		wanted := Claim{m.Name, m.Wanted}
		if other, ok := c.policy[wanted]; ok {
			wanted = other
		}
		got, present := c.token[wanted.Name]
		if !present && !c.lost[wanted.Name] {
			got, present = h.claims[wanted.Name]
		}
		if !present || !matches(got, wanted.Value) {
			return false
		}
	}
	return len(h.Claims) > 0
}

// mismatch returns the mismatch of a claim that the policy names.
func (h *hearing) mismatch(name string) (Comparison, bool) {
	i := slices.IndexFunc(h.mismatches, func(c Comparison) bool { return c.Name == name })
	if i < 0 {
		return Comparison{}, false
	}
	return h.mismatches[i], true
}

// maxListed bounds the mismatches that a fix lists.
const maxListed = 10

// everyMismatch is the fix when no mistake alone is to blame.
func (h *hearing) everyMismatch() string {
	if len(h.Claims) == 0 {
		return fmt.Sprintf("give policy %s claims to compare, for without any it admits nobody", called(h.Name))
	}
	var all []string
	for _, m := range h.mismatches[:min(len(h.mismatches), maxListed)] {
		got := "which the token lacks"
		if m.Present {
			text, _ := m.Got.(string)
			got = "where the token has " + shown(m.Got) + h.known.whose(text) + credentialOf(m.Name, text)
			if m.Name == "scp" && slices.Contains(strings.Fields(text), m.Wanted) { // seen in it, and not found
				got += ", which is compared as one text, not scope by scope"
			}
			if m.Name == "sub" && sameID(h.text("oid"), m.Wanted) {
				got += fmt.Sprintf(", and the wanted id as its oid: a user has another sub for each resource, so name oid %s in the place of sub", quoted(h.text("oid")))
			}
		}
		all = append(all, fmt.Sprintf("%s %s%s, %s", label(m.Name), quoted(m.Wanted), h.known.whose(m.Wanted)+credentialOf(m.Name, m.Wanted), got))
	}
	if len(all) == 0 {
		all = append(all, "every claim as it is")
	}
	if more := len(h.mismatches) - maxListed; more > 0 {
		all = append(all, fmt.Sprintf("%d more claims", more))
	}
	fix := fmt.Sprintf("send another token or change policy %s, the nearest, which wants %s", called(h.Name), strings.Join(all, ", and "))
	if dead := h.dead(); len(dead) > 0 && !h.flow {
		var told []string
		for _, l := range dead {
			told = append(told, l.Text+"; "+h.valued(l))
		}
		fix = fmt.Sprintf("change policy %s, the nearest, which wants %s: %s", called(h.Name), strings.Join(all, ", and "), strings.Join(told, "; and "))
	}
	if h.flow { // its policies follow from its settings
		fix = fmt.Sprintf("send another token or change who may trigger the flow: policy %s, the nearest, wants %s", called(h.Name), strings.Join(all, ", and "))
	}
	if oid := h.text("oid"); h.flow && len(h.mismatches) == 1 && h.mismatches[0].Name == "oid" && oid != "" {
		instead := ""
		if isGUID(h.mismatches[0].Wanted) { // nobody can be what is no object id
			instead = ", or call as one of them"
		}
		fix = fmt.Sprintf("%s%s: policy %s, the nearest, wants %s", h.joinsFlow(), instead, called(h.Name), all[0])
	}
	if m, ok := h.mismatch("oid"); ok && h.flow && strings.Contains(m.Wanted, "@") {
		fix += fmt.Sprintf("; %s, whom the list has, is no user of the workspace: if that is who calls, add %[1]s under tenants in emulator.yaml", quoted(m.Wanted))
	}
	return fix
}

// credentials are what an application showed to get a token, as appidacr and azpacr tell it
// (entra.md section 1).
var credentials = map[string]string{"0": "no credential", "1": "a client secret", "2": "a certificate"}

func credentialOf(claim, value string) string {
	if credential := credentials[value]; credential != "" && (claim == "appidacr" || claim == "azpacr") {
		return " (" + credential + ")"
	}
	return ""
}

// joinsFlow adds the token's caller to the users of a flow. They are named by email, and
// what is no user by object id.
func (h *hearing) joinsFlow() string {
	oid := h.text("oid")
	if user, ok := h.known.user(oid); ok && user.Name != "" {
		return fmt.Sprintf("add %s to the flow's list of users", called(user.Name))
	}
	whose := "the user"
	if h.appOnly() {
		whose = h.caller()
	}
	return fmt.Sprintf("add the object id %s of %s to the flow's list of users", quoted(oid), whose)
}
