package probe

import (
	"net/http"
	"strings"
	"time"
)

// call is one probe: what is sent, and which refusals the catalogue expects of it.
type call struct {
	name, sends   string
	method        string // POST when empty
	path, query   string
	authorization string
	expect        func(gate) []int
	fill          []string // placeholders whose values are known
	good          bool     // whether its credentials may be good
	run           bool     // whether it is meant to start a run
}

// gate is what the call without credentials told of the gate, by its refusal: 4 and
// signed URLs are on, 5 and tokens alone are taken, 6 and that is the kind of the
// trigger, 18 and this caller's address is not allowed. 0: it is not known.
type gate int

// always expects refusals whatever is known of the gate, but that an address which
// is not allowed comes first.
func always(numbers ...int) func(gate) []int {
	return func(g gate) []int {
		if g == 18 {
			return []int{18}
		}
		return numbers
	}
}

// before expects refusals that come before the caller's address is looked at.
func before(numbers ...int) func(gate) []int { return func(gate) []int { return numbers } }

// signed expects refusals of a signed URL: where SAS is off, that is what is said.
func signed(numbers ...int) func(gate) []int {
	return func(g gate) []int {
		switch g {
		case 4:
			return numbers
		case 5:
			return []int{8}
		case 18:
			return []int{18}
		}
		return append(numbers[:len(numbers):len(numbers)], 8)
	}
}

// otherMethod is one that few triggers take. If one does, the body stops the call.
const otherMethod = http.MethodPut

// matrix returns the probes of a target, in the order in which they are sent.
func matrix(t *Target, token *Token, now time.Time, run bool) ([]call, error) {
	calls := withoutCredentials(t)
	from := token
	if from == nil {
		from = nobody()
	}
	f, err := from.forge(now)
	if err != nil {
		return nil, err
	}
	calls = append(calls, withBadTokens(t, f)...)
	calls = append(calls, withBadSignatures(t)...)
	if t.Signed() {
		calls = append(calls, withSignature(t, run)...)
	}
	if token != nil {
		calls = append(calls, withToken(t, token, f, now, run)...)
	}
	for i := range calls {
		if c := &calls[i]; c.path == "" {
			c.path = t.path()
		}
	}
	return calls, nil
}

// unknownVersion is none of the service's.
const unknownVersion = "1900-01-01"

func withoutCredentials(t *Target) []call {
	nobodys := "flowgate-probe-no-such-trigger"
	nowhere := strings.Repeat("0", 32)
	calls := []call{
		{name: "no-credentials", sends: "neither a signature nor an Authorization header", query: t.query(t.apiVersion), expect: before(4, 5, 6, 18)},
		{name: "no-api-version", sends: "no api-version", query: t.query(""), expect: before(1)},
		{name: "unknown-api-version", sends: "api-version=" + unknownVersion, query: t.query(unknownVersion), expect: before(2),
			fill: []string{"{v}", unknownVersion, "{versions}", strings.Join(t.versions, ",")}},
	}
	if !t.flow {
		calls = append(calls,
			call{name: "listed-api-version", sends: "api-version=2015-02-01-preview", query: t.query("2015-02-01-preview"), expect: before(3)},
			call{name: "oldest-api-version", sends: "api-version=2015-08-01-preview and no credentials", query: t.query("2015-08-01-preview"), expect: always(6)})
	}
	return append(calls,
		call{name: "unknown-workflow", sends: "a workflow id of zeros", path: t.base + "/" + nowhere + "/triggers/" + t.trigger + "/paths/invoke",
			query: t.query(t.apiVersion), expect: before(19), fill: []string{"{name}", nowhere}},
		call{name: "unknown-trigger", sends: "a trigger that is not there", path: t.base + "/" + t.workflow + "/triggers/" + nobodys + "/paths/invoke",
			query: t.query(t.apiVersion), expect: before(20), fill: []string{"{trigger}", nobodys}},
		call{name: "unknown-path", sends: "a path that no trigger has", path: t.base + "/" + t.workflow + "/triggers/" + t.trigger + "/elsewhere",
			query: t.query(t.apiVersion), expect: before(27)})
}

func withBadTokens(t *Target, f forged) []call {
	all := []call{
		{name: "basic", sends: "Authorization: Basic", authorization: "Basic cHJvYmU6cHJvYmU="},
		{name: "bearer-nothing", sends: "Authorization: Bearer, and no token", authorization: "Bearer"},
		{name: "bearer-nonsense", sends: "Authorization: Bearer nonsense", authorization: "Bearer nonsense"},
		{name: "token-unsigned", sends: "a token whose alg is none", authorization: "Bearer " + f.unsigned},
		{name: "token-foreign", sends: "a token signed with a key that nobody has published", authorization: "Bearer " + f.foreign},
	}
	for i := range all {
		all[i].query, all[i].expect = t.query(t.apiVersion), always(9)
	}
	return all
}

func withBadSignatures(t *Target) []call {
	// 43 characters, as the service's are.
	wrong := strings.Repeat("A", 43)
	scope := "sp=%2Ftriggers%2F" + t.trigger + "%2Frun"
	return []call{
		{name: "sig-and-header", sends: "a sig, and Authorization: Nonsense", query: t.query(t.apiVersion, scope, "sv=1.0", "sig="+wrong), authorization: "Nonsense probe",
			expect: always(7), fill: []string{"{scheme}", "Nonsense"}},
		{name: "sig-alone", sends: "a sig without sp and sv", query: t.query(t.apiVersion, "sig="+wrong), expect: signed(15)},
		{name: "sig-missing", sends: "sp and sv without a sig", query: t.query(t.apiVersion, scope, "sv=1.0"), expect: signed(15)},
		{name: "sig-wrong", sends: "a sig that no key made", query: t.query(t.apiVersion, scope, "sv=1.0", "sig="+wrong), expect: signed(14)},
	}
}

func withSignature(t *Target, run bool) []call {
	sig := t.signature["sig"]
	good := t.query(t.apiVersion, t.signed("", ""))
	calls := []call{
		{name: "signed-cut", sends: "the signed URL, one character short", query: t.query(t.apiVersion, t.signed("sig", sig[:len(sig)-1])), expect: signed(14)},
		{name: "signed-other-scope", sends: "the signed URL with another sp", query: t.query(t.apiVersion, t.signed("sp", "%2Ftriggers%2Fflowgate-probe%2Frun")), expect: signed(14)},
		{name: "signed-and-header", sends: "the signed URL, and Authorization: Bearer nonsense", query: good, authorization: "Bearer nonsense",
			expect: always(7), fill: []string{"{scheme}", "Bearer"}},
		{name: "signed-bad-body", sends: "the signed URL, and a body that is no JSON", query: good, expect: signed(stopped[:]...), fill: bodyFill("POST"), good: true},
		{name: "signed-other-method", sends: "the signed URL, by " + otherMethod, method: otherMethod, query: good, expect: signed(22, 21, 23), fill: bodyFill(otherMethod), good: true},
	}
	if run {
		calls = append(calls, call{name: "signed-run", sends: "the signed URL, to start a run", query: good, good: true, run: true})
	}
	return calls
}

func withToken(t *Target, token *Token, f forged, now time.Time, run bool) []call {
	query := t.query(t.apiVersion)
	if token.Expired(now) {
		return []call{{name: "token-expired", sends: "the token, which has expired", query: query, authorization: "Bearer " + token.text, expect: always(12), good: true}}
	}
	good := "Bearer " + token.text
	calls := []call{
		{name: "token-changed", sends: "the token, with a claim added after it was signed", query: query, authorization: "Bearer " + f.changed, expect: always(9)},
		{name: "token-cut", sends: "the token, four characters short", query: query, authorization: "Bearer " + f.cut, expect: always(9)},
		{name: "token-bad-body", sends: "the token, and a body that is no JSON", query: query, authorization: good, expect: always(append(stopped[:3:3], untaken...)...), fill: bodyFill("POST"), good: true},
		{name: "token-other-method", sends: "the token, by " + otherMethod, method: otherMethod, query: query, authorization: good,
			expect: always(append([]int{22, 21, 23}, untaken...)...), fill: bodyFill(otherMethod), good: true},
	}
	if run {
		calls = append(calls, call{name: "token-run", sends: "the token, to start a run", query: query, authorization: good, good: true, run: true})
	}
	return calls
}

// stopped are the refusals of a call whose credentials are good and whose body is
// not: the body's, the method's where the trigger takes another, the state's.
var stopped = [3]int{23, 22, 21}

// untaken are the refusals of a token that is valid and that no policy takes: what
// is given for a good token may be such a one.
var untaken = []int{10, 11}

// bodyFill is what is known of the words of refusals 22 and 23.
func bodyFill(method string) []string {
	return []string{"{sent}", method, "{error}", "Unexpected character encountered while parsing value: " + harmless[:1] + ". Path '', line 0, position 0."}
}
