/** Signing in: away to the server's own page, where alone a password is typed, and back with a code. */
import { AuthorizationResponseError } from 'oauth4webapi';

import { endOfSession, exchange, revoke, start, type Pending } from './oauth';
import { session } from './session';
import { post } from './transport';

// Survives the redirect, in this browser tab only, and is good for one answer.
const KEY = 'ohms.sign-in';
// GraphiQL writes what was typed to its storage half a second after the last key; leaving earlier would lose it.
const UNTIL_WRITTEN_MS = 700;
// Asked with the new token: the page shows who it is that signed in.
const WHO = 'query Viewer { viewer { roles account { email } } }';

interface Viewer {
  roles: string[];
  account: { email: string };
}

/** Leaves for the sign-in page, or says why that does not work. */
export async function signIn(): Promise<void> {
  session.tell('');
  try {
    const written = new Promise(resolve => setTimeout(resolve, UNTIL_WRITTEN_MS));
    const { address, pending } = await start();
    await written;
    sessionStorage.setItem(KEY, JSON.stringify(pending));
    window.location.assign(address);
  } catch (error) {
    session.tell(explained(error));
  }
}

/** Takes the answer out of the address, which is the first thing to do on the page. Null when there is none. */
export function takeAnswer(): URLSearchParams | null {
  const answer = new URLSearchParams(window.location.search);
  if (!answer.has('state') || !(answer.has('code') || answer.has('error'))) return null;
  // Neither a bookmark nor the back button nor a copied address shall have the code.
  window.history.replaceState(null, '', window.location.pathname);
  return answer;
}

/** Comes back from the sign-in page: signed in at the end, or says why not. */
export async function finish(answer: URLSearchParams): Promise<void> {
  const pending = takePending();
  if (!pending) {
    session.tell('This sign-in was not begun here. Please sign in again.');
    return;
  }
  try {
    const tokens = await exchange(answer, pending);
    const viewer = await whose(tokens.accessToken);
    session.signIn({ ...tokens, email: viewer?.account.email ?? '', roles: viewer?.roles ?? [] });
  } catch (error) {
    session.tell(explained(error));
  }
}

/** Ends the session here at once, then the refresh token, then the browser's own session at the server. */
export async function signOut(): Promise<void> {
  const refreshToken = session.get().signedIn?.refreshToken;
  session.end();
  try {
    if (refreshToken) await revoke(refreshToken);
    const address = await endOfSession();
    if (address) window.location.assign(address);
  } catch {
    session.tell('You are signed out here, but the server could not be told. Its tokens end by themselves.');
  }
}

function takePending(): Pending | null {
  const stored = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return stored ? (JSON.parse(stored) as Pending) : null;
}

async function whose(token: string): Promise<Viewer | null> {
  try {
    const result = await post({ query: WHO, operationName: 'Viewer' }, { authorization: `Bearer ${token}` });
    return (result.data as { viewer?: Viewer | null } | null | undefined)?.viewer ?? null;
  } catch {
    return null; // the token was given: without roles to show is still signed in
  }
}

function explained(error: unknown): string {
  // Only the standard's code is shown: the description came in an address, where anybody may write.
  if (error instanceof AuthorizationResponseError) {
    return error.error === 'access_denied' ? 'Signing in was cancelled.' : `Signing in failed: ${error.error}.`;
  }
  if (error instanceof TypeError) return 'The server cannot be reached.';
  return `Signing in failed: ${(error as Error).message}`;
}
