package server

import "net/http"

// guarded keeps a failure of ours to the request that met it. An answer that had begun is
// broken off: its end would make it look whole. Calls of triggers have decide for that,
// which notes them in the journal as well.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &begun{ResponseWriter: w}
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure != http.ErrAbortHandler { // which is a handler's own way to break off
				s.failed(failure, "")
				if !answer.has {
					w.WriteHeader(http.StatusInternalServerError)
					return
				}
			}
			panic(http.ErrAbortHandler) // net/http closes the connection, and logs nothing
		}()
		next.ServeHTTP(answer, r)
	})
}

// begun is a writer that knows whether its answer has begun.
type begun struct {
	http.ResponseWriter
	has bool
}

func (b *begun) WriteHeader(status int) {
	b.has = b.has || status >= http.StatusOK
	b.ResponseWriter.WriteHeader(status)
}

func (b *begun) Write(p []byte) (int, error) {
	b.has = true
	return b.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController, and so is Unwrap for what it sets.
func (b *begun) FlushError() error {
	b.has = true
	return http.NewResponseController(b.ResponseWriter).Flush()
}

func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }
