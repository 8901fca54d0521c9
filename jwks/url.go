package jwks

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// hidden stands where a URL is shown without something that it holds.
const hidden = "…"

// RedactedURL returns a URL as it may be shown to whoever reads a log, a status or an error: of its
// query the names alone, since the values may sign it, and nothing of a user or a password.
//
// A text in which these cannot be told from the rest is not shown at all: one that is no URL, one
// with a fragment, which a password with a # in it begins, or one with an @ and without a host.
func RedactedURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Fragment != "" || u.Host == "" && strings.Contains(text, "@") {
		return hidden
	}
	shown, _, _ := strings.Cut(text, "?")
	if u.User != nil {
		shown = u.Scheme + "://" + hidden + "@" + u.Host + u.EscapedPath()
	}
	if u.RawQuery != "" {
		shown += "?" + redactedQuery(u.RawQuery)
	}
	return shown
}

// redactedQuery keeps the names of a query's parameters. What has no value behind it may be one
// itself, padded like base64 maybe, and so may a name with an escaped = in it.
func redactedQuery(query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if strings.Trim(value, "=") == "" || strings.Contains(name, "%") {
			parts[i] = hidden
			continue
		}
		parts[i] = name + "=" + hidden
	}
	return strings.Join(parts, "&")
}

// checkURL holds a key set's address to https: who can change the answer on its way decides which
// tokens are believed. Plain http may not leave this computer.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("its URL cannot be parsed") // url.Error would repeat a password in it
	}
	if u.User != nil || u.Fragment != "" || u.Host == "" {
		return fmt.Errorf("its URL %q must be scheme, host and path, without user or fragment", RedactedURL(text))
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("its URL %q must be https; http is for loopback addresses only", RedactedURL(text))
}

func isLoopback(host string) bool {
	// RFC 6761 §6.3: the name localhost never leaves the computer.
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
