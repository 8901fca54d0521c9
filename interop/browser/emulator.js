// What the suite asks of the emulator, and how it looks at a page.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

// A missing setting is no reason to skip: a suite that passes without its emulator has tested nothing.
export function setting(name) {
  assert.ok(process.env[name], `${name} is not set; interop/browser/run sets it`);
  return process.env[name];
}

export const emulator = setting("EMULATOR");
export const at = (path) => `${emulator}/_emulator${path}`;

export async function api(method, path, body) {
  const answer = await fetch(at(`/api/${path}`), { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

export const token = async (request) => (await api("POST", "tokens", request)).access_token;

export const management = "https://management.azure.com/";

// call calls a workflow of the embedded workspace, and returns the answer and the call's id.
export async function call(workflow, { bearer, signed, body = '{"order":1}', headers = {} } = {}) {
  const found = (await api("GET", "workflows")).find((w) => w.name === workflow);
  assert.ok(found, `no workflow ${workflow}`);
  const answer = await fetch(signed ? found.triggers[0].callbackUrl.value : found.triggers[0].url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(bearer && { Authorization: `Bearer ${bearer}` }), ...headers },
    body,
  });
  return { status: answer.status, text: await answer.text(), id: answer.headers.get("x-ms-request-id").split(":")[1] };
}

export const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  // Chromium's own sandbox does not start for root; the pages are our own.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

// open gives a page in a context of its own, and fails the test for what a browser complains of: a script that failed,
// something that the Content-Security-Policy stopped, a file that is missing.
export async function open(t, { settings = {}, expected = [] } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (said) => {
    if (["error", "warning"].includes(said.type())) complaints.push(`${said.text()} ${said.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(emulator) && !request.url().startsWith("data:")) complaints.push(`asked for ${request.url()}`);
  });
  t.after(async () => {
    await context.close();
    const unexpected = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    assert.deepEqual(unexpected, [], "the browser complains");
  });
  return page;
}

// Somewhere the number of the answer is to be read: chromium complains of pages that are problems.
export const problemPage = /Failed to load resource: the server responded with a status of 40[04]/;

// field is the control that a reader hears called so; a label's text alone has the choices of its select in it.
export const field = (page, name) =>
  page.getByRole("combobox", { name, exact: true }).or(page.getByRole("textbox", { name })).first();

export const rows = (page) => page.locator("#calls tbody tr");

export const isLive = (page) => page.locator("#live[data-state=open]").waitFor();
