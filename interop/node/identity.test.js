// @azure/identity: every credential that asks a directory or a host for its token. The others ask tools that
// are signed in, or a desktop's browser.
import { test } from "node:test";
import {
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
  OnBehalfOfCredential,
  UsernamePasswordCredential,
} from "@azure/identity";
import {
  approve, caller, codeOf, consoleApp, identity, inAppService, itself, microsofts, onMachine, password, replyTo,
  secret, setting, signIn, tenant, user, wantTold,
} from "./emulator.js";

// Without retries: the first refusal is the one to read.
const retryOptions = { maxRetries: 0 };
const options = { authorityHost: setting("AUTHORITY"), disableInstanceDiscovery: !microsofts, retryOptions };

const by = (credential) => async (scope) => (await credential.getToken(scope)).token;

test("secret", () => wantTold(by(new ClientSecretCredential(tenant, caller, secret, options))));

test("certificate", () =>
  wantTold(by(new ClientCertificateCredential(tenant, caller, { certificatePath: setting("CERTIFICATE") }, options))));

test("environment", () => {
  Object.assign(process.env, { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: caller, AZURE_CLIENT_SECRET: secret });
  return wantTold(by(new EnvironmentCredential(options)));
});

const byPassword = by(new UsernamePasswordCredential(tenant, consoleApp, user, password, options));

test("password", () => wantTold(byPassword));

test("on behalf of", async () => {
  const userAssertionToken = await byPassword(itself);
  const ids = { tenantId: tenant, clientId: caller, clientSecret: secret };
  await wantTold(by(new OnBehalfOfCredential({ ...options, ...ids, userAssertionToken })));
});

test("device code", () => {
  // The library waits for nothing that this returns; a code that is typed late is polled for.
  const userPromptCallback = ({ verificationUri, userCode }) => void approve(verificationUri, userCode);
  return wantTold(by(new DeviceCodeCredential({ ...options, tenantId: tenant, clientId: consoleApp, userPromptCallback })));
});

// A code is good once and for one scope, so each token has a sign-in of its own.
test("code", () =>
  wantTold(async (scope) => {
    const page = new URL(`${setting("AUTHORITY")}/${tenant}/oauth2/v2.0/authorize`);
    page.search = new URLSearchParams({ client_id: caller, response_type: "code", redirect_uri: replyTo, scope });
    const code = codeOf(await signIn(page));
    return by(new AuthorizationCodeCredential(tenant, caller, secret, code, replyTo, options))(scope);
  }));

test("managed identity, IMDS", () => {
  onMachine();
  return wantTold(by(new ManagedIdentityCredential({ retryOptions })));
});

test("managed identity, App Service", () => {
  inAppService();
  return wantTold(by(new ManagedIdentityCredential({ clientId: identity, retryOptions })));
});
