package jwks

import "errors"

// MaxDocument is the largest JWKS document that is read, in bytes.
const MaxDocument = maxDocument

// Check reports what Open would refuse of the source, without fetching anything:
// a document without a usable key, a URL that is neither https nor loopback.
func (s Source) Check() error {
	if (s.Static == nil) == (s.URL == "") {
		return errors.New("needs either a document or a URL")
	}
	if s.URL != "" {
		return checkURL(s.URL)
	}
	_, err := ParseStatic(s.Static)
	return err
}
