// Command table reads the measurements of bench/run and prints them as Markdown: for every case
// and number of connections requests a second, latencies, memory, and the ratio to HAProxy within
// each round, so that what slows the machine down slows both.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
)

// run is one line of the measurements.
type run struct {
	round, connections int
	what, peer         string
	rate               float64 // requests a second
	p50, p99           float64 // ms
	memory             float64 // MB
	busy               float64 // µs on a processor for each request
}

var titles = map[string]string{
	"a": "(a) one valid token", "b": "(b) 20,000 tokens, once each", "c": "(c) bad signatures", "d": "(d) no credentials", "e": "(e) no gate",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("table: ")
	runs, err := read(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	write(os.Stdout, runs)
}

func read(r io.Reader) ([]run, error) {
	var runs []run
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var m run
		var requests, micros, p50, p99, memory, busy float64
		if _, err := fmt.Sscan(lines.Text(), &m.round, &m.what, &m.connections, &m.peer, &requests, &micros, &p50, &p99, &memory, &busy); err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		m.rate, m.p50, m.p99, m.memory, m.busy = requests/micros*1e6, p50/1000, p99/1000, memory/1024, busy/requests
		runs = append(runs, m)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("no measurement")
	}
	return runs, nil
}

func write(w io.Writer, runs []run) {
	fmt.Fprintln(w, "Minimum, **median**, maximum of the rounds, or the median alone. Ratios are to HAProxy in the same round. CPU is what the server")
	fmt.Fprintln(w, "itself has had of the processors for each request, which other work on the machine hardly changes.")
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| case | connections | server | requests/s | to HAProxy | CPU µs | p50 ms | p99 ms | memory MB |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|")
	for _, what := range distinct(runs, func(m run) string { return m.what }) {
		for _, connections := range distinct(runs, func(m run) int { return m.connections }) {
			for _, peer := range distinct(runs, func(m run) string { return m.peer }) {
				own := pick(runs, what, connections, peer)
				if len(own) == 0 {
					continue
				}
				rates, ratios := column(own, func(m run) float64 { return m.rate }), ratios(own, pick(runs, what, connections, "haproxy"))
				fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %.0f | %.2f | %.2f | %.0f |\n", titles[what], connections, peer,
					spread(rates, "%.0f"), spread(ratios, "%.2f"),
					median(column(own, func(m run) float64 { return m.busy })), median(column(own, func(m run) float64 { return m.p50 })), median(column(own, func(m run) float64 { return m.p99 })),
					slices.Max(column(own, func(m run) float64 { return m.memory })))
			}
		}
	}
	ceiling(w, runs)
}

// ceiling compares the gate with the emulator's own speed without one.
func ceiling(w io.Writer, runs []run) {
	fmt.Fprintln(w)
	for _, connections := range distinct(runs, func(m run) int { return m.connections }) {
		gate, open, bare := pick(runs, "a", connections, "emulator"), pick(runs, "e", connections, "emulator"), pick(runs, "e", connections, "bare")
		if against := ratios(gate, open); len(against) > 0 {
			fmt.Fprintf(w, "- %d connections: (a) is %s of the emulator's own ceiling (e)", connections, spread(against, "%.2f"))
			if floor := ratios(open, bare); len(floor) > 0 {
				fmt.Fprintf(w, ", which is %s of a bare net/http 202", spread(floor, "%.2f"))
			}
			fmt.Fprintln(w)
		}
	}
}

func pick(runs []run, what string, connections int, peer string) []run {
	var picked []run
	for _, m := range runs {
		if m.what == what && m.connections == connections && m.peer == peer {
			picked = append(picked, m)
		}
	}
	return picked
}

// ratios divides round by round.
func ratios(own, other []run) []float64 {
	var all []float64
	for _, m := range own {
		for _, o := range other {
			if o.round == m.round {
				all = append(all, m.rate/o.rate)
			}
		}
	}
	return all
}

func column(runs []run, of func(run) float64) []float64 {
	all := make([]float64, len(runs))
	for i, m := range runs {
		all[i] = of(m)
	}
	return all
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func spread(values []float64, format string) string {
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf(strings.Join([]string{format, "**" + format + "**", format}, " "), slices.Min(values), median(values), slices.Max(values))
}

// distinct returns what of says of the runs, each once, in order.
func distinct[T int | string](runs []run, of func(run) T) []T {
	var all []T
	for _, m := range runs {
		all = append(all, of(m))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
