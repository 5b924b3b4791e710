/**
 * Who is signed in. The token lives in memory and in sessionStorage: it survives a reload of this browser tab and is
 * gone with the tab. It is never written to localStorage, to a cookie or into an address.
 */
export interface SignedIn {
  readonly token: string;
  readonly expiresAt: string;
  readonly email: string;
  readonly roles: readonly string[];
}

export interface Session {
  readonly signedIn: SignedIn | null;
  /** Why the last session ended, when nobody asked for it. */
  readonly notice: string;
}

/** An error for GraphiQL's answer window, which would show where in our script it was made. */
export function failure(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}

const KEY = 'ohms.session';
const listeners = new Set<() => void>();
let current: Session = { signedIn: restore(), notice: '' };
let running = new AbortController();

function restore(): SignedIn | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return typeof stored?.token === 'string' && Array.isArray(stored.roles) ? stored : null;
  } catch {
    return null;
  }
}

function change(signedIn: SignedIn | null, notice: string): void {
  current = { signedIn, notice };
  if (signedIn) sessionStorage.setItem(KEY, JSON.stringify(signedIn));
  else sessionStorage.removeItem(KEY);
  // Answers still on their way belong to the caller who asked, not to the next one.
  running.abort(failure('The session changed while this operation was running.'));
  running = new AbortController();
  for (const listener of listeners) listener();
}

export const session = {
  get: (): Session => current,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** Aborted when someone signs in or out. */
  signal: (): AbortSignal => running.signal,
  /** The Authorization header of this session, or undefined when nobody is signed in. */
  authorization: (): string | undefined => current.signedIn ? `Bearer ${current.signedIn.token}` : undefined,
  signIn: (signedIn: SignedIn): void => change(signedIn, ''),
  signOut: (): void => change(null, ''),
  /** The server refused `authorization`. A late refusal of an older token does not end the session of a newer one. */
  refuse(authorization: string | undefined): void {
    if (authorization && authorization === session.authorization()) {
      change(null, 'Your session has ended. Please sign in again.');
    }
  },
};
