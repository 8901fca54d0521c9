// @azure/msal-node: every grant it offers, each with a client of its own, so that no cache answers for the emulator.
import { test } from "node:test";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  ConfidentialClientApplication,
  CryptoProvider,
  ManagedIdentityApplication,
  PublicClientApplication,
} from "@azure/msal-node";
import {
  approve, caller, codeOf, consoleApp, identity, inAppService, itself, microsofts, onMachine, password, replyTo,
  secret, setting, signIn, tenant, user, wantTold,
} from "./emulator.js";

const authority = `${setting("AUTHORITY")}/${tenant}`;
const knownAuthorities = microsofts ? [] : [new URL(authority).host]; // with its port

const confidential = (credential) =>
  new ConfidentialClientApplication({ auth: { clientId: caller, authority, knownAuthorities, ...credential } });
const publicClient = () => new PublicClientApplication({ auth: { clientId: consoleApp, authority, knownAuthorities } });

const forItself = (client) => async (scope) =>
  (await client.acquireTokenByClientCredential({ scopes: [scope] })).accessToken;

test("secret", () => wantTold(forItself(confidential({ clientSecret: secret }))));

test("certificate", () => {
  const privateKey = readFileSync(setting("CERTIFICATE"), "utf8");
  const thumbprintSha256 = createHash("sha256").update(new X509Certificate(privateKey).raw).digest("hex");
  return wantTold(forItself(confidential({ clientCertificate: { privateKey, thumbprintSha256 } })));
});

// A web application: it sends its user away and is given a code.
test("code, confidential", () => {
  const client = confidential({ clientSecret: secret });
  return wantTold((scope) => byCode(client, scope, replyTo));
});

test("code, public", () => {
  const client = publicClient();
  return wantTold((scope) => byCode(client, scope, "http://localhost"));
});

async function byCode(client, scope, redirectUri) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const request = { scopes: [scope], redirectUri };
  const page = await client.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: "S256" });
  const code = codeOf(await signIn(page));
  return (await client.acquireTokenByCode({ ...request, code, codeVerifier: verifier })).accessToken;
}

test("code, in a browser", () => {
  const client = publicClient();
  const openBrowser = async (page) => void fetch(await signIn(page));
  return wantTold(async (scope) => (await client.acquireTokenInteractive({ scopes: [scope], openBrowser })).accessToken);
});

const byPassword = (client, scope) => client.acquireTokenByUsernamePassword({ scopes: [scope], username: user, password });

test("password", () => {
  const client = publicClient();
  return wantTold(async (scope) => (await byPassword(client, scope)).accessToken);
});

test("device code", () => {
  const client = publicClient();
  const deviceCodeCallback = ({ verificationUri, userCode }) => void approve(verificationUri, userCode);
  return wantTold(async (scope) => (await client.acquireTokenByDeviceCode({ scopes: [scope], deviceCodeCallback })).accessToken);
});

// Signed in for another resource, this one is asked for silently.
test("refresh token", () => {
  const client = publicClient();
  return wantTold(async (scope) => {
    const { account } = await byPassword(client, "https://graph.microsoft.com/.default");
    return (await client.acquireTokenSilent({ account, scopes: [scope] })).accessToken;
  });
});

// An API that is called with a user's token, and calls on.
test("on behalf of", async () => {
  const client = confidential({ clientSecret: secret });
  const oboAssertion = (await byPassword(publicClient(), itself)).accessToken;
  await wantTold(async (scope) => (await client.acquireTokenOnBehalfOf({ scopes: [scope], oboAssertion })).accessToken);
});

// The resource is the scope without its permission, and without the slash before that.
const fromHost = (client) => async (scope) =>
  (await client.acquireToken({ resource: scope.replace(/\/\.default$/, ""), forceRefresh: true })).accessToken;

test("managed identity, IMDS", () => {
  onMachine();
  return wantTold(fromHost(new ManagedIdentityApplication({ system: { disableInternalRetries: true } })));
});

test("managed identity, App Service", () => {
  inAppService();
  const managedIdentityIdParams = { userAssignedClientId: identity };
  return wantTold(fromHost(new ManagedIdentityApplication({ managedIdentityIdParams, system: { disableInternalRetries: true } })));
});
