package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"flowgate/server"
	"flowgate/workflow"
	"flowgate/workspace"
)

type serveCommand struct {
	Workspace string      `arg:"" optional:"" env:"EMULATOR_WORKSPACE" help:"Workspace folder. The embedded workspace when none is given."`
	HTTP      string      `default:"127.0.0.1:7080" env:"EMULATOR_HTTP" help:"HTTP address; empty: off; port 0: any free one."`
	HTTPS     string      `default:"127.0.0.1:7443" env:"EMULATOR_HTTPS" help:"HTTPS address; empty: off; port 0: any free one."`
	State     string      `placeholder:"DIR" env:"EMULATOR_STATE" help:"Folder for the TLS CA; the user's config folder when not given."`
	Journal   journalSize `default:"1000" env:"EMULATOR_JOURNAL" help:"Calls that the journal keeps; at most 1,000,000."`
	Plain     bool        `env:"EMULATOR_PLAIN" help:"Add no header of our own to answers."`
	Log       string      `default:"text" enum:"text,json" env:"EMULATOR_LOG" help:"Form of the log: text or json."`
	Remote    bool        `name:"allow-remote-inspector" env:"EMULATOR_ALLOW_REMOTE_INSPECTOR" help:"Let others than this machine use the inspector and its API, which have no password."`
	Watch     bool        `env:"EMULATOR_WATCH" help:"Load the workspace again when its files change."`

	AllowPublicKey bool `env:"EMULATOR_ALLOW_PUBLIC_KEY" help:"Listen beyond loopback while the workspace trusts emulator, whose signing key is public."`
}

// Run loads, listens, serves until ctx is done, and drains.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	log, endLog := newLogger(c.Log, s.err)
	defer endLog()
	addresses, err := c.endpoints()
	if err != nil {
		return err
	}
	if c.Watch && c.Workspace == "" {
		return usageError{errors.New("--watch: the embedded workspace never changes; name a workspace folder")}
	}
	ws, files, problems := readWorkspace(c.Workspace)
	if ws == nil {
		return report(ws, problems, s.err)
	}
	logProblems(log, problems)
	exposed := exposureOf(c.AllowPublicKey, addresses[:])
	if err := exposed.check(ws); err != nil {
		return usageError{err}
	}
	var ca *authority
	var certificate []byte
	if c.HTTPS != "" {
		if ca, err = openCA(c.State, time.Now()); err != nil {
			return err
		}
		certificate = ca.pem()
	}
	gate, err := server.New(ctx, server.Options{Workspace: ws, Journal: int(c.Journal), Plain: c.Plain, AllowRemote: c.Remote, Logger: log, CA: certificate})
	if err != nil {
		return err
	}
	defer gate.Close()
	limitMemory(c.Journal)
	listeners, err := listenAll(ctx, addresses)
	if err != nil {
		return err
	}
	if c.Watch {
		go watch(ctx, c.Workspace, files, gate, exposed, log)
	}
	return serve(ctx, gate, listeners, ca, defaultBounds(), log, func() error {
		err := greet(s.out, greeting{workspace: ws, folder: c.Workspace, listeners: listeners, caFile: ca.file()})
		if err != nil {
			return fmt.Errorf("print the greeting: %w", err)
		}
		return nil
	})
}

// endpoints resolves the addresses to listen on: HTTP's, then HTTPS's.
func (c *serveCommand) endpoints() (all [2]endpoint, err error) {
	if c.HTTP == "" && c.HTTPS == "" {
		return all, usageError{errors.New("both --http and --https are empty, so nothing would listen")}
	}
	if all[0], err = resolve("--http", c.HTTP); err != nil {
		return all, err
	}
	all[1], err = resolve("--https", c.HTTPS)
	return all, err
}

// listeners are where the emulator listens; one of the two may be nil.
type listeners struct{ http, https net.Listener }

func listenAll(ctx context.Context, addresses [2]endpoint) (listeners, error) {
	var l listeners
	var err error
	if l.http, err = listen(ctx, addresses[0]); err != nil {
		return l, err
	}
	if l.https, err = listen(ctx, addresses[1]); err != nil {
		l.close()
	}
	return l, err
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.http, l.https} {
		if one != nil {
			one.Close()
		}
	}
}

func listen(ctx context.Context, at endpoint) (net.Listener, error) {
	if at.address == nil {
		return nil, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at.address.String())
	if err != nil {
		return nil, fmt.Errorf("%s=%s: %w; name another address, or port 0 for any free one", at.flag, at.given, err)
	}
	return l, nil
}

// drainer is the gate: it answers, and ends what it holds when it is told to.
type drainer interface {
	http.Handler
	Drain()
}

// serve serves on every listener until ctx is done or one of them fails, and then
// lets the calls in flight end. What begun returns an error from ends at once.
func serve(ctx context.Context, gate drainer, l listeners, ca *authority, b bounds, log *slog.Logger, begun func() error) error {
	srv := newHTTPServer(gate, b, log)
	defer l.close() // of a listener that is not served yet, the server does not know
	if ca != nil {
		srv.TLSConfig = ca.config() // before the first goroutine serves
	}
	srv.RegisterOnShutdown(gate.Drain)
	open := newConnections(b.connections)
	failed := make(chan error, 2)
	if l.http != nil {
		go func() { failed <- lost("--http", l.http, srv.Serve(server.Wire(open.listen(l.http)))) }()
	}
	if l.https != nil {
		go func() { failed <- lost("--https", l.https, srv.ServeTLS(open.listen(l.https), "", "")) }()
	}
	warnOpen(l, log)
	// Not before: to find the calls that it shows takes longer than to begin.
	if err := begun(); err != nil {
		srv.Close()
		return err
	}
	select {
	case err := <-failed:
		srv.Close()
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.drain)
	defer cancel()
	defer time.AfterFunc(b.fresh, open.closeFresh).Stop()
	if err := srv.Shutdown(drain); err != nil {
		srv.Close()
		return fmt.Errorf("calls were still in flight after %s and were broken off; stop its callers first", b.drain)
	}
	return nil
}

// lost words the end of a listener that nobody asked for.
func lost(flag string, l net.Listener, err error) error {
	return fmt.Errorf("%s: the listener at %s was lost: %w; start the emulator again, and if that happens again name another address with %s", flag, l.Addr(), err, flag)
}

// warnOpen says so when others than this machine can call.
func warnOpen(l listeners, log *slog.Logger) {
	for _, one := range []net.Listener{l.http, l.https} {
		if one == nil {
			continue
		}
		if address, ok := one.Addr().(*net.TCPAddr); ok && !address.IP.IsLoopback() {
			log.Warn("listening beyond loopback: this is a test double whose signing key is public, never a gateway", slog.String("address", address.String()))
		}
	}
}

// watchEvery is how often files are looked at. Looking works where notifications
// do not: on network folders and on what Docker mounts from macOS and Windows.
const watchEvery = time.Second

// watch loads the workspace again when one of its files changes. A workspace that
// does not load is reported, and the last good one stays.
func watch(ctx context.Context, folder string, files *workspace.Files, gate *server.Server, exposed exposure, log *slog.Logger) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !files.Changed() {
			continue
		}
		var ws *workspace.Workspace
		var problems workflow.Problems
		ws, files, problems = readWorkspace(folder)
		reload(ctx, ws, problems, gate, exposed, log)
	}
}

// logProblems notes what there is to say of a workspace, each at its severity.
func logProblems(log *slog.Logger, problems workflow.Problems) {
	levels := map[workflow.Severity]slog.Level{workflow.SeverityError: slog.LevelError, workflow.SeverityWarning: slog.LevelWarn}
	for _, p := range problems {
		log.Log(context.Background(), levels[p.Severity], "workspace", slog.String("problem", p.Error()))
	}
}

func reload(ctx context.Context, ws *workspace.Workspace, problems workflow.Problems, gate *server.Server, exposed exposure, log *slog.Logger) {
	logProblems(log, problems)
	if ws == nil {
		log.Error("the workspace does not load; the last good one stays")
		return
	}
	err := exposed.check(ws)
	if err == nil {
		err = gate.Reload(ctx, ws)
	}
	if err != nil {
		log.Error("the workspace does not load; the last good one stays", slog.String("problem", err.Error()))
		return
	}
	log.Info("the workspace was loaded again", slog.Int("workflows", len(ws.Workflows)))
}
