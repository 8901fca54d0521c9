// Command listen measures what calls take while nobody listens to the journal, and while many do of
// whom every other one never reads what it is sent. It prints a table of both, taken in turn.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	binary  = flag.String("emulator", "./emulator", "the emulator")
	address = flag.String("http", "127.0.0.1:18071", "address to listen on")
	many    = flag.Int("listeners", 100, "how many listen")
	rounds  = flag.Int("rounds", 6, "how often each is measured")
	rate    = flag.Int("rate", 270, "calls a second")
	long    = flag.Duration("long", 5*time.Second, "how long a round takes")
	role    = flag.String("role", "", "listen: be the listeners, in a process of their own, so that the caller does not wait for them")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("listen: ")
	flag.Parse()
	if *role == "listen" {
		beListeners()
		return
	}
	if int(long.Seconds()*float64(*rate)) < 1 {
		log.Fatalf("-rate %d for -long %s is no call at all; give more of one", *rate, *long)
	}
	if err := measure(); err != nil {
		log.Fatal(err)
	}
}

func measure() error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	emulator := exec.CommandContext(ctx, *binary, "serve", "--http", *address, "--https", "")
	if err := emulator.Start(); err != nil {
		return err
	}
	defer func() { _ = emulator.Process.Kill(); _ = emulator.Wait() }()
	target, err := hooks(ctx)
	if err != nil {
		return err
	}
	if _, err := call(target, time.Second); err != nil { // nobody is measured cold
		return err
	}
	fmt.Println("| listeners | calls | p50 ms | p90 ms | p99 ms | longest ms |\n|---|---|---|---|---|---|")
	all := map[int][]time.Duration{}
	for range *rounds {
		for _, n := range []int{0, *many} {
			end, err := listen(ctx, n)
			if err != nil {
				return err
			}
			took, err := call(target, *long)
			if err == nil {
				err = stillListen(n)
			}
			end()
			if err != nil {
				return err
			}
			all[n] = append(all[n], took...)
		}
	}
	for _, n := range []int{0, *many} {
		took := all[n]
		slices.Sort(took)
		at := func(share float64) float64 {
			return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
		}
		fmt.Printf("| %d | %d | %.2f | %.2f | %.2f | %.2f |\n", n, len(took), at(.5), at(.9), at(.99), at(1))
	}
	return nil
}

// hooks returns the signed URL of the workflow hooks, once the emulator is ready.
func hooks(ctx context.Context) (string, error) {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		response, err := http.Get("http://" + *address + "/_emulator/api/workflows")
		if err != nil {
			continue
		}
		var list []struct {
			Name     string
			Triggers []struct{ CallbackURL struct{ Value string } }
		}
		err = json.NewDecoder(response.Body).Decode(&list)
		response.Body.Close()
		if err != nil {
			return "", err
		}
		for _, w := range list {
			if w.Name == "hooks" {
				return w.Triggers[0].CallbackURL.Value, nil
			}
		}
	}
	return "", fmt.Errorf("the emulator has no workflow hooks: %w", ctx.Err())
}

// call sends calls at the rate, whether or not those before are answered, and returns how long each
// took from the moment at which it was due.
func call(target string, long time.Duration) ([]time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, int(long.Seconds()*float64(*rate)))
	failures := make([]error, len(took))
	var calls sync.WaitGroup
	begin := time.Now()
	for i := range took {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(*rate))
		time.Sleep(time.Until(due))
		calls.Go(func() {
			response, err := client.Post(target, "application/json", strings.NewReader(`{"order":1}`))
			took[i] = time.Since(due)
			if err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if err == nil && response.StatusCode != http.StatusAccepted {
					err = fmt.Errorf("a call is answered %s", response.Status)
				}
			}
			failures[i] = err
		})
	}
	calls.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return took, nil
}

// listen starts so many listeners, and returns when all have been answered.
func listen(ctx context.Context, n int) (end func(), err error) {
	if n == 0 {
		return func() {}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	listeners := exec.CommandContext(ctx, self, "-role", "listen", "-http", *address, "-listeners", fmt.Sprint(n))
	listeners.Stderr = os.Stderr
	ready, err := listeners.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := listeners.Start(); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(ready, make([]byte, 1)); err != nil {
		_ = listeners.Process.Kill()
		_ = listeners.Wait()
		return nil, fmt.Errorf("the listeners do not begin: %w", err)
	}
	return func() { _ = listeners.Process.Kill(); _ = listeners.Wait() }, nil
}

// stillListen fails if others than so many listen: the emulator itself counts them.
func stillListen(n int) error {
	response, err := http.Get("http://" + *address + "/_emulator/metrics")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	metrics, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("\nflowgate_journal_listeners %d\n", n); !strings.Contains(string(metrics), want) {
		return fmt.Errorf("the emulator does not say that %d listen", n)
	}
	return nil
}

func beListeners() {
	var begun sync.WaitGroup
	var deaf []net.Conn // held, or they would be closed
	for i := range *many {
		c, err := net.Dial("tcp", *address)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(c, "GET /_emulator/api/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
		head := make([]byte, 12)
		if _, err := io.ReadFull(c, head); err != nil || string(head) != "HTTP/1.1 200" {
			log.Fatalf("a listener is answered %q: %v", head, err)
		}
		if i%2 == 0 {
			begun.Go(func() { _, _ = io.Copy(io.Discard, c) })
		} else {
			deaf = append(deaf, c)
		}
	}
	fmt.Print("!")
	begun.Wait() // until killed, or the emulator is
	for _, c := range deaf {
		c.Close()
	}
}
