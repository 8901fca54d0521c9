package inspector

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// known refuses a query that an address cannot take as it is written: a filter that is
// misspelled, or lost, would choose everything. What it lets pass, r.URL.Query has whole.
func known(w http.ResponseWriter, r *http.Request, names ...string) bool {
	if _, err := readQuery(r.URL.RawQuery, names...); err != nil {
		problem(w, http.StatusBadRequest, "query "+err.Error())
		return false
	}
	return true
}

// readQuery reads a query, or what a form sends, in which each parameter may stand once
// and has one of the names.
func readQuery(written string, names ...string) (url.Values, error) {
	q, err := url.ParseQuery(written)
	if err != nil {
		return nil, unreadable(written)
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("parameter %s is unknown; %s", quoted(name), use(names))
		}
		if n := len(q[name]); n > 1 {
			return nil, fmt.Errorf("parameter %q is given %d times; give it once", name, n)
		}
	}
	return q, nil
}

// unreadable names the parameter that url.ParseQuery did not take, and url.URL.Query
// would have dropped without a word.
func unreadable(written string) error {
	for pair := range strings.SplitSeq(written, "&") {
		if _, err := url.ParseQuery(pair); err != nil {
			return fmt.Errorf("parameter %s cannot be read; write %% as %%25 and ; as %%3B", quoted(pair))
		}
	}
	return errors.New("parameters are too many; give each once")
}

func use(names []string) string {
	if len(names) == 0 {
		return "this address takes none"
	}
	return "use " + strings.Join(names, ", ")
}
