// Who is who in interop/emulator.yaml, and what every test asks of a token.
import assert from "node:assert/strict";

export const tenant = "contoso.example";
export const caller = "00001111-aaaa-2222-bbbb-3333cccc4444";
export const secret = "local-secret";
export const replyTo = "http://localhost/signed-in";
export const itself = "api://caller/.default";
export const consoleApp = "22223333-cccc-4444-dddd-5555eeee6666";
export const user = "ana@contoso.example";
export const password = "local-password";
export const identity = "44445555-eeee-6666-ffff-7777aaaa8888"; // user-assigned

// A missing setting is no reason to skip: a suite that passes without its emulator has tested nothing.
export function setting(name) {
  assert.ok(process.env[name], `${name} is not set; interop/node/run sets it`);
  return process.env[name];
}

// The libraries ask Microsoft about a directory of any other name, unless told not to: that is all that a caller must set.
export const microsofts = setting("AUTHORITY") === "https://login.microsoftonline.com";

// wantTold checks that a way to get tokens tells one slash from two: the flow admits the token that kept its
// slash, and refuses the other for its claims.
export async function wantTold(get) {
  const twoSlashes = await callInvoices(await get("https://service.flow.microsoft.com//.default"));
  assert.equal(twoSlashes.status, 202);
  const oneSlash = await callInvoices(await get("https://service.flow.microsoft.com/.default"));
  assert.equal(oneSlash.status, 403);
  assert.equal((await oneSlash.json()).error.code, "MisMatchingOAuthClaims");
}

async function callInvoices(token) {
  assert.match(token, /^[^.]+\.[^.]+\.[^.]+$/);
  const workflows = await (await fetch(`${setting("EMULATOR")}/_emulator/api/workflows`)).json();
  assert.equal(workflows.length, 1);
  return fetch(workflows[0].triggers[0].url, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: '{"invoice":1}',
  });
}

// signIn opens the sign-in page as somebody does who is signed in already, and returns the request that leads back.
export async function signIn(page) {
  const url = new URL(page);
  url.searchParams.set("login_hint", user);
  url.searchParams.set("prompt", "none");
  const answer = await fetch(url, { redirect: "manual" });
  if (answer.status === 302) return new Request(answer.headers.get("location"));
  // A page that sends itself (response_mode=form_post), for want of a browser that would run its script.
  const text = await answer.text();
  const action = /<form[^>]* action="([^"]+)"/.exec(text);
  assert.ok(action, `${answer.status} ${text}`);
  const body = new URLSearchParams();
  for (const [input] of text.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(input);
    if (name) body.set(unescape(name[1]), unescape(/ value="([^"]*)"/.exec(input)[1]));
  }
  return new Request(unescape(action[1]), { method: "POST", body });
}

export const codeOf = (back) => new URL(back.url).searchParams.get("code");

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#34": '"', "#39": "'", "#43": "+" };
const unescape = (text) => text.replace(/&([^;]+);/g, (whole, name) => entities[name] ?? whole);

// approve types the code into the page that a device names.
export async function approve(page, code) {
  const url = new URL(page);
  url.searchParams.set("user_code", code);
  url.searchParams.set("login_hint", user);
  const answer = await fetch(url);
  assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
}

// A process asks either the instance metadata service or an App Service, and these variables say which.
export function onMachine() {
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://${setting("METADATA_SERVICE")}`;
}

export function inAppService() {
  delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  process.env.IDENTITY_ENDPOINT = `${setting("EMULATOR")}/msi/token`;
  process.env.IDENTITY_HEADER = "local-identity-header";
}
