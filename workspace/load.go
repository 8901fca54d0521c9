package workspace

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"flowgate/entra"
	"flowgate/jwks"
	"flowgate/pattern"
	"flowgate/policy"
	"flowgate/workflow"
)

// Defaults of emulator.yaml. Five minutes are the default of the library that the
// service most likely uses (presumed).
const (
	defaultRegion    = "westeurope"
	defaultClockSkew = 5 * time.Minute
	maxClockSkew     = time.Hour
)

// loader gathers a workspace and everything wrong with it.
type loader struct {
	folder   folder
	config   *Config
	doc      *document
	ws       *Workspace
	problems workflow.Problems
}

func load(f folder) (*Workspace, workflow.Problems) {
	l := &loader{folder: f, ws: &Workspace{}}
	data, err := f.read(ConfigFile, maxConfig)
	if err != nil {
		return nil, workflow.Problems{{File: f.path(ConfigFile), Severity: workflow.SeverityError, Text: err.Error(), Fix: "a workspace is a folder with a readable emulator.yaml"}}
	}
	l.config, l.doc, l.problems = parse(f.path(ConfigFile), data)
	if l.problems.Fatal() {
		return nil, l.problems
	}
	l.ws.doc = l.doc
	l.basics()
	l.tenants()
	l.ws.known = knownOf(l.ws.Directory)
	l.trust()
	l.refusals()
	l.workflows()
	l.problems.Sort()
	if l.problems.Fatal() {
		return nil, l.problems
	}
	l.ws.Notes = l.problems
	return l.ws, nil
}

func isRegion(name string) bool {
	return name != "" && len(name) <= 32 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// bad notes an error at a YAML path.
func (l *loader) bad(path, fix, format string, args ...any) {
	l.problems = append(l.problems, l.doc.at(path, fmt.Sprintf(format, args...), fix))
}

func (l *loader) basics() {
	l.ws.Cloud = policy.Cloud(cmp.Or(l.config.Cloud, string(policy.Public)))
	if !slices.Contains(policy.Clouds(), l.ws.Cloud) {
		l.bad("$.cloud", "use public, gcc, gcchigh, dod or china", "unknown cloud %q", l.config.Cloud)
		l.ws.Cloud = policy.Public // one mistake, one message
	}
	l.ws.Region = cmp.Or(l.config.Region, defaultRegion)
	if !isRegion(l.ws.Region) {
		l.bad("$.region", "write a region's short name, such as westeurope", "region %q is not one", l.ws.Region)
	}
	l.ws.ClockSkew = defaultClockSkew
	if written := l.config.ClockSkew; written != "" {
		skew, err := time.ParseDuration(written)
		if err != nil || skew < 0 || skew > maxClockSkew {
			l.bad("$.clockSkew", "write a time from 0s to 1h, such as 5m", "clock skew %q is not one", written)
		}
		l.ws.ClockSkew = skew
	}
}

// guid checks that a value is a GUID and not one that another entry has.
func (l *loader) guid(path, what, value string, seen map[string]string) string {
	lower := strings.ToLower(value)
	switch {
	case !pattern.IsGUID(value):
		l.bad(path, "write it as 00000000-0000-0000-0000-000000000000", "%s %q is no GUID", what, value)
	case seen[lower] != "":
		l.bad(path, "give each its own", "%s %q is taken already, in line %s", what, value, seen[lower])
	default:
		line, _, _ := l.doc.place(path)
		seen[lower] = strconv.Itoa(line)
	}
	return lower
}

// trust turns the trusted sources into key sets. Whether a set holds usable keys
// is jwks's to say, and it says so here for a file.
func (l *loader) trust() {
	if l.config.Trust == nil {
		l.config.Trust = []string{"emulator"}
	}
	if len(l.config.Trust) == 0 {
		l.bad("$.trust", "name emulator, entra, an https URL or a JWKS file", "nobody's keys are trusted, so no token could be admitted")
	}
	for i, written := range l.config.Trust {
		source, err := l.source(written)
		if err == nil {
			err = source.Check()
		}
		if err == nil && slices.Contains(l.config.Trust[:i], written) {
			err = errors.New("it is named twice; once is enough")
		}
		if err != nil {
			l.bad(fmt.Sprintf("$.trust[%d]", i), "name emulator, entra, an https URL or a readable JWKS file with an RSA key", "trust %q: %v", source.Name, err)
			continue
		}
		source.Name = l.uniqueName(source.Name)
		l.ws.Trust = append(l.ws.Trust, source)
	}
}

func (l *loader) source(written string) (jwks.Source, error) {
	switch {
	case written == "emulator":
		return jwks.Source{Name: written, Static: entra.TrustedKeys()}, nil
	case written == "entra":
		// One document holds the keys of every tenant and of both token versions.
		return jwks.Source{Name: written, URL: "https://" + l.ws.Cloud.LoginHost() + "/common/discovery/v2.0/keys"}, nil
	case strings.Contains(written, "://"):
		return jwks.Source{Name: jwks.RedactedURL(written), URL: written}, nil
	}
	data, err := l.folder.read(written, jwks.MaxDocument)
	name := written
	if err != nil && strings.ContainsAny(written, "?@") {
		name = "…" // a URL that has lost its scheme, with its secret
	}
	return jwks.Source{Name: name, Static: bytes.TrimPrefix(data, []byte("\ufeff"))}, err // Windows' editors write it
}

// uniqueName numbers a name that is taken: URLs that differ in a value of their query alone are
// shown alike.
func (l *loader) uniqueName(shown string) string {
	name := shown
	for n := 2; slices.ContainsFunc(l.ws.Trust, func(s jwks.Source) bool { return s.Name == name }); n++ {
		name = fmt.Sprintf("%s (%d)", shown, n)
	}
	return name
}

func (l *loader) refusals() {
	l.ws.Refusals = l.config.Refusals
	for key, o := range l.config.Refusals {
		if o == (Override{}) {
			l.problems = append(l.problems, l.doc.atKey("$.refusals", key, fmt.Sprintf("%q replaces nothing", key), "give a status, a code or a message"))
		}
		if o.Status != 0 && (o.Status < 400 || o.Status > 599) {
			l.problems = append(l.problems, l.doc.atKey("$.refusals", key, fmt.Sprintf("%q: status %d is no refusal", key, o.Status), "use 400 to 599"))
		}
	}
}
