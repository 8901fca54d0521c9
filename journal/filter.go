package journal

// Filter chooses entries. An empty member chooses all.
type Filter struct {
	Workflow string // name
	Trigger  string
	Method   string
	Outcome  Outcome
	Code     string // letter case included
	Reason   string
	Cause    string
	From     uint64 // number of the first call; see Number
	Limit    int    // of List; 0: none
}

func (f Filter) chooses(e *Entry) bool {
	return (f.Workflow == "" || f.Workflow == e.Workflow) &&
		(f.Trigger == "" || f.Trigger == e.Trigger) &&
		(f.Method == "" || f.Method == e.Method) &&
		(f.Outcome == "" || f.Outcome == e.Outcome) &&
		(f.Code == "" || f.Code == e.Code) &&
		(f.Reason == "" || f.Reason == e.Reason) &&
		(f.Cause == "" || f.Cause == e.Cause)
}
