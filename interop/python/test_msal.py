"""MSAL for Python: every grant that it offers, each with a client of its own, so that no cache answers for the
emulator. This version knows no managed identity."""

import hashlib
import ssl
import threading
import unittest
import urllib.parse
import webbrowser

import msal
import requests

from emulator import (
    AUTHORITY, CALLER, CERTIFICATE, CONSOLE, ITSELF, MICROSOFTS, PASSWORD, REPLY_TO, SECRET, TENANT, USER,
    approve, http_client, sign_in, token, want_told,
)


def confidential(credential):
    return msal.ConfidentialClientApplication(
        CALLER, client_credential=credential, authority=AUTHORITY + "/" + TENANT, instance_discovery=MICROSOFTS)


def public():
    return msal.PublicClientApplication(
        CONSOLE, authority=AUTHORITY + "/" + TENANT, instance_discovery=MICROSOFTS, http_client=http_client())


class Browser:
    """What MSAL opens in place of a desktop's browser: like one, it lets MSAL go on, which listens only then."""

    def open(self, page, *_):
        threading.Thread(target=lambda: requests.get(sign_in(page), timeout=10)).start()
        return True


class MSAL(unittest.TestCase):
    def test_secret(self):
        client = confidential(SECRET)
        want_told(self, lambda scope: client.acquire_token_for_client([scope]))

    def test_certificate(self):
        with open(CERTIFICATE, encoding="ascii") as file:
            pem = file.read()
        der = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE-----"):])
        client = confidential({"private_key": pem, "thumbprint": hashlib.sha1(der).hexdigest()})
        want_told(self, lambda scope: client.acquire_token_for_client([scope]))

    def test_code_confidential(self):
        """A web application: it sends its user away and is given a code."""
        client = confidential(SECRET)
        want_told(self, lambda scope: self.by_code(client, scope, REPLY_TO))

    def test_code_public(self):
        client = public()
        want_told(self, lambda scope: self.by_code(client, scope, "http://localhost"))

    def by_code(self, client, scope, reply_to):
        flow = client.initiate_auth_code_flow([scope], redirect_uri=reply_to)
        back = urllib.parse.urlsplit(sign_in(flow["auth_uri"]))
        return client.acquire_token_by_auth_code_flow(flow, dict(urllib.parse.parse_qsl(back.query)))

    def test_code_in_a_browser(self):
        webbrowser.register("emulator", None, Browser(), preferred=True)
        client = public()
        want_told(self, lambda scope: client.acquire_token_interactive([scope], timeout=30))

    def test_password(self):
        client = public()
        want_told(self, lambda scope: client.acquire_token_by_username_password(USER, PASSWORD, [scope]))

    def test_device_code(self):
        client = public()

        def by_device(scope):
            flow = client.initiate_device_flow([scope])
            self.assertIn("user_code", flow, flow)
            approve(flow["verification_uri"], flow["user_code"])
            return client.acquire_token_by_device_flow(flow)

        want_told(self, by_device)

    def test_on_behalf_of(self):
        """An API that is called with a user's token, and calls on."""
        users = token(self, public().acquire_token_by_username_password(USER, PASSWORD, [ITSELF]))
        client = confidential(SECRET)
        want_told(self, lambda scope: client.acquire_token_on_behalf_of(users, [scope]))

    def test_refresh_token(self):
        """Signed in for another resource, this one is asked for silently."""
        client = public()
        first = client.acquire_token_by_username_password(USER, PASSWORD, ["https://graph.microsoft.com/.default"])
        self.assertIn("access_token", first, first)
        [account] = client.get_accounts()
        want_told(self, lambda scope: client.acquire_token_silent([scope], account))

    def test_refresh_token_of_another_cache(self):
        client = public()
        first = client.acquire_token_by_username_password(USER, PASSWORD, ["https://graph.microsoft.com/.default"])
        want_told(self, lambda scope: public().acquire_token_by_refresh_token(first["refresh_token"], [scope]))


if __name__ == "__main__":
    unittest.main()
