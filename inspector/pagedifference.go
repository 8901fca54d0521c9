package inspector

// part is a piece of a value held against another: the same in both, or not. A gap
// stands where the other value has something and this one nothing.
type part struct {
	Text    string
	Differs bool
	Gap     bool
}

const (
	// maxTable bounds the work of one difference: what is longer in the middle is
	// marked whole.
	maxTable = 1 << 16
	// islet is the length up to which what two values share between differences is
	// chance: two GUIDs have letters in common, and mean nothing by it.
	islet = 3
	// maxDifferences is how many differences are shown one by one.
	maxDifferences = 6
)

// difference marks where two values differ, character by character.
func difference(wanted, got string) (w, g []part) {
	a, b := []rune(wanted), []rune(got)
	begin := 0
	for begin < len(a) && begin < len(b) && a[begin] == b[begin] {
		begin++
	}
	end := 0
	for end < len(a)-begin && end < len(b)-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	runs := []run{{a[:begin], b[:begin], true}}
	runs = append(runs, middle(a[begin:len(a)-end], b[begin:len(b)-end])...)
	runs = append(runs, run{a[len(a)-end:], b[len(b)-end:], true})
	return sides(runs)
}

// run is a stretch of both values: equal, or the one in the place of the other.
type run struct {
	wanted, got []rune
	equal       bool
}

// middle compares what is left when the same beginning and the same end are away.
func middle(a, b []rune) []run {
	whole := []run{{a, b, false}}
	if len(a) == 0 || len(b) == 0 || len(a) > maxTable/len(b) {
		return whole
	}
	align := aligned
	if len(a) == len(b) {
		align = inPlace
	}
	runs, shared, other := joined(align(a, b)), 0, 0
	for _, r := range runs {
		if r.equal {
			shared += len(r.wanted)
		} else {
			other++
		}
	}
	// Little in common, or differences everywhere: another value, not other letters.
	if 5*shared < 2*max(len(a), len(b)) || other > maxDifferences {
		return whole
	}
	return runs
}

// inPlace compares values of one length place by place: ids differ in digits, and
// none of them has moved.
func inPlace(a, b []rune) []run {
	var runs []run
	for from, at := 0, 0; at < len(a); from = at {
		equal := a[at] == b[at]
		for at < len(a) && (a[at] == b[at]) == equal {
			at++
		}
		runs = append(runs, run{a[from:at], b[from:at], equal})
	}
	return runs
}

// aligned is the longest common subsequence as runs of equal and of other runes.
func aligned(a, b []rune) []run {
	length := make([][]uint16, len(a)+1) // of what a[i:] and b[j:] share: at most 256 where both are long
	for i := range length {
		length[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var runs []run
	for i, j := 0, 0; i < len(a) || j < len(b); {
		fromI, fromJ := i, j
		for i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
		}
		if i > fromI {
			runs = append(runs, run{a[fromI:i], b[fromJ:j], true})
			continue
		}
		for (i < len(a) || j < len(b)) && (i == len(a) || j == len(b) || a[i] != b[j]) {
			if j == len(b) || i < len(a) && length[i+1][j] >= length[i][j+1] {
				i++
			} else {
				j++
			}
		}
		runs = append(runs, run{a[fromI:i], b[fromJ:j], false})
	}
	return runs
}

// joined drowns islets between differences: the runs are neighbours in both values,
// so each joins the one before it.
func joined(runs []run) []run {
	var out []run
	for k, r := range runs {
		if r.equal && len(r.wanted) < islet && k > 0 && k < len(runs)-1 {
			r.equal = false
		}
		if last := len(out) - 1; last >= 0 && !out[last].equal && !r.equal {
			out[last].wanted = out[last].wanted[:len(out[last].wanted)+len(r.wanted)]
			out[last].got = out[last].got[:len(out[last].got)+len(r.got)]
			continue
		}
		out = append(out, r)
	}
	return out
}

func sides(runs []run) (w, g []part) {
	for _, r := range runs {
		if len(r.wanted) == 0 && len(r.got) == 0 {
			continue
		}
		w = append(w, part{string(r.wanted), !r.equal, len(r.wanted) == 0})
		g = append(g, part{string(r.got), !r.equal, len(r.got) == 0})
	}
	return w, g
}
