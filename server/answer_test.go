package server

import "testing"

// A browser makes a document of more types than it seems: of what it cannot read or does
// not know it guesses, and a list is its last type.
func TestDataIsNoDocument(t *testing.T) {
	for _, data := range []string{
		"application/json", "application/json; charset=utf-8", "application/problem+json", "text/plain; charset=utf-8", "Text/Plain",
		"application/octet-stream", "application/json ; x", "text/plain;",
	} {
		if !isData([]string{data}) {
			t.Errorf("%q is taken for a document", data)
		}
	}
	for _, document := range []string{
		"", " ", ";", "x", "+json", "x+json", "/+json", "*/*", "unknown/unknown", "application/unknown", "text/html", "text/xsl", "text/xml", "image/svg+xml",
		"multipart/x-mixed-replace; boundary=x", "application/pdf", "text/plain, text/html", "text/plain;, text/html", "text/plain; x=\",\"",
		"text/plain text/html", "text/plain\u00a0", "application/jſon", "application/\u212a+json", "application/json/html",
	} {
		if isData([]string{document}) {
			t.Errorf("%q is taken for data", document)
		}
	}
	if isData(nil) || isData([]string{"text/plain", "text/html"}) {
		t.Error("no type, or two, are taken for data")
	}
}
