package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ConfigFile is the name of a workspace's configuration.
const ConfigFile = "emulator.yaml"

// folder is where a workspace's files are read from.
type folder interface {
	// read returns the file's content, at most limit bytes; more is an error.
	read(name string, limit int64) ([]byte, error)
	// path returns the name to show in messages.
	path(name string) string
}

// host is a folder of this machine. A workspace is its user's own, so it may name
// files outside its folder.
type host struct {
	dir   string
	files *Files
}

func hostFolder(dir string, files *Files) (folder, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("no such file or folder")
	case err != nil:
		return nil, reason(err)
	case info.IsDir():
		return host{dir, files}, nil
	case filepath.Base(dir) == ConfigFile:
		return host{filepath.Dir(dir), files}, nil
	}
	return nil, errors.New("not a folder; emulator check takes single documents, serve wants a workspace that names them")
}

// configPath is where the configuration of the workspace dir would be.
func configPath(dir string) string {
	if filepath.Base(dir) == ConfigFile {
		return dir
	}
	return filepath.Join(dir, ConfigFile)
}

func (h host) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(h.dir, filepath.FromSlash(name))
}

func (h host) read(name string, limit int64) ([]byte, error) {
	path := h.path(name)
	h.files.stamps[path] = stamp(path) // before the read: what changes after it is seen
	return ReadFile(path, limit)
}

// Files are the files of a load, as they were when it read them.
type Files struct{ stamps map[string]string }

// Changed reports whether one of the files is other than it was.
func (f *Files) Changed() bool {
	for path, was := range f.stamps {
		if stamp(path) != was {
			return true
		}
	}
	return false
}

// stamp tells two states of a file apart by its size and time.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "missing"
	}
	return fmt.Sprintf("%d bytes, %d", info.Size(), info.ModTime().UnixNano())
}

// embedded is a workspace inside the program.
type embedded struct{ fs.FS }

func (e embedded) path(name string) string { return name }

func (e embedded) read(name string, limit int64) ([]byte, error) {
	f, err := e.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	return readAll(f, limit)
}

// ReadFile reads a regular file of at most limit bytes. A pipe or a device is
// refused: it could block a start for ever.
func ReadFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if info.IsDir() {
		return nil, errors.New("a folder, not a file")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	return readAll(f, limit)
}

func readAll(f fs.File, limit int64) ([]byte, error) {
	if info, err := f.Stat(); err == nil && info.Size() > limit {
		return nil, fmt.Errorf("%d bytes; at most %d are read", info.Size(), limit)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, reason(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("more than %d bytes", limit)
	}
	return data, nil
}

// reason strips the operation and the path from a file error: the message already
// begins with the path.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file")
	}
	return errors.New(strings.TrimSuffix(err.Error(), "."))
}
