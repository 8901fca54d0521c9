package compose

import (
	"bytes"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestExample runs examples/compose: commands, environment, mounts, order and
// health checks are the file's.
func TestExample(t *testing.T) {
	e := newExample(t)

	answer := e.finish("caller")
	if want := `{"received":` + e.project.Services["caller"].Command[0] + "}\n"; answer != want {
		t.Errorf("the caller prints %s, want %s", answer, want)
	}

	output := e.finish("test")
	for _, name := range []string{"TestOwnTokenIsAdmitted", "TestStrangersTokenIsRefused", "TestWithoutCredentialsIsRefused"} {
		if !strings.Contains(output, "--- PASS: "+name+" ") {
			t.Errorf("%s did not run", name)
		}
	}
	t.Log(output)

	for _, name := range []string{"caller-token", "stranger-token"} {
		info, err := os.Stat(filepath.Join(e.volumes[name], "token"))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, want 600", name, mode)
		}
	}
}

// The example's integration test must be able to fail.
func TestExampleTestNeedsItsEmulator(t *testing.T) {
	e := newExample(t)
	service := e.project.Services["test"]
	service.DependsOn = nil // so no emulator, and no tokens
	e.project.Services["test"] = service

	output, err := e.command(service, nil).CombinedOutput()
	if err == nil || strings.Contains(string(output), "--- PASS") || strings.Contains(string(output), "--- SKIP") {
		t.Errorf("error %v without an emulator:\n%s", err, output)
	}
}

// program is what an image runs: its entrypoint and its environment.
type program struct {
	entrypoint []string
	env        map[string]string
}

// images are those that the example builds, by folder and stage. .ci/image checks
// that the built ones have these entrypoints and this environment.
var images = map[string]program{
	repository: {[]string{"/emulator"}, map[string]string{
		"EMULATOR_HTTP": "0.0.0.0:7080", "EMULATOR_HTTPS": "0.0.0.0:7443", "EMULATOR_ALLOW_PUBLIC_KEY": "true", "EMULATOR_STATE": "/state",
	}},
	repository + "/examples/compose/caller":      {[]string{"/caller"}, nil},
	repository + "/examples/compose/caller test": {[]string{"/caller.test", "-test.v"}, nil},
}

// example is the project, with what stands in this machine for what its containers see.
type example struct {
	t        *testing.T
	project  *types.Project
	root     string            // holds the images' programs under their names there
	volumes  map[string]string // named volume to folder
	hosts    *strings.Replacer // host and port in the containers' network to address
	finished map[string]string // service to its standard output
	started  map[string]bool
}

func newExample(t *testing.T) *example {
	e := &example{
		t: t, project: mustLoad(t, exampleFile), root: t.TempDir(),
		volumes: map[string]string{}, finished: map[string]string{}, started: map[string]bool{},
	}
	for name := range e.project.Volumes {
		e.volumes[name] = t.TempDir()
	}
	http, https := freeAddresses(t)
	e.hosts = strings.NewReplacer(
		"//emulator:7080/", "//"+http+"/", "0.0.0.0:7080", http,
		"//emulator:7443/", "//"+https+"/", "0.0.0.0:7443", https)

	caller := repository + "/examples/compose/caller"
	e.build(repository, "build", "emulator", "./cmd/emulator")
	e.build(caller, "build", "caller", ".")
	e.build(caller, "test -c", "caller.test", ".")
	return e
}

func (e *example) build(dir, command, name, pkg string) {
	e.t.Helper()
	args := append(strings.Fields(command), "-o", filepath.Join(e.root, name), pkg)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		e.t.Fatalf("go %s in %s: %v\n%s", strings.Join(args, " "), dir, err, output)
	}
}

// finish runs a service to its end, once, after what it depends on, and returns its
// standard output.
func (e *example) finish(name string) string {
	e.t.Helper()
	if output, done := e.finished[name]; done {
		return output
	}
	service := e.service(name)
	var stdout, stderr bytes.Buffer
	cmd := e.command(service, nil)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		e.t.Fatalf("%s: %v\n%s%s", name, err, &stdout, &stderr)
	}
	e.finished[name] = stdout.String()
	return stdout.String()
}

// start starts a service, once, after what it depends on, and returns when its
// health check passes. The end of the test stops it as docker does.
func (e *example) start(name string) {
	e.t.Helper()
	if e.started[name] {
		return
	}
	service := e.service(name)
	if service.HealthCheck == nil || len(service.HealthCheck.Test) < 2 || service.HealthCheck.Test[0] != "CMD" {
		e.t.Fatalf("%s has no health check", name)
	}
	check := service.HealthCheck.Test[1:]
	if e.command(service, check).Run() == nil {
		e.t.Fatalf("%s is healthy before it was started", name)
	}

	var output bytes.Buffer
	cmd := e.command(service, nil)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	e.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // It may have ended: the wait tells.
		select {
		case err := <-ended:
			if err != nil {
				e.t.Errorf("%s: %v\n%s", name, err, &output)
			}
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
			e.t.Errorf("%s still runs 10 s after SIGTERM\n%s", name, &output)
		}
	})

	deadline := time.Now().Add(10 * time.Second)
	for e.command(service, check).Run() != nil {
		select {
		case err := <-ended:
			ended <- err
			e.t.Fatalf("%s ended instead of starting", name)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			e.t.Fatalf("%s is not healthy", name)
		}
	}
	e.started[name] = true
}

// service returns a service once what it depends on is as it asks.
func (e *example) service(name string) types.ServiceConfig {
	e.t.Helper()
	service, found := e.project.Services[name]
	if !found {
		e.t.Fatalf("no service %s", name)
	}
	for _, needed := range slices.Sorted(maps.Keys(service.DependsOn)) {
		switch condition := service.DependsOn[needed].Condition; condition {
		case types.ServiceConditionHealthy:
			e.start(needed)
		case types.ServiceConditionCompletedSuccessfully:
			e.finish(needed)
		default:
			e.t.Fatalf("%s depends on %s in a way this test does not know: %s", name, needed, condition)
		}
	}
	return service
}

// command is the service's, or the given one in its container, with the container's
// paths and addresses replaced by this machine's, and nothing of this machine's
// environment.
func (e *example) command(service types.ServiceConfig, given []string) *exec.Cmd {
	e.t.Helper()
	folder, err := filepath.Rel(mustAbs(e.t, repository), service.Build.Context)
	if err != nil {
		e.t.Fatal(err)
	}
	key := strings.TrimSpace(strings.TrimSuffix(repository+"/"+filepath.ToSlash(folder), "/.") + " " + service.Build.Target)
	image, found := images[key]
	if !found {
		e.t.Fatalf("%s is built from %q, which this test does not know", service.Name, key)
	}

	words := given
	if words == nil {
		words = slices.Concat(image.entrypoint, service.Command)
	}
	// Path is the container's: the programs lie at the root there.
	cmd := exec.Command(filepath.Join(e.root, words[0]))
	for _, word := range words[1:] {
		cmd.Args = append(cmd.Args, e.here(service, word))
	}
	cmd.Dir = e.root
	cmd.Env = []string{} // Not nil: nil would pass this process's on.
	for name, value := range image.env {
		cmd.Env = append(cmd.Env, name+"="+e.here(service, value))
	}
	for name, value := range service.Environment { // After the image's: the last one counts.
		if value == nil {
			e.t.Fatalf("%s takes %s from outside", service.Name, name)
		}
		cmd.Env = append(cmd.Env, name+"="+e.here(service, *value))
	}
	return cmd
}

// here translates a path of the container's, or text with addresses of its network.
func (e *example) here(service types.ServiceConfig, text string) string {
	for _, mount := range service.Volumes {
		if rest, found := strings.CutPrefix(text, mount.Target); found && (rest == "" || rest[0] == '/') {
			source := mount.Source
			if mount.Type == types.VolumeTypeVolume {
				source = e.volumes[mount.Source]
			}
			return source + rest
		}
	}
	// With a slash at its end, an address without a path is replaced as well.
	return strings.TrimSuffix(e.hosts.Replace(text+"/"), "/")
}

// freeAddresses returns two; both are held until both are known, so they differ.
func freeAddresses(t *testing.T) (string, string) {
	t.Helper()
	var addresses [2]string
	for i := range addresses {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		addresses[i] = listener.Addr().String()
	}
	return addresses[0], addresses[1]
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
