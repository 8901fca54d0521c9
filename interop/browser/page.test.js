// What somebody does on the pages, in the order in which they would.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { api, at, browser, call, field, isLive, management, open, problemPage, rows, token } from "./emulator.js";

after(() => browser.close());
beforeEach(() => api("POST", "reset"));

test("calls appear as they are made, and lead to their cause and fix", async (t) => {
  const page = await open(t);
  await page.goto(at("/"));
  await page.getByText("Nothing has called yet").waitFor();
  await isLive(page);
  await page.evaluate(() => { window.sameDocument = true; });

  const admitted = await call("orders", { bearer: await token({ resource: management }) });
  assert.equal(admitted.status, 200);
  await rows(page).filter({ hasText: "admitted" }).waitFor();
  const refused = await call("invoices", { bearer: await token({ bad: "aud-without-slash" }) });
  assert.equal(refused.status, 403);
  await rows(page).filter({ hasText: "Double slash scope" }).waitFor();
  assert.equal(await rows(page).count(), 2);
  assert.match(await page.locator("#count").textContent(), /^1 to 2 of 2 calls/);
  assert.equal(await page.locator("footer li", { hasText: "Journal" }).textContent(), "Journal: 2 calls");
  assert.equal(await page.evaluate(() => window.sameDocument), true, "the page was loaded again");

  await rows(page).first().locator("a").click();
  await page.waitForURL(at(`/calls/${refused.id}`));
  assert.match(await page.locator("h1").textContent(), /refused.*403 MisMatchingOAuthClaims/s);
  assert.match(await page.locator(".why").textContent(), /double-slash-scope/);
  assert.match(await page.locator(".fix").textContent(), /https:\/\/service\.flow\.microsoft\.com\/\/\.default/);
  assert.equal(await page.locator(".policy.nearest mark").textContent(), "/");
  assert.equal(await page.locator(".policy.nearest .gap").count(), 1);
  assert.equal(await page.locator(".claims .no").count(), 1);
});

test("many calls in a moment are all there in the end", async (t) => {
  const page = await open(t);
  await page.goto(at("/"));
  await isLive(page);
  await Promise.all(Array.from({ length: 60 }, () => call("hooks")));
  await page.locator("#count", { hasText: "of 60 calls" }).waitFor();
  await api("DELETE", "requests");
  await page.getByText("Nothing has called yet").waitFor();
});

test("a new call leaves the focus where it is", async (t) => {
  const first = await call("hooks");
  const page = await open(t);
  await page.goto(at("/"));
  await isLive(page);
  await page.locator(`#call-${first.id}`).focus();
  await call("hooks");
  await page.locator("#count", { hasText: "of 2 calls" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), `call-${first.id}`);
});

test("the list can be paused, and filtered", async (t) => {
  await call("hooks");
  await call("orders", { bearer: await token({ resource: management }) });
  const page = await open(t);
  await page.goto(at("/"));
  await field(page, "Outcome").selectOption("refused");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/outcome=refused/);
  assert.equal(await rows(page).count(), 1);
  await isLive(page);
  await call("signup");
  await page.locator("#count", { hasText: "of 2 that match, 3 in all" }).waitFor();
  await page.getByRole("link", { name: "Pause" }).click();
  await page.waitForURL(/live=off/);
  assert.equal(await rows(page).count(), 2);
  assert.equal(await page.locator("[sse-connect]").count(), 0);
});

test("a workflow is switched off and on", async (t) => {
  const page = await open(t);
  const bearer = await token({ resource: management });
  for (const [state, status] of [["Disabled", 400], ["Enabled", 200]]) {
    await page.goto(at("/workflows"));
    await page.getByRole("link", { name: "orders", exact: true }).click();
    await field(page, "State").selectOption(state);
    await page.getByRole("button", { name: "Set the state" }).click();
    await page.locator(".summary .state", { hasText: state }).waitFor();
    assert.equal((await call("orders", { bearer })).status, status);
  }
  await page.reload();
  await page.getByText("1 admitted").first().waitFor();
  assert.equal(await page.locator(".plot rect.admitted").count(), 1);
  assert.equal(await page.locator(".bars tbody tr").count(), 1);
  await page.getByRole("link", { name: "Workflow is not enabled" }).click();
  assert.equal(await rows(page).count(), 1);
});

test("a pasted token is explained, and nowhere to be seen", async (t) => {
  const page = await open(t);
  const pasted = await token({ bad: "client-id-as-oid" });
  await page.goto(at("/explain"));
  await field(page, "Workflow").selectOption({ label: "approvals" });
  await page.getByRole("textbox", { name: "Token" }).fill(`  "Bearer ${pasted}"\n`);
  await page.getByRole("button", { name: "Would it pass?" }).click();
  assert.match(await page.locator(".verdict-line").textContent(), /no.*would be refused: 403/s);
  assert.match(await page.locator(".why").textContent(), /client-id-for-object-id/);
  assert.ok(!(await page.content()).includes(pasted.split(".")[2]));
  assert.ok(!page.url().includes("eyJ"));
  assert.equal((await api("GET", "requests")).requests.length, 0);
});

test("nonsense in place of a token is answered in words", async (t) => {
  const page = await open(t, { expected: [problemPage] });
  await page.goto(at("/explain"));
  await page.getByRole("textbox", { name: "Token" }).fill("a.b.c\nd.e.f");
  await page.getByRole("button", { name: "Would it pass?" }).click();
  await page.getByRole("alert").waitFor();
  // A huge one is what the gate says of it, and is not repeated.
  await page.getByRole("textbox", { name: "Token" }).fill("x".repeat(200_000));
  await page.getByRole("button", { name: "Would it pass?" }).click();
  await page.locator(".verdict-line").waitFor();
  assert.ok((await page.content()).length < 100_000);
  await page.goto(at("/calls/none"));
  await page.getByText("The journal has no call").waitFor();
});

test("a token is made, copied and good", async (t) => {
  const page = await open(t, { settings: { permissions: ["clipboard-read", "clipboard-write"] } });
  await page.goto(at("/tokens"));
  await field(page, "Application").selectOption("stranger");
  await field(page, "Resource").fill(management);
  await field(page, "Claims to change").fill("appid=00001111-aaaa-2222-bbbb-3333cccc4444");
  await page.getByRole("button", { name: "Make it" }).click();
  const made = await page.locator("#made-token").inputValue();
  assert.equal((await call("orders", { bearer: made })).status, 200);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.locator(".said", { hasText: "copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), made);

  await field(page, "Wrong on purpose").selectOption("expired");
  await field(page, "Claims to change").fill("");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("issued a day ago").first().waitFor();
  assert.equal((await call("orders", { bearer: await page.locator("#made-token").inputValue() })).status, 401);
});

test("what a caller sends is text", async (t) => {
  const hostile = `<script>alert(1)</script>"><img src=x onerror=alert(2)>\u001b[31m\u202egnp.exe`;
  const bearer = await token({ resource: management, claims: { appid: hostile, [hostile]: [hostile] } });
  const { id } = await call("orders", { bearer, body: JSON.stringify({ hostile }), headers: { "x-note": "<i>note</i>" } });
  const page = await open(t);
  await page.goto(at(`/calls/${id}`));
  const shown = `<script>alert(1)</script>"><img src=x onerror=alert(2)>␛[31m\\u202egnp.exe`;
  assert.ok((await page.locator(".policy").first().textContent()).includes(shown));
  assert.ok((await page.locator(".members dt").allTextContents()).includes(shown));
  assert.ok((await page.locator("main").textContent()).includes("<i>note</i>"));
  assert.equal(await page.locator("main img, main script, main i").count(), 0);
  assert.equal((await again(page)).status, 403);
});

// The command that a call's page shows is run as it stands.
const again = async (page) => {
  const { stdout } = await promisify(execFile)("bash", ["-c", `set -euo pipefail\n${await page.locator("#repeat").textContent()}`]);
  const { requests: [newest] } = await api("GET", "requests?limit=1");
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(stdout)?.[1]), newest };
};

for (const [name, make] of Object.entries({
  "an admitted call": async () => call("orders", { bearer: await token({ resource: management }), body: `{"it's":"$HOME \`x\`"}` }),
  "a user's call": async () => call("orders", { bearer: await token({ resource: "api://orders", user: "ana@contoso.example" }) }),
  "another tenant's": async () => call("invoices", { bearer: await token({ application: "outsider", resource: "https://service.flow.microsoft.com/" }) }),
  "a spoiled claim": async () => call("invoices", { bearer: await token({ bad: "aud-without-slash" }) }),
  "a claim left out": async () => call("payroll", { bearer: await token({ bad: "roles-missing" }) }),
  "an expired token": async () => call("orders", { bearer: await token({ bad: "expired" }) }),
  "a wrong signature": async () => call("orders", { bearer: await token({ bad: "wrong-key" }) }),
  "no signature": async () => call("orders", { bearer: await token({ bad: "alg-none" }) }),
  "no token": async () => call("orders", { bearer: "nonsense" }),
  "no credentials": async () => call("hooks", { headers: { "X-Own": "1" } }),
  "a signed URL": async () => call("hooks", { signed: true }),
})) {
  test(`the command makes it again: ${name}`, async (t) => {
    const { id, status } = await make();
    const page = await open(t);
    await page.goto(at(`/calls/${id}`));
    const before = await api("GET", `requests/${id}`);
    const { status: repeated, newest } = await again(page);
    const said = ({ workflow, status, code, reason, cause, fix, body, method, path }) => ({ workflow, status, code, reason, cause, fix, body, method, path });
    assert.equal(repeated, status);
    assert.notEqual(newest.id, id);
    assert.deepEqual(said(newest), said(before));
  });
}

test("without scripts everything but the live list works", async (t) => {
  const page = await open(t, { settings: { javaScriptEnabled: false } });
  const { id } = await call("invoices", { bearer: await token({ bad: "aud-without-slash" }) });
  await page.goto(at("/"));
  assert.equal(await rows(page).count(), 1);
  await page.getByText("Reload to see the newest").waitFor();
  await call("hooks");
  await page.reload();
  assert.equal(await rows(page).count(), 2);
  await field(page, "Workflow").selectOption("invoices");
  await page.getByRole("button", { name: "Filter" }).click();
  await rows(page).first().locator("a").click();
  await page.waitForURL(at(`/calls/${id}`));
  assert.match(await page.locator(".fix").textContent(), /\/\/\.default/);
  assert.equal(await page.locator("button.copy:visible").count(), 0);

  await page.goto(at("/tokens"));
  await field(page, "Resource").fill(management);
  await page.getByRole("button", { name: "Make it" }).click();
  const made = await page.locator("#made-token").inputValue();
  await page.goto(at("/explain"));
  await page.getByRole("textbox", { name: "Token" }).fill(made);
  await page.getByRole("button", { name: "Would it pass?" }).click();
  await page.getByText("A call to orders with it would be admitted").waitFor();

  await page.goto(at("/workflows/hooks"));
  await field(page, "State").selectOption("Suspended");
  await page.getByRole("button", { name: "Set the state" }).click();
  await page.locator(".summary .state", { hasText: "Suspended" }).waitFor();
  await page.goto(at("/refusals"));
  await page.locator("summary").nth(9).click();
  await page.locator("#command-10").waitFor();
});

test("a moved clock is told of", async (t) => {
  await api("PUT", "clock", { offset: "48h" });
  const page = await open(t);
  await page.goto(at("/"));
  await page.getByText("2 d ahead of this machine").waitFor();
});
