package compose

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

const (
	repository  = "../.."
	rootFile    = repository + "/compose.yaml"
	exampleFile = repository + "/examples/compose/compose.yaml"
)

// load reads a compose file as docker compose does, every profile enabled:
// schema, merge keys, paths, and whether what is referred to is there.
func load(file string, content []byte) (*types.Project, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Base(file), Content: content}},
		// No variables: a file that needs one would not work as it was cloned.
		Environment: types.Mapping{},
	}, func(o *loader.Options) { o.Profiles = []string{"*"} })
}

func mustLoad(t *testing.T, file string) *types.Project {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	project, err := load(file, content)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(project.Services) == 0 {
		t.Fatalf("%s has no service", file)
	}
	return project
}

// Whatever these files start is confined, and reachable from this machine only.
func TestServicesAreConfined(t *testing.T) {
	for _, file := range []string{rootFile, exampleFile} {
		for name, service := range mustLoad(t, file).Services {
			if !service.ReadOnly {
				t.Errorf("%s: %s has a writable root", file, name)
			}
			if !slices.Equal(service.CapDrop, []string{"ALL"}) || len(service.CapAdd) > 0 || service.Privileged {
				t.Errorf("%s: %s has capabilities", file, name)
			}
			if !slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
				t.Errorf("%s: %s may get new privileges", file, name)
			}
			if service.NetworkMode != "" {
				t.Errorf("%s: %s has network mode %s", file, name, service.NetworkMode)
			}
			for _, port := range service.Ports {
				if port.HostIP != "127.0.0.1" {
					t.Errorf("%s: %s publishes %d on %q", file, name, port.Target, port.HostIP)
				}
			}
		}
	}
}

func TestMountedFoldersExist(t *testing.T) {
	for name, service := range mustLoad(t, exampleFile).Services {
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			// Docker makes a missing folder, empty, and the emulator then has no workspace.
			if info, err := os.Stat(volume.Source); err != nil || !info.IsDir() {
				t.Errorf("%s mounts %s, which is no folder", name, volume.Source)
			}
			if !volume.ReadOnly {
				t.Errorf("%s may write to %s", name, volume.Source)
			}
		}
	}
}

// The check itself must be able to fail.
func TestInvalidFilesAreRefused(t *testing.T) {
	tests := []struct{ file, old, new, want string }{
		{rootFile, "services:", "servces:", "servces"},
		{rootFile, "read_only: true", "readonly: true", "readonly"},
		{rootFile, "cap_drop: [ALL]", "cap_drop: ALL", "cap_drop"},
		{rootFile, "- state:/state", "- stale:/state", "stale"},
		{exampleFile, "condition: service_healthy", "condition: service_healhty", "condition"},
		{exampleFile, "interval: 1s", "interval: often", "interval"},
		{exampleFile, "caller-token: { condition", "token: { condition", "token"},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			content, err := os.ReadFile(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(content), tt.old, tt.new, 1)
			if changed == string(content) {
				t.Fatalf("%s has no %q any more", tt.file, tt.old)
			}
			_, err = load(tt.file, []byte(changed))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that names %s", err, tt.want)
			}
		})
	}
}
