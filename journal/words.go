package journal

import "sync"

// kinds is a set of the kinds of words after which secrets stand.
type kinds uint8

const (
	schemeWord kinds = 1 << iota // Bearer
	urlWord                      // sig, code and key, in a URL or a form
	secretWord                   // parts of names
)

// words finds every word of all kinds in one pass over a text: a body of 64 KiB takes
// less than patterns take for a line. It is the automaton of Aho and Corasick (1975),
// made when a text is first looked at: most commands keep no journal.
var words = sync.OnceValue(newFinder)

// finder is an automaton over bytes, ASCII letters of either case being one.
type finder struct {
	classes [256]uint8 // of bytes that words have; 0: any other
	next    []uint16   // state by state and class, in rows of a power of two
	ends    [][]ending // by state: the words that end there
	kinds   []kinds    // by state: of those words
}

// row is how many classes fit: the letters, digits and signs of the words, and the rest.
const row = 32

type ending struct {
	kinds  kinds
	length int
}

func newFinder() *finder {
	const states = 512 // more grow the tables once again
	f := &finder{next: make([]uint16, 0, states*row), ends: make([][]ending, 0, states), kinds: make([]kinds, 0, states)}
	f.state()
	classes := uint8(0)
	for kind, list := range map[kinds][]string{schemeWord: schemes, urlWord: {"sig", "code", "key"}, secretWord: secretWords} {
		for _, word := range list {
			at := 0
			for i := range len(word) {
				c := word[i]
				if f.classes[c] == 0 {
					classes++
					f.classes[c] = classes
					if 'a' <= c && c <= 'z' {
						f.classes[c-'a'+'A'] = classes
					}
				}
				to := &f.next[at*row+int(f.classes[c])]
				if *to == 0 {
					added := f.state() // may move next
					f.next[at*row+int(f.classes[c])] = uint16(added)
					at = added
					continue
				}
				at = int(*to)
			}
			f.ends[at] = append(f.ends[at], ending{kind, len(word)})
			f.kinds[at] |= kind
		}
	}
	if classes >= row {
		panic("the words have more letters than a row")
	}
	f.close()
	return f
}

func (f *finder) state() int {
	f.next = append(f.next, make([]uint16, row)...) // does not allocate the row
	f.ends = append(f.ends, nil)
	f.kinds = append(f.kinds, 0)
	return len(f.ends) - 1
}

// close lets every state go on, where no word goes on, from the longest end of its
// text that begins a word.
func (f *finder) close() {
	shorter := make([]int, len(f.ends))
	queue := []int{}
	for c := range row {
		if to := f.next[c]; to != 0 {
			queue = append(queue, int(to))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		f.ends[at] = append(f.ends[at], f.ends[shorter[at]]...)
		f.kinds[at] |= f.kinds[shorter[at]]
		for c := range row {
			to, otherwise := &f.next[at*row+c], f.next[shorter[at]*row+c]
			if *to == 0 {
				*to = otherwise
				continue
			}
			shorter[*to] = int(otherwise)
			queue = append(queue, int(*to))
		}
	}
}

// in returns the kinds of the words in a text.
func (f *finder) in(text string) kinds {
	var found kinds
	at := 0
	for i := range len(text) {
		at = int(f.next[at*row+int(f.classes[text[i]])])
		found |= f.kinds[at]
	}
	return found
}

// each calls do with every word of some kind, in the order of their ends, until do
// returns false.
func each[T string | []byte](f *finder, text T, which kinds, do func(from, to int) bool) {
	at := 0
	for i := range len(text) {
		at = int(f.next[at*row+int(f.classes[text[i]])])
		if f.kinds[at]&which == 0 {
			continue
		}
		for _, e := range f.ends[at] {
			if e.kinds&which != 0 && !do(i+1-e.length, i+1) {
				return
			}
		}
	}
}
