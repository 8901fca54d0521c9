// How the pages look and read: at two widths, light and dark, to axe, and to somebody without a mouse.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, at, browser, call, field, isLive, management, open, problemPage, rows, setting, token } from "./emulator.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const calls = {};

before(async () => {
  await api("POST", "reset");
  for (let k = 0; k < 3; k++) {
    calls.admitted = await call("orders", { bearer: await token({ resource: management }) });
    calls.stranger = await call("orders", { bearer: await token({ application: "stranger", resource: management }) });
    calls.expired = await call("orders", { bearer: await token({ bad: "expired" }) });
    calls.tampered = await call("orders", { bearer: await token({ bad: "tampered" }) });
    calls.slash = await call("invoices", { bearer: await token({ bad: "aud-without-slash" }) });
    await call("invoices", { bearer: await token({ application: "outsider", resource: "https://service.flow.microsoft.com/" }) });
    await call("approvals", { bearer: await token({ bad: "client-id-as-oid" }) });
    calls.roles = await call("payroll", { bearer: await token({ bad: "roles-missing" }) });
    await call("hooks");
    calls.signed = await call("hooks", { signed: true });
  }
  calls.hostile = await call("orders", {
    bearer: await token({ resource: management, claims: { appid: "<b>\u202e" + "long".repeat(200), groups: Array.from({ length: 60 }, (_, k) => `group-${k}`) } }),
    body: JSON.stringify({ line: "x".repeat(4000), more: Array(40).fill("word") }, null, 2),
    headers: { "x-long": "y".repeat(1500) },
  });
  // A trigger's name is the caller's, of any length.
  for (const name of ["L".repeat(1500), "l".repeat(80)]) {
    await fetch((await api("GET", "workflows"))[0].triggers[0].url.replace("/manual/", `/${name}/`), { method: "POST" });
  }
  calls.lost = await fetch(at("/../workflows/nobody/triggers/manual/paths/invoke?api-version=2016-10-01"), { method: "PATCH" });
  await api("PUT", "workflows/signup/state", { state: "Disabled" });
});
after(() => browser.close());

// Every page, in each of the states that it has.
const pages = {
  calls: (page) => page.goto(at("/")),
  "calls-none": (page) => page.goto(at("/?workflow=signup&live=off")),
  "call-admitted": (page) => page.goto(at(`/calls/${calls.admitted.id}`)),
  "call-two-policies": (page) => page.goto(at(`/calls/${calls.stranger.id}`)),
  "call-slash": (page) => page.goto(at(`/calls/${calls.slash.id}`)),
  "call-expired": (page) => page.goto(at(`/calls/${calls.expired.id}`)),
  "call-unverified": (page) => page.goto(at(`/calls/${calls.tampered.id}`)),
  "call-role": (page) => page.goto(at(`/calls/${calls.roles.id}`)),
  "call-signed": (page) => page.goto(at(`/calls/${calls.signed.id}`)),
  "call-hostile": (page) => page.goto(at(`/calls/${calls.hostile.id}`)),
  "call-none": (page) => page.goto(at("/calls/none")),
  workflows: (page) => page.goto(at("/workflows")),
  workflow: async (page) => {
    await page.goto(at("/workflows/orders"));
    for (const summary of await page.locator("summary").all()) await summary.click();
  },
  "workflow-unused": (page) => page.goto(at("/workflows/signup")),
  explain: (page) => page.goto(at("/explain")),
  "explain-refused": async (page) => {
    await page.goto(at("/explain"));
    await field(page, "Workflow").selectOption({ label: "invoices" });
    await page.getByRole("textbox", { name: "Token" }).fill(await token({ bad: "aud-graph" }));
    await page.getByRole("button", { name: "Would it pass?" }).click();
    await page.locator(".verdict-line").waitFor();
  },
  "explain-also": async (page) => {
    const long = await token({ resource: management, claims: { appid: "long".repeat(200) } });
    await page.goto(at("/explain"));
    await field(page, "Workflow").selectOption({ label: "orders" });
    await page.getByRole("textbox", { name: "Token" }).fill(`${long.slice(0, long.lastIndexOf("."))}.AAAA`);
    await page.getByRole("button", { name: "Would it pass?" }).click();
    await page.getByRole("region", { name: "And also" }).waitFor();
  },
  "explain-problem": async (page) => {
    await page.goto(at("/explain"));
    await page.getByRole("textbox", { name: "Token" }).fill("a.b.c\nd.e.f");
    await page.getByRole("button", { name: "Would it pass?" }).click();
    await page.getByRole("alert").waitFor();
  },
  tokens: (page) => page.goto(at("/tokens")),
  "tokens-made": async (page) => {
    await page.goto(at("/tokens"));
    await field(page, "User").selectOption("ana@contoso.example");
    await field(page, "Resource").fill("api://orders");
    await field(page, "Wrong on purpose").selectOption("expired");
    await page.getByRole("button", { name: "Make it" }).click();
    await page.locator("#made-token").waitFor();
  },
  refusals: async (page) => {
    await page.goto(at("/refusals#refusal-10"));
    await page.locator("#refusal-10").waitFor(); // the browser opens what holds the place
  },
};

for (const colorScheme of ["light", "dark"]) {
  for (const width of [400, 1600]) {
    test(`every page at ${width} px, ${colorScheme}`, async (t) => {
      for (const [name, visit] of Object.entries(pages)) {
        await t.test(name, async (t) => {
          const page = await open(t, { settings: { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" }, expected: [problemPage] });
          await visit(page);
          await page.waitForLoadState();
          if (name === "calls") await isLive(page);
          await page.screenshot({ path: join(setting("SCREENSHOTS"), `${name}-${width}-${colorScheme}.png`), fullPage: true });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(wide <= 0, `the page is ${wide} px wider than the window`);
          await page.evaluate(axe);
          const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
          assert.ok(passes.length > 10, "axe looked at nothing");
          const found = violations.map((v) => `${v.impact}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
          assert.deepEqual(found, []);
        });
      }
    });
  }
}

test("every page at the widths between", async (t) => {
  for (const [name, visit] of Object.entries(pages)) {
    await t.test(name, async (t) => {
      const page = await open(t, { settings: { viewport: { width: 1600, height: 900 }, reducedMotion: "reduce" }, expected: [problemPage] });
      await visit(page);
      await page.waitForLoadState();
      for (const width of [320, 480, 520, 640, 768, 900, 1024, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `at ${width} px the page is ${wide} px wider than the window`);
        // Text that has no room for six letters is squeezed beside something else.
        const squeezed = await page.evaluate(() => [...document.querySelectorAll("main .quiet, main dd, main p")]
          .filter((e) => e.textContent.trim().length > 30 && e.clientWidth > 0 && e.clientWidth < 60).map((e) => e.textContent.trim().slice(0, 40)));
        assert.deepEqual(squeezed, [], `at ${width} px`);
      }
    });
  }
});

test("by keyboard alone", async (t) => {
  const page = await open(t);
  await page.goto(at("/"));
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  // tabTo goes on until the focus is where it should be, and looks at it on the way.
  const tabTo = async (wanted) => {
    for (let k = 0; k < 80; k++) {
      await press("Tab");
      assert.ok(await page.evaluate(() => {
        const shown = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return shown(getComputedStyle(document.activeElement)) || shown(getComputedStyle(document.activeElement, "::after"));
      }), `the focus on ${await focused()} is not to be seen`);
      if (await wanted()) return;
    }
    assert.fail("the keyboard does not lead there");
  };
  const named = (text) => async () => (await focused()).startsWith(text);

  await press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await tabTo(() => page.evaluate(() => document.activeElement.id.startsWith("call-")));
  await press("Enter");
  await page.waitForURL(/\/calls\//);
  await tabTo(named("Explain"));
  await press("Enter");
  await page.waitForURL(/\/explain$/);
  await tabTo(() => page.evaluate(() => document.activeElement.name === "token"));
  await page.keyboard.insertText(await token({ resource: management }));
  await tabTo(named("Would it pass?"));
  await press("Enter");
  await page.getByText("A call to orders with it would be admitted").waitFor();
  await page.goto(at("/workflows/signup"));
  await tabTo(() => page.evaluate(() => document.activeElement.name === "state"));
  await press("E");
  await tabTo(named("Set the state"));
  await press("Enter");
  await page.locator(".summary .state", { hasText: "Enabled" }).waitFor();
  await page.goto(at("/refusals"));
  await tabTo(() => page.evaluate(() => document.activeElement.tagName === "SUMMARY"));
  await press("Enter");
  await page.locator("#refusal-1").waitFor();
});

test("what is read out: landmarks, headings and new calls", async (t) => {
  const page = await open(t);
  await page.goto(at("/"));
  assert.equal(await page.locator("#count").getAttribute("role"), "status"); // which is polite
  for (const landmark of ["banner", "navigation", "main", "contentinfo"]) assert.ok(await page.getByRole(landmark).count(), landmark);
  assert.equal(await page.getByRole("columnheader").count(), 7);
  assert.equal(await page.getByRole("rowheader").count(), await rows(page).count());
  await page.goto(at(`/calls/${calls.slash.id}`));
  const headings = await page.locator("h1, h2, h3").evaluateAll((all) => all.map((h) => Number(h.tagName[1])));
  assert.ok(headings.every((level, k) => k === 0 ? level === 1 : level <= headings[k - 1] + 1), headings.join(" "));
  assert.match(await page.getByRole("img").first().evaluate((svg) => svg.querySelector("title").textContent), /^Good from .* to /);
});
