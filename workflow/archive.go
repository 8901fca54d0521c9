package workflow

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"flowgate/pattern"
)

// Limits of a zip. Sizes are counted while reading: what the headers say of them
// may be a lie.
const (
	maxEntries      = 2000
	maxEntry        = MaxFile
	maxUncompressed = 100 << 20
)

var (
	solutionFlow = pattern.New(`(?i)^Workflows/(.+)-([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})\.json$`)
	packageFlow  = pattern.New(`(?i)^Microsoft\.Flow/flows/([^/]+)/definition\.json$`)
	packageNames = "manifest.json"
)

// archive reads the flows of a solution export or a legacy package. It unpacks
// in memory and writes nothing; names that would leave a folder are refused all
// the same, for no such package comes from Power Automate.
func (l *loading) archive(data []byte) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		l.fileError("export it again", "is a damaged zip: %v", err)
		return
	}
	if len(z.File) > maxEntries {
		l.fileError("", "a zip with %d entries; at most %d are read", len(z.File), maxEntries)
		return
	}
	if !l.checkNames(z.File) {
		return
	}
	unpacked := &unpacking{left: maxUncompressed}
	names := l.displayNames(z.File, unpacked)
	found := false
	for _, f := range z.File {
		named, ok := flowEntry(f.Name, names)
		if !ok {
			continue
		}
		found = true
		entry := l.file + "!" + f.Name
		text, err := unpacked.read(f)
		if err != nil {
			l.report(&Problem{File: entry, Severity: SeverityError, Text: err.Error()})
			continue
		}
		doc, p := readDocument(entry, text)
		if p != nil {
			l.report(p)
			continue
		}
		root := l.root(doc)
		if !root.property("properties").has("definition") {
			root.warnf("", "not a cloud flow, which has properties with a definition: it is passed over")
			continue
		}
		l.flow(root, named)
	}
	if !found {
		l.fileError("", "a zip without flows: expected Workflows/{name}-{GUID}.json of a solution export, or Microsoft.Flow/flows/{GUID}/definition.json of a package")
	}
}

// checkNames refuses names that would leave the folder that they are unpacked
// in, and names that come twice. False: there is one.
func (l *loading) checkNames(files []*zip.File) bool {
	seen := make(map[string]bool, len(files))
	ok := true
	for _, f := range files {
		clean := path.Clean("/" + f.Name)
		wrong := ""
		switch {
		case strings.Contains(f.Name, `\`):
			wrong = "has a backslash"
		case strings.HasPrefix(f.Name, "/"), len(f.Name) > 1 && f.Name[1] == ':':
			wrong = "is absolute"
		case "/"+strings.TrimSuffix(f.Name, "/") != clean:
			wrong = "leaves its folder, or has empty parts"
		case seen[f.Name]:
			wrong = "comes twice"
		}
		seen[f.Name] = true
		if wrong != "" {
			l.fileError("export the package again", "the name of the entry %q %s", f.Name, wrong)
			ok = false
		}
	}
	return ok
}

// flowEntry recognises the entry of a flow.
func flowEntry(name string, displayNames map[string]string) (identity, bool) {
	if m := solutionFlow().FindStringSubmatch(name); m != nil {
		return identity{name: m[1], id: idOfGUID(m[2])}, true
	}
	m := packageFlow().FindStringSubmatch(name)
	if m == nil {
		return identity{}, false
	}
	named := identity{name: displayNames[strings.ToLower(m[1])]}
	if pattern.IsGUID(m[1]) {
		named.id = idOfGUID(m[1])
	}
	return named, true
}

// displayNames reads what the manifest of a legacy package calls its flows, by
// their folders; a solution export has none.
func (l *loading) displayNames(files []*zip.File, unpacked *unpacking) map[string]string {
	names := make(map[string]string)
	for _, f := range files {
		if f.Name != packageNames {
			continue
		}
		text, err := unpacked.read(f)
		if err != nil {
			l.report(&Problem{File: l.file + "!" + f.Name, Severity: SeverityError, Text: err.Error()})
			return names
		}
		doc, p := readDocument(l.file+"!"+f.Name, text)
		if p != nil {
			p.Severity = SeverityNote // names alone are lost
			l.report(p)
			return names
		}
		for id, resource := range l.root(doc).property("resources").members() {
			if name := literalText(resource.property("details"), "displayName"); name != "" {
				names[strings.ToLower(id)] = name
			}
		}
	}
	return names
}

// unpacking is what may still be unpacked of one zip.
type unpacking struct{ left int64 }

// read unpacks one entry, and no more of it than is allowed.
func (u *unpacking) read(f *zip.File) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, errors.New("the entry is encrypted; export the package again without a password")
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("the entry is compressed by method %d; zip it with deflate", f.Method)
	}
	if err != nil {
		return nil, fmt.Errorf("the entry is damaged: %v", err)
	}
	defer r.Close()
	limit := min(maxEntry, u.left)
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	u.left -= int64(len(data))
	switch {
	case int64(len(data)) > maxEntry:
		return nil, fmt.Errorf("the entry unpacks to more than %d MB", maxEntry>>20)
	case u.left < 0:
		return nil, fmt.Errorf("the zip unpacks to more than %d MB", maxUncompressed>>20)
	case err != nil:
		return nil, fmt.Errorf("the entry is damaged: %v", err)
	}
	return data, nil
}
