package server

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"flowgate/inspector"
	"flowgate/journal"
)

// metrics is what Prometheus is told. Labels are of closed sets, or names of the
// workspace: no caller can make a new series.
type metrics struct {
	calls   *prometheus.CounterVec
	seconds prometheus.Histogram
	told    func() http.Handler // made when it is first asked for: most starts never are
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "flowgate_calls_total", Help: "Calls of triggers, by the workflow that was found, outcome and reason.",
		}, []string{"workflow", "outcome", "reason"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "flowgate_call_duration_seconds", Help: "From a call's arrival to its answer.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, 1, 10},
		}),
	}
	m.told = sync.OnceValue(func() http.Handler {
		registry := prometheus.NewRegistry()
		// Not those of package collectors, which are the same: it brings database/sql, and every
		// start would pay for that.
		//lint:ignore SA1019 see above
		goes, process := prometheus.NewGoCollector(), prometheus.NewProcessCollector(prometheus.ProcessCollectorOpts{})
		registry.MustRegister(m.calls, m.seconds, standing{s}, goes, process)
		return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	})
	return m
}

// call counts one call.
func (m *metrics) call(workflow string, outcome journal.Outcome, reason Reason, took time.Duration) {
	m.calls.WithLabelValues(inspector.Plainly(workflow), string(outcome), string(reason)).Inc()
	m.seconds.Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.told().ServeHTTP(w, r) })
}

// standing tells what stands rather than what happened, when it is asked.
type standing struct{ *Server }

var (
	keySetReady   = prometheus.NewDesc("flowgate_keyset_ready", "Whether the trust source has a usable key.", []string{"source"}, nil)
	keySetAge     = prometheus.NewDesc("flowgate_keyset_age_seconds", "Since the key set was fetched; only of sources at a URL.", []string{"source"}, nil)
	keySetKeys    = prometheus.NewDesc("flowgate_keyset_keys", "Keys that verify tokens.", []string{"source"}, nil)
	keySetDropped = prometheus.NewDesc("flowgate_keyset_keys_dropped", "Keys of the set that are not used; api/keys tells why.", []string{"source"}, nil)
	keySetFailed  = prometheus.NewDesc("flowgate_keyset_failed_fetches", "Fetches that failed since the last good one.", []string{"source"}, nil)
	journalSize   = prometheus.NewDesc("flowgate_journal_entries", "Calls that the journal holds.", nil, nil)
	journalLost   = prometheus.NewDesc("flowgate_journal_displaced_total", "Calls that made room for newer ones before they were written up.", nil, nil)
	cacheHits     = prometheus.NewDesc("flowgate_token_cache_hits_total", "Tokens that were verified before and remembered, since the keys were opened.", nil, nil)
	cacheMisses   = prometheus.NewDesc("flowgate_token_cache_misses_total", "Tokens that were looked for among those remembered in vain.", nil, nil)
	cacheTokens   = prometheus.NewDesc("flowgate_token_cache_tokens", "Verified tokens that are remembered.", nil, nil)
	cacheBytes    = prometheus.NewDesc("flowgate_token_cache_bytes", "What they take.", nil, nil)
	listening     = prometheus.NewDesc("flowgate_journal_listeners", "Streams and waits that listen to the journal.", nil, nil)
	workflowsHeld = prometheus.NewDesc("flowgate_workflows", "Workflows of the workspace that is served.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s standing) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{keySetReady, keySetAge, keySetKeys, keySetDropped, keySetFailed, journalSize, journalLost, listening,
		cacheHits, cacheMisses, cacheTokens, cacheBytes, workflowsHeld} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s standing) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	e := s.edition.Load()
	for _, set := range e.verifier.Status() {
		ready := 0.0
		if set.Ready {
			ready = 1
		}
		name := inspector.Plainly(set.Name)
		gauge(keySetReady, ready, name)
		gauge(keySetKeys, float64(len(set.Keys)), name)
		gauge(keySetDropped, float64(len(set.Dropped)), name)
		if set.URL != "" {
			gauge(keySetAge, set.Age, name)
			gauge(keySetFailed, float64(set.Failures), name)
		}
	}
	gauge(journalSize, float64(s.journal.Len()))
	to <- prometheus.MustNewConstMetric(journalLost, prometheus.CounterValue, float64(s.journal.Displaced()))
	gauge(listening, float64(s.journal.Subscriptions()))
	hits, misses, tokens, bytes := e.verifier.CacheStats()
	to <- prometheus.MustNewConstMetric(cacheHits, prometheus.CounterValue, float64(hits))
	to <- prometheus.MustNewConstMetric(cacheMisses, prometheus.CounterValue, float64(misses))
	gauge(cacheTokens, float64(tokens))
	gauge(cacheBytes, float64(bytes))
	gauge(workflowsHeld, float64(len(e.Workflows)))
}
