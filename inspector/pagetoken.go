package inspector

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// shownToken is what a token says, as a page shows it.
type shownToken struct {
	Judged   bool // whether somebody vouches for it was asked
	Verified bool
	Header   []member
	Claims   []member
	Life     *life // nil: the token does not say from when to when it is good
}

// member is a member of a token's header or claims. Note says what it means, where
// that cannot be seen.
type member struct{ Name, Value, Note string }

func showToken(verified bool, header, claims map[string]any, now time.Time) *shownToken {
	if header == nil && claims == nil {
		return nil
	}
	return &shownToken{true, verified, members(header, now), members(claims, now), lifeOf(claims, now)}
}

// passed tells of a token that was let in and is not good at that moment that the clock skew is
// why, so that the page does not seem to contradict itself.
func (t *shownToken) passed() {
	// An iat to come keeps no token out: the skew has no part in that.
	if t != nil && t.Life != nil && (t.Life.Expired || t.Life.Early && t.Life.Begins == "nbf") {
		t.Life.Until += ", and let in by the clock skew alone"
	}
}

func members(m map[string]any, now time.Time) []member {
	var list []member
	for _, name := range slices.Sorted(maps.Keys(m)) {
		one := member{Name: name, Value: valueText(m[name])}
		if slices.Contains([]string{"iat", "nbf", "exp", "auth_time"}, name) {
			one.Note = "cannot be read as a time"
			if at, ok := timeClaim(m, name); ok {
				one.Note = at.Format("2006-01-02 15:04:05 UTC") + ", " + relative(at, now)
			}
		}
		list = append(list, one)
	}
	return list
}

// timeClaim reads a NumericDate that a calendar can show.
func timeClaim(claims map[string]any, name string) (time.Time, bool) {
	var seconds float64
	switch v := claims[name].(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return time.Time{}, false
		}
		seconds = f
	case float64:
		seconds = v
	default:
		return time.Time{}, false
	}
	if seconds < 0 || seconds > 253402300799 { // the end of the year 9999
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// relative says how far away a time is, in the unit that a person would use.
func relative(at, now time.Time) string {
	d := at.Sub(now)
	if d <= -time.Second {
		return roughly(-d) + " earlier"
	}
	if d < time.Second {
		return "at that moment"
	}
	return roughly(d) + " later"
}

func roughly(d time.Duration) string {
	if d >= 100*365*24*time.Hour { // what a Duration can hold ends soon after
		return "100 years and more"
	}
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}} {
		if d >= 2*unit.long {
			return strconv.FormatInt(int64(d/unit.long), 10) + " " + unit.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

// life is a token's time from issued to expired, and the moment that it is held
// against, as places on a bar in per cent.
type life struct {
	From, To, Now   string // per cent
	Width           string
	Expired, Early  bool
	Issued, Expires time.Time
	At              time.Time
	Until           string // in words
	Begins          string // what the bar begins with: iat or nbf
}

func lifeOf(claims map[string]any, now time.Time) *life {
	begins := "iat"
	if _, has := claims["nbf"]; has {
		begins = "nbf"
	}
	for _, name := range []string{"iat", "nbf", "exp"} {
		_, has := claims[name]
		if _, readable := timeClaim(claims, name); has && !readable {
			return nil // the gate refuses it for that, whatever the others say
		}
	}
	from, starts := timeClaim(claims, begins)
	end, ends := timeClaim(claims, "exp")
	if !starts || !ends || !from.Before(end) {
		return nil
	}
	first, last := from, end
	if now.Before(first) {
		first = now
	}
	if now.After(last) {
		last = now
	}
	// Seconds as float64: spans of centuries overflow a Duration.
	span := float64(last.Unix()-first.Unix()) * 1.08
	place := func(t time.Time) float64 {
		return 100 * (float64(t.Unix()-first.Unix()) + span*0.037) / cmp.Or(span, 1)
	}
	l := &life{From: percent(place(from)), To: percent(place(end)), Now: percent(place(now)), Width: percent(max(place(end)-place(from), 0.5)),
		Expired: !now.Before(end), Early: now.Before(from), Issued: from, Expires: end, At: now, Begins: begins}
	switch {
	case l.Expired:
		l.Until = "expired " + roughly(now.Sub(end)) + " earlier"
	case l.Early:
		l.Until = "good only " + roughly(from.Sub(now)) + " later"
	default:
		l.Until = "good for another " + roughly(end.Sub(now))
	}
	return l
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) + "%" }
