package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flowgate/policy"
	"flowgate/server"
)

const scenarios = "../../fixtures"

func TestMain(m *testing.M) {
	testscript.Main(withoutLeaks{m}, map[string]func(){"emulator": main})
}

// TestScenarios runs every fixtures/*.txtar: each is a specification that a user
// can read, so each opens with a sentence. Together they must show every refusal,
// and every cause of one by claims.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob(scenarios + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario found in %s: %v", scenarios, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^# [^\n]{20,}[.:?]\n`).Match(data) {
			t.Errorf("%s does not open with a sentence that says what it shows", filepath.Base(f))
		}
	}
	seen := &refusalsSeen{numbers: map[int]bool{}, causes: map[policy.Cause]bool{}}
	t.Run("fixtures", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: scenarios,
			Setup: func(env *testscript.Env) error {
				env.Values[stageKey] = &stage{seen: seen, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
				env.Setenv("HOME", env.Cd)
				env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.Cd, "config"))
				env.Setenv("EMULATOR_STATE", filepath.Join(env.Cd, "state"))
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"serve": stageServe, "reload": stageReload, "clock": stageClock, "token": stageToken,
				"call": stageCall, "callback": stageCallback, "journal": stageJournal, "api": stageAPI, "grant": stageGrant, "rotate": stageRotate,
				"explained": stageExplained, "page": stagePage,
				"listen": stageListen, "heard": stageHeard, "waiting": stageWaiting, "waited": stageWaited, "from": stageFrom,
			},
		})
	})
	if t.Failed() {
		return
	}
	for _, r := range server.Catalogue() {
		if !seen.numbers[r.Number] {
			t.Errorf("no scenario shows refusal %d %s: %s", r.Number, r.Code, r.When)
		}
	}
	for _, cause := range policy.Causes() {
		if !seen.causes[cause] {
			t.Errorf("no scenario has %s explained", cause)
		}
	}
}

// refusalsSeen collects the refusals that the scenarios earned, from their journals,
// and the causes that they had explained.
type refusalsSeen struct {
	mu      sync.Mutex
	numbers map[int]bool
	causes  map[policy.Cause]bool
}

// stage is what one scenario plays on: an emulator whose clock it sets.
type stage struct {
	seen   *refusalsSeen
	mu     sync.Mutex
	now    time.Time
	calls  int
	runs   []string // ids of the runs in the newest answer
	gate   *server.Server
	server *httptest.Server

	listeners map[string]*listener
	waiting   map[string]chan string
}

type stageKeyType struct{}

var stageKey = stageKeyType{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey).(*stage) }

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// newID numbers calls, so that answers can be compared to the byte.
func (s *stage) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.calls)
}

func (s *stage) started(ts *testscript.TestScript) {
	if s.server == nil {
		ts.Fatalf("no emulator is running: the scenario begins with serve")
	}
}

// plain refuses a "!" in front of a command that cannot fail in a meaningful way.
func plain(ts *testscript.TestScript, neg bool) {
	if neg {
		ts.Fatalf("unsupported: !")
	}
}
