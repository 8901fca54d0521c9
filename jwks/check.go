package jwks

import "errors"

// MaxDocument is the largest JWKS document that is read, in bytes.
const MaxDocument = maxDocument

// Check reports what Open would refuse of the source, without fetching anything:
// a document without a usable key, a URL that is neither https nor loopback.
func (s Source) Check() error {
	_, err := s.read()
	return err
}

// read returns the keys of a source that has them with it, and nil if they have to be
// fetched.
func (s Source) read() (*keySet, error) {
	switch {
	case (s.Static == nil) == (s.URL == ""):
		return nil, errors.New("needs either a document or a URL")
	case s.URL != "":
		return nil, checkURL(s.URL)
	}
	return parseKeySet(s.Static)
}
