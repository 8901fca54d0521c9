// Command plot draws growth curves out of the output of Go benchmarks, which it reads from standard
// input, as one SVG on standard output: a panel for each thing that grows, both axes logarithmic,
// the median of each point's runs as a line and their range as a bar.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// panel is one thing that grows: the benchmarks of a package whose names end in it.
type panel struct {
	title, pkg, grows string
	series            []string // beginnings of benchmark names
	names             []string // what the legend calls them
}

var panels = []panel{
	{"a call, by workflows", "flowgate/server", "workflows", []string{"Call"}, []string{"admitted call"}},
	{"policies", "flowgate/policy", "policies", []string{"Growth/admits", "Growth/authorize", "Growth/explain"}, []string{"Admits", "Authorize", "Explain"}},
	{"claims of a policy", "flowgate/policy", "claims", []string{"Growth/admits", "Growth/authorize", "Growth/explain"}, []string{"Admits", "Authorize", "Explain"}},
	{"token, by bytes", "flowgate/jwks", "bytes", []string{"TokenSize/hit", "TokenSize/miss"}, []string{"remembered", "verified"}},
	{"keys that are trusted", "flowgate/jwks", "keys", []string{"Keys/hit/one-set", "Keys/miss/one-set"}, []string{"remembered", "verified"}},
	{"journal, by entries", "flowgate/journal", "entries", []string{"Growth/add", "Growth/newest-50", "Growth/none-chosen"}, []string{"add", "the newest 50", "search all"}},
}

// point is the times of one benchmark at one size, in nanoseconds.
type point struct {
	size  float64
	times []float64
}

// figures are the points by package, series and what grows.
type figures map[[3]string][]point

func main() {
	log.SetFlags(0)
	log.SetPrefix("plot: ")
	f, err := read(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	if err := draw(os.Stdout, f); err != nil {
		log.Fatal(err)
	}
}

var (
	inPackage = regexp.MustCompile(`^pkg: (\S+)`)
	measured  = regexp.MustCompile(`^Benchmark(\S+)/([a-z]+)=(\d+)-\d+\s+\d+\s+(\S+) ns/op`)
)

func read(r io.Reader) (figures, error) {
	f := figures{}
	pkg := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if m := inPackage.FindStringSubmatch(lines.Text()); m != nil {
			pkg = m[1]
		}
		m := measured.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		size, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, err
		}
		took, err := strconv.ParseFloat(m[4], 64)
		if err != nil {
			return nil, err
		}
		key := [3]string{pkg, m[1], m[2]}
		i := slices.IndexFunc(f[key], func(p point) bool { return p.size == size })
		if i < 0 {
			i = len(f[key])
			f[key] = append(f[key], point{size: size})
		}
		f[key][i].times = append(f[key][i].times, took)
	}
	return f, lines.Err()
}

const (
	width, height            = 330, 250 // of a panel
	left, right, top, bottom = 58, 14, 34, 34
	columns                  = 3
)

var colours = []string{"#1f6feb", "#d1570b", "#2c7a3f"}

func draw(w io.Writer, f figures) error {
	rows := (len(panels) + columns - 1) / columns
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", columns*width, rows*height)
	fmt.Fprintln(w, `<rect width="100%" height="100%" fill="white"/>`)
	for i, p := range panels {
		fmt.Fprintf(w, `<g transform="translate(%d,%d)">`+"\n", i%columns*width, i/columns*height)
		if err := p.draw(w, f); err != nil {
			return err
		}
		fmt.Fprintln(w, "</g>")
	}
	fmt.Fprintln(w, "</svg>")
	return nil
}

// axis maps values to places, logarithmically, between whole powers of ten for times.
type axis struct{ low, high, from, to float64 }

func (a axis) at(v float64) float64 {
	if a.low == a.high {
		return (a.from + a.to) / 2
	}
	return a.from + (math.Log(v)-math.Log(a.low))/(math.Log(a.high)-math.Log(a.low))*(a.to-a.from)
}

func (p panel) draw(w io.Writer, f figures) error {
	x := axis{math.Inf(1), 0, left, width - right}
	y := axis{math.Inf(1), 0, height - bottom, top}
	curves := make([][]point, len(p.series))
	for i, series := range p.series {
		curves[i] = f[[3]string{p.pkg, series, p.grows}]
		if len(curves[i]) < 2 {
			return fmt.Errorf("%s: no curve of %s over %s", p.pkg, series, p.grows)
		}
		slices.SortFunc(curves[i], func(a, b point) int { return int(a.size - b.size) })
		for _, at := range curves[i] {
			x.low, x.high = min(x.low, at.size), max(x.high, at.size)
			y.low, y.high = min(y.low, slices.Min(at.times)), max(y.high, slices.Max(at.times))
		}
	}
	y.low, y.high = math.Pow(10, math.Floor(math.Log10(y.low))), math.Pow(10, math.Ceil(math.Log10(y.high)))

	fmt.Fprintf(w, `<text x="%d" y="18" font-weight="bold">%s</text>`+"\n", left, p.title)
	for v := y.low; v <= y.high*1.01; v *= 10 {
		fmt.Fprintf(w, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#dddddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			left, width-right, y.at(v), y.at(v), left-6, y.at(v)+4, duration(v))
	}
	for _, at := range curves[0] {
		fmt.Fprintf(w, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x.at(at.size), height-bottom+16, number(at.size))
	}
	for i, curve := range curves {
		p.curve(w, curve, x, y, colours[i])
		fmt.Fprintf(w, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", left+8+i*90, top-4, colours[i], p.names[i])
	}
	return nil
}

func (p panel) curve(w io.Writer, curve []point, x, y axis, colour string) {
	var line strings.Builder
	for _, at := range curve {
		fmt.Fprintf(&line, "%.1f,%.1f ", x.at(at.size), y.at(median(at.times)))
		fmt.Fprintf(w, `<line x1="%.1f" x2="%[1]f" y1="%.1f" y2="%.1f" stroke="%s" stroke-width="3" stroke-opacity="0.35"/>`+"\n",
			x.at(at.size), y.at(slices.Min(at.times)), y.at(slices.Max(at.times)), colour)
	}
	fmt.Fprintf(w, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", strings.TrimSpace(line.String()), colour)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func duration(ns float64) string {
	switch {
	case ns >= 1e9:
		return fmt.Sprintf("%g s", ns/1e9)
	case ns >= 1e6:
		return fmt.Sprintf("%g ms", ns/1e6)
	case ns >= 1e3:
		return fmt.Sprintf("%g µs", ns/1e3)
	}
	return fmt.Sprintf("%g ns", ns)
}

func number(v float64) string {
	if v >= 10000 {
		return fmt.Sprintf("%.0fk", v/1000)
	}
	return fmt.Sprintf("%.0f", v)
}
