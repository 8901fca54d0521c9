"""Who is who in interop/emulator.yaml, and what every test asks of a token."""

import os
import urllib.parse

import requests

TENANT = "contoso.example"
CALLER = "00001111-aaaa-2222-bbbb-3333cccc4444"
SECRET = "local-secret"
REPLY_TO = "http://localhost/signed-in"
ITSELF = "api://caller/.default"
CONSOLE = "22223333-cccc-4444-dddd-5555eeee6666"
USER = "ana@contoso.example"
PASSWORD = "local-password"

# Not optional, and no reason to skip: a suite that passes without its emulator has tested nothing.
AUTHORITY = os.environ["AUTHORITY"]
EMULATOR = os.environ["EMULATOR"]
CERTIFICATE = os.environ["CERTIFICATE"]

# MSAL asks Microsoft about a directory of any other name, unless told not to: that is all that a caller must set.
MICROSOFTS = AUTHORITY == "https://login.microsoftonline.com"


def want_told(test, get):
    """Checks that a way to get tokens tells one slash from two: the flow admits the token that kept its
    slash, and refuses the other for its claims."""
    admitted = call_invoices(token(test, get("https://service.flow.microsoft.com//.default")))
    test.assertEqual(admitted.status_code, 202, admitted.text)
    refused = call_invoices(token(test, get("https://service.flow.microsoft.com/.default")))
    test.assertEqual(refused.status_code, 403, refused.text)
    test.assertEqual(refused.json()["error"]["code"], "MisMatchingOAuthClaims")


def token(test, result):
    test.assertIn("access_token", result or {}, result)
    return result["access_token"]


def call_invoices(token):
    [workflow] = requests.get(EMULATOR + "/_emulator/api/workflows", timeout=10).json()
    [trigger] = workflow["triggers"]
    headers = {"Authorization": "Bearer " + token}
    return requests.post(trigger["url"], json={"invoice": 1}, headers=headers, timeout=10)


def sign_in(page):
    """Opens the sign-in page as somebody does who is signed in already; returns the address to which it
    leads back."""
    url = urllib.parse.urlsplit(page)
    query = dict(urllib.parse.parse_qsl(url.query), login_hint=USER, prompt="none")
    page = url._replace(query=urllib.parse.urlencode(query)).geturl()
    answer = requests.get(page, allow_redirects=False, timeout=10)
    if "Location" not in answer.headers:
        raise AssertionError("the sign-in page answers %d: %s" % (answer.status_code, answer.text))
    return answer.headers["Location"]


def approve(page, code):
    """Types the code into the page that a device names."""
    answer = requests.get(page, params={"user_code": code, "login_hint": USER}, timeout=10)
    answer.raise_for_status()


class WithPort(requests.adapters.HTTPAdapter):
    """MSAL drops the authority's port when it looks a user's realm up; this puts it back."""

    def send(self, request, **options):
        port = urllib.parse.urlsplit(AUTHORITY).port or 443
        request.url = request.url.replace("https://localhost/", "https://localhost:%d/" % port)
        return super().send(request, **options)


def http_client():
    session = requests.Session()
    session.mount("https://localhost/", WithPort())
    return session
