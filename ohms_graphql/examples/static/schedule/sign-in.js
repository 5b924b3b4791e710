// OAuth 2.1 for a page: authorization code with PKCE (S256). Tokens stay in memory; what must outlive the redirect is in
// sessionStorage for that long. The server remembers the browser, so that a reload needs no password.

const CLIENT = 'schedule-example';
const REDIRECT = location.origin + location.pathname;
const EARLY_MS = 60_000;

let tokens = null;
let renewing = null;

const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function server() {
  return (await fetch('/.well-known/oauth-authorization-server')).json();
}

/** Leaves for the sign-in page. */
export async function signIn() {
  const pending = { state: random(), verifier: random() };
  sessionStorage.setItem('pending', JSON.stringify(pending));
  const challenge = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier)));
  const address = new URL((await server()).authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: 'code', client_id: CLIENT, redirect_uri: REDIRECT, scope: 'openid ohms',
    state: pending.state, code_challenge: base64url(challenge), code_challenge_method: 'S256',
  });
  location.assign(address);
}

/** After the redirect, changes the code for tokens. False when nobody comes from the sign-in page. */
export async function comeBack() {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem('pending') ?? 'null');
  sessionStorage.removeItem('pending');
  history.replaceState(null, '', location.pathname);
  if (!pending || !answer.has('state')) return false;
  const { issuer } = await server();
  if (answer.get('state') !== pending.state || answer.get('iss') !== issuer) throw new Error('The answer is not for this page.');
  if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error'));
  await receive({ grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: REDIRECT, code_verifier: pending.verifier });
  return true;
}

/** An access token that is good for a minute more; null for somebody who has to sign in. A refresh token is good once. */
export async function accessToken() {
  if (tokens && tokens.endsAt - Date.now() < EARLY_MS) {
    renewing ??= receive({ grant_type: 'refresh_token', refresh_token: tokens.refresh }).finally(() => { renewing = null; });
    await renewing;
  }
  return tokens?.access ?? null;
}

export function forget() {
  tokens = null;
}

async function receive(grant) {
  const { token_endpoint: endpoint } = await server();
  const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT, ...grant }) });
  const given = await response.json();
  if (!response.ok) {
    tokens = null;
    if (grant.grant_type === 'refresh_token') return;
    throw new Error(given.error_description ?? given.error);
  }
  tokens = { access: given.access_token, refresh: given.refresh_token, endsAt: Date.now() + given.expires_in * 1000 };
}
