/**
 * OAuth 2.1 with the server that this page came from: authorization code with PKCE (S256), a refresh token that rotates,
 * revocation. The protocol itself is oauth4webapi's; here is only which server, which client and which order.
 */
import * as oauth from 'oauth4webapi';

/** A token's answer, in the words of this page. `expiresAt` is milliseconds since 1970 by this computer's clock. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresAt: number;
}

/** What must come back from the redirect: kept in sessionStorage, for this browser tab and this one sign-in. */
export interface Pending {
  readonly state: string;
  readonly verifier: string;
}

const CLIENT: oauth.Client = { client_id: 'graphiql' };
const SCOPE = 'openid profile email ohms';
const REDIRECT_URI = window.location.origin + window.location.pathname;
// A public client has no secret: PKCE shows that who exchanges the code is who asked for it.
const PUBLIC_CLIENT = oauth.None();
// Plain HTTP is for this computer only; elsewhere browsers have no WebCrypto on such a page, and `start` refuses.
const OPTIONS = { [oauth.allowInsecureRequests]: window.location.protocol === 'http:' };

let discovered: Promise<oauth.AuthorizationServer> | null = null;

function server(): Promise<oauth.AuthorizationServer> {
  discovered ??= discover().catch(error => {
    discovered = null; // asked again at the next try
    throw error;
  });
  return discovered;
}

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(window.location.origin);
  const response = await oauth.discoveryRequest(issuer, OPTIONS);
  try {
    return await oauth.processDiscoveryResponse(issuer, response);
  } catch (error) {
    // One server under two names, as 127.0.0.1 and localhost: tokens are good for the name that it was told.
    const elsewhere = error instanceof oauth.OperationProcessingError && error.code === oauth.JSON_ATTRIBUTE_COMPARISON;
    throw elsewhere ? new Error('open this page at the address that the server has as OHMS_PUBLIC_URL.') : error;
  }
}

/** Where to send the browser, and what to remember until it comes back. */
export async function start(): Promise<{ address: URL; pending: Pending }> {
  if (!window.isSecureContext) throw new Error('Signing in needs HTTPS, or http://localhost on this computer.');
  const pending = { state: oauth.generateRandomState(), verifier: oauth.generateRandomCodeVerifier() };
  const address = new URL((await server()).authorization_endpoint!);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: pending.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  }).toString();
  return { address, pending };
}

/** Changes the code of a redirect for tokens. Raises when state or issuer (RFC 9207) are not those of `pending`. */
export async function exchange(answer: URLSearchParams, pending: Pending): Promise<Tokens> {
  const issuer = await server();
  const checked = oauth.validateAuthResponse(issuer, CLIENT, answer, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    issuer, CLIENT, PUBLIC_CLIENT, checked, REDIRECT_URI, pending.verifier, OPTIONS,
  );
  return tokens(await oauth.processAuthorizationCodeResponse(issuer, CLIENT, response));
}

/** The next access token and the refresh token that follows `refreshToken`, which is used up. */
export async function refresh(refreshToken: string): Promise<Tokens> {
  const issuer = await server();
  const response = await oauth.refreshTokenGrantRequest(issuer, CLIENT, PUBLIC_CLIENT, refreshToken, OPTIONS);
  return tokens(await oauth.processRefreshTokenResponse(issuer, CLIENT, response));
}

/** Ends a refresh token, and with it the access tokens of its session. */
export async function revoke(refreshToken: string): Promise<void> {
  const options = { ...OPTIONS, additionalParameters: { token_type_hint: 'refresh_token' } };
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(await server(), CLIENT, PUBLIC_CLIENT, refreshToken, options),
  );
}

/** The page that ends the browser's own session (RP-initiated logout) and comes back here; null when there is none. */
export async function endOfSession(): Promise<URL | null> {
  const { end_session_endpoint: endpoint } = await server();
  if (!endpoint) return null;
  const address = new URL(endpoint);
  address.search = new URLSearchParams({
    client_id: CLIENT.client_id,
    post_logout_redirect_uri: REDIRECT_URI,
  }).toString();
  return address;
}

function tokens(response: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token,
    expiresAt: Date.now() + (response.expires_in ?? 60) * 1000,
  };
}
