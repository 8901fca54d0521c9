package entra

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of device codes, as Entra's answers have them.
const (
	maxDevices     = 1_000
	deviceLifetime = 15 * time.Minute
	deviceInterval = 5 // seconds between polls
)

// devicePage is where a user code is approved, below an authority.
const devicePage = "/oauth2/deviceauth"

// device is what stands behind a device code; its session has no user until
// somebody approves it.
type device struct {
	session
	used bool
}

// deviceCode begins the sign-in of a device that has no browser.
func (e *exchange) deviceCode() (reply, *Error) {
	if _, err := e.directory.authority(e.segment); err != nil {
		return reply{}, err
	}
	p, err := e.form()
	if err != nil {
		return reply{}, err
	}
	c, err := e.client(p, nil)
	if err != nil {
		return reply{}, err
	}
	if err := p.need("scope"); err != nil {
		return reply{}, err
	}
	w, err := e.want(2, p)
	if err != nil {
		return reply{}, err
	}
	if asked := w.orGraph(e.graph()).audience; asked != "" {
		if _, missing := c.tenant.resource(asked); missing != nil {
			return reply{}, errNoResource(asked, c.authority.written)
		}
	}
	d := device{session: session{tenant: c.tenant.ID, client: c.app.ClientID, want: w}}
	if u := c.tenant.userNamed(c.tenant.DeviceUser); u != nil {
		d.user = u.ObjectID
	}
	handle, user := "1."+opaque(86), userCode()
	e.devices.add(handle, d, e.now, e.now.Add(deviceLifetime))
	e.byUser.add(user, handle, e.now, e.now.Add(deviceLifetime))
	address := e.origin + "/common" + devicePage
	return asJSON(http.StatusOK, struct {
		UserCode        string `json:"user_code"`
		DeviceCode      string `json:"device_code"`
		VerificationURI string `json:"verification_uri"`
		ExpiresIn       int    `json:"expires_in"`
		Interval        int    `json:"interval"`
		Message         string `json:"message"`
	}{user, handle, address, int(deviceLifetime / time.Second), deviceInterval,
		fmt.Sprintf("To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", address, user)}), nil
}

// userCode is nine characters that are hard to take for one another.
func userCode() string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" // 32: every byte picks one fairly
	b := make([]byte, 9)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return string(b)
}

// approve is the page where a user code is approved: without parameters it says how,
// with user_code it lets one pick a user, and with login_hint as well it approves.
func (e *exchange) approve() (reply, *Error) {
	if _, err := e.directory.authority(e.segment); err != nil {
		return reply{}, err
	}
	query := e.request.URL.Query()
	typed := strings.ToUpper(query.Get("user_code"))
	if typed == "" {
		return choice{Title: "Enter the code", Text: "Add the code that your device shows to the address of this page: ?user_code=…"}.reply(), nil
	}
	handle, _ := e.byUser.get(typed, e.now)
	d, is := e.devices.get(handle, e.now)
	t, err := e.directory.Tenant(d.tenant)
	if is != present || d.user != "" || err != nil {
		return reply{}, errBadDeviceCode()
	}
	if u := t.userNamed(query.Get("login_hint")); u != nil {
		// Of two who approve at once, one is told that he did.
		first := false
		e.devices.look(handle, e.now, func(d *device) {
			if first = d.user == ""; first {
				d.user = u.ObjectID
			}
		})
		if !first {
			return reply{}, errBadDeviceCode()
		}
		return choice{Title: "Signed in", Text: "The device is signed in as " + u.Name + ". You may close this page."}.reply(), nil
	}
	page := choice{Title: "Sign in on your device", Text: "Pick who signs in with the code " + typed + "."}
	for _, u := range t.Users {
		page.Users = append(page.Users, link{u.Name, "?" + url.Values{"user_code": {typed}, "login_hint": {u.Name}}.Encode()})
	}
	return page.reply(), nil
}

// poll is the grant of a device that asks whether its code was approved.
func (e *exchange) poll(version int, p parameters) (reply, *Error) {
	d, is := e.devices.get(p["device_code"], e.now)
	c, err := e.client(p, func(t *Tenant) bool { return t.ID == d.tenant })
	if err != nil {
		return reply{}, err
	}
	if err := p.need("device_code"); err != nil {
		return reply{}, err
	}
	if err := e.authenticate(c, p, true); err != nil {
		return reply{}, err
	}
	switch {
	case is == expired:
		return reply{}, errDeviceExpired()
	case is == absent || !strings.EqualFold(d.client, c.app.ClientID) || d.tenant != c.tenant.ID:
		return reply{}, errBadDeviceCode()
	case d.user == "":
		return reply{}, errPending()
	}
	u, err := c.userOf(d.session)
	if err != nil {
		return reply{}, err
	}
	first := false
	e.devices.look(p["device_code"], e.now, func(d *device) { first, d.used = !d.used, true })
	if !first {
		return reply{}, errRedeemed()
	}
	w := d.want
	w.version = version
	return e.answerUser(signedIn{client: c, user: u, want: w, clientInfo: p["client_info"] == "1"})
}
