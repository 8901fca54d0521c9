package expression

import (
	"slices"
	"strings"
)

// nearest returns the function whose name a person most likely meant, or "".
func nearest(name string) string {
	const most = 2 // slips of the hand; more of them are another word
	candidates := slices.Clone(unsupported)
	for _, f := range functions {
		candidates = append(candidates, f.name)
	}
	slices.Sort(candidates) // of two names equally near, always the same
	best, found := most+1, ""
	written := strings.ToLower(name)
	for _, c := range candidates {
		d := distance(written, strings.ToLower(c), best)
		if d < best && d < len(c)/2+1 {
			best, found = d, c
		}
	}
	return found
}

// distance counts the letters to add, drop or change between a and b, as far as
// limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
