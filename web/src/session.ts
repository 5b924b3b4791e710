/**
 * Who is signed in. Tokens live in the memory of this page and nowhere else: not in storage, not in a cookie, not in an
 * address. A reload forgets them, and signing in again is one click while the server remembers the browser.
 */
import type { Tokens } from './oauth';

export interface SignedIn extends Tokens {
  readonly email: string;
  readonly roles: readonly string[];
}

export interface Session {
  readonly signedIn: SignedIn | null;
  /** Why nobody is signed in, when nobody asked for that. */
  readonly notice: string;
}

/** An error for GraphiQL's answer window, which would show where in our script it was made. */
export function failure(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}

const listeners = new Set<() => void>();
const followers = new Set<() => void>();
let current: Session = { signedIn: null, notice: '' };
let running = new AbortController();

function show(next: Session): void {
  current = next;
  for (const listener of listeners) listener();
}

function change(signedIn: SignedIn | null, notice: string): void {
  // Answers still on their way belong to the caller who asked, not to the next one.
  running.abort(failure('The session changed while this operation was running.'));
  running = new AbortController();
  current = { signedIn, notice };
  for (const follower of followers) follower();
  show(current);
}

function subscribed(to: Set<() => void>, listener: () => void): () => void {
  to.add(listener);
  return () => to.delete(listener);
}

export const session = {
  get: (): Session => current,
  /** Calls `listener` after anything changed, the tokens of the same person included. */
  subscribe: (listener: () => void): (() => void) => subscribed(listeners, listener),
  /** Calls `follower` when someone signed in or out. */
  follow: (follower: () => void): (() => void) => subscribed(followers, follower),
  /** Aborted when someone signs in or out. */
  signal: (): AbortSignal => running.signal,
  /** The Authorization header of this session, or undefined when nobody is signed in. */
  authorization: (): string | undefined => current.signedIn ? `Bearer ${current.signedIn.accessToken}` : undefined,
  signIn: (signedIn: SignedIn): void => change(signedIn, ''),
  /** Nobody is signed in from now on; `notice` says why. */
  end: (notice = ''): void => change(null, notice),
  /** Says why signing in did not work; whoever is signed in stays. */
  tell: (notice: string): void => show({ ...current, notice }),
  /** Puts newer tokens in the place of `before`. False when somebody signed in or out meanwhile. */
  renew(before: SignedIn, tokens: Tokens): boolean {
    if (current.signedIn !== before) return false;
    show({ ...current, signedIn: { ...before, ...tokens } });
    return true;
  },
  /** The server refused `authorization`. A late refusal of an older token does not end the session of a newer one. */
  refuse(authorization: string | undefined): void {
    if (authorization && authorization === session.authorization()) {
      change(null, 'Your session has ended. Please sign in again.');
    }
  },
};
