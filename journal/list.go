package journal

// chunk is how many calls are looked at while the lock is held: Add waits for no more.
const chunk = 64

// numbered is a call's record with its number.
type numbered struct {
	number uint64
	*record
}

// newest returns the newest calls before a number, newest first and no more than most;
// none when there are no more.
func (j *Journal) newest(before uint64, most int) []numbered {
	j.mu.Lock()
	defer j.mu.Unlock()
	before = min(before, j.next)
	var records []numbered
	for n := before; n > j.oldest() && len(records) < most; n-- {
		records = append(records, numbered{n - 1, j.record(n - 1)})
	}
	return records
}

// record returns the record of a call that is kept. The lock is held.
func (j *Journal) record(number uint64) *record {
	s := j.at(number)
	if s.record == nil {
		s.record, s.pending = &record{pending: s.pending}, nil
	}
	return s.record
}

// Get returns the entry with the given id.
func (j *Journal) Get(id string) (*Entry, bool) {
	number, ok := j.Number(id)
	if !ok {
		return nil, false
	}
	for _, r := range j.newest(number+1, 1) {
		if r.number == number { // or it is gone since
			return r.entry(), true
		}
	}
	return nil, false
}

// Number returns the number of the call with the given id: calls are numbered as they
// come.
func (j *Journal) Number(id string) (uint64, bool) {
	before := ^uint64(0)
	for before > 0 {
		number, ok := j.findBefore(id, before)
		if ok {
			return number, true
		}
		before = number
	}
	return 0, false
}

// findBefore looks for an id among some of the calls before a number. It returns the
// call's number, or the number before which to go on: 0 when there is nothing more.
func (j *Journal) findBefore(id string, before uint64) (number uint64, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	number = min(before, j.next)
	for range 16 * chunk {
		if number <= j.oldest() {
			return 0, false
		}
		number--
		if j.at(number).id == id {
			return number, true
		}
	}
	return number, false
}

// List returns the chosen entries, newest first; never nil.
func (j *Journal) List(f Filter) []*Entry {
	list, _ := j.list(f, ^uint64(0))
	return list
}

// list returns the chosen ones of the calls before a number, newest first, and the
// number of the oldest call that it saw.
func (j *Journal) list(f Filter, before uint64) (list []*Entry, first uint64) {
	list = []*Entry{}
	for {
		most := chunk
		if f.Limit > 0 {
			most = min(most, f.Limit-len(list))
		}
		records := j.newest(before, most)
		for _, r := range records {
			if r.number < f.From {
				return list, before
			}
			if e := r.entry(); f.chooses(e) {
				list = append(list, e)
			}
			before = r.number
		}
		if len(records) == 0 {
			return list, before
		}
	}
}
