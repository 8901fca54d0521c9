package expression

import (
	"fmt"
	"strings"
)

// utcNow writes the current time in a format of .NET, in the words of en-US.
func utcNow(in invocation) (any, *EvalError) {
	format := "o"
	if len(in.args) == 1 {
		var err *EvalError
		if format, err = in.str(0, ofTypeString); err != nil {
			return nil, err
		}
	}
	if in.scope.Now == nil {
		return nil, in.fail("%s: there is no clock here", in.call.written)
	}
	if err := in.produce(len(format)); err != nil {
		return nil, err
	}
	s, bad := formatTime(in.scope.Now().UTC(), format)
	if bad != nil {
		return nil, in.fail("%s: %v", in.call.written, bad)
	}
	return s, nil
}

// guid writes a new identifier in one of the formats of .NET.
func guid(in invocation) (any, *EvalError) {
	format := "D"
	if len(in.args) == 1 {
		var err *EvalError
		if format, err = in.str(0, ofTypeString); err != nil {
			return nil, err
		}
	}
	if bad := checkGUIDFormat(format); bad != nil {
		return nil, in.fail("%s: %v", in.call.written, bad)
	}
	if in.scope.NewGUID == nil {
		return nil, in.fail("%s: there is no source of identifiers here", in.call.written)
	}
	id := in.scope.NewGUID()
	switch strings.ToUpper(format) {
	case "N":
		return strings.ReplaceAll(id, "-", ""), nil
	case "B":
		return "{" + id + "}", nil
	case "P":
		return "(" + id + ")", nil
	}
	return id, nil
}

func checkGUIDFormat(format string) error {
	switch strings.ToUpper(format) {
	case "", "D", "N", "B", "P": // the empty format is D in .NET
		return nil
	case "X":
		return fmt.Errorf("the format X is not evaluated by flowgate; use N, D, B or P")
	}
	return fmt.Errorf("'%s' is no format of a GUID; use N, D, B or P", shorten(format))
}

func refuseLocale(locale string) error {
	return fmt.Errorf("a number in the locale '%s' is not evaluated by flowgate; leave the locale out", shorten(locale))
}
