package expression

import "encoding/json"

// elements are values to look among, each once. Texts and whole numbers, which most lists
// hold, are found without looking at the others.
type elements struct {
	list   []any
	keyed  map[any]bool
	others []any // the rest, to be compared one by one
}

func (e *evaluation) elementsOf(list []any) (*elements, *EvalError) {
	s := &elements{list: []any{}}
	for _, v := range list {
		if err := e.add(s, v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// add adds a value that is not there yet.
func (e *evaluation) add(s *elements, v any) *EvalError {
	found, err := e.among(s, v)
	if found || err != nil {
		return err
	}
	s.list = append(s.list, v)
	if !isKey(v) {
		s.others = append(s.others, v)
		return nil
	}
	if s.keyed == nil {
		s.keyed = map[any]bool{}
	}
	s.keyed[v] = true
	return nil
}

// among reports whether one of the elements equals the value.
func (e *evaluation) among(s *elements, v any) (bool, *EvalError) {
	if err := e.spend(1); err != nil {
		return false, err
	}
	if err := e.read(v); err != nil {
		return false, err
	}
	if !isKey(v) {
		return e.has(s.list, v)
	}
	if _, ok := v.(string); ok || s.keyed[v] {
		return s.keyed[v], nil
	}
	return e.has(s.others, v)
}

// isKey reports whether a value equals another only if it is written the same, or is a
// number with a fraction or an exponent.
func isKey(v any) bool {
	switch v := v.(type) {
	case string:
		return true
	case json.Number:
		for i := range len(v) {
			if c := v[i]; (c < '0' || c > '9') && (c != '-' || v == "-0") {
				return false
			}
		}
		return true
	}
	return false
}
