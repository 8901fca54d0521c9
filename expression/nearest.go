package expression

import (
	"encoding/json"
	"slices"
	"strings"
)

// Nearest returns the word of among that is likeliest meant by word, letter case
// aside: at most two slips of the hand apart, and less than half of it. Empty: none
// is near.
func Nearest(word string, among []string) string {
	const (
		most    = 2    // more slips are another word
		longest = 64   // guessing is for people, who write short words
		widest  = 1000 // and name few things
	)
	if len(word) > longest {
		return ""
	}
	best, found := most+1, ""
	written := strings.ToLower(word)
	for _, candidate := range among[:min(widest, len(among))] {
		d := distance(written, strings.ToLower(candidate), best)
		if d < best && d < len(candidate)/2+1 {
			best, found = d, candidate
		}
	}
	return found
}

// nearestFunction returns the function whose name a person most likely meant.
func nearestFunction(name string) string {
	candidates := slices.Clone(unsupported)
	for _, f := range functions {
		candidates = append(candidates, f.name)
	}
	slices.Sort(candidates) // of two names equally near, always the same
	return Nearest(name, candidates)
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

// Kind names the JSON type of a value for people, with its article.
func Kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "an array"
	}
	return "an object"
}
