package jwks

import (
	"crypto/sha256"
	"errors"
)

// MaxDocument is the largest JWKS document that is read, in bytes.
const MaxDocument = maxDocument

// Check reports what Open would refuse of the source, without fetching anything:
// a document without a usable key, a URL that is neither https nor loopback. The keys of
// a document stay with the source, so that Open need not read it again.
func (s *Source) Check() error {
	set, err := s.read()
	s.checked = set
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
	case s.checked != nil && s.checked.digest == sha256.Sum256(s.Static):
		return s.checked, nil
	}
	return parseKeySet(s.Static)
}
