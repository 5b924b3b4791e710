/** New tokens before the old ones end. A refresh token is good once, so there is never more than one request. */
import { ResponseBodyError } from 'oauth4webapi';

import { refresh, revoke } from './oauth';
import { session, type SignedIn } from './session';

const EARLY_MS = 60_000;
const AGAIN_MS = 10_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let planned: string | undefined;
let running: Promise<void> | null = null;

session.subscribe(() => {
  const { signedIn } = session.get();
  if (signedIn?.accessToken === planned) return;
  clearTimeout(timer);
  planned = signedIn?.accessToken;
  if (!signedIn?.refreshToken) return;
  const left = signedIn.expiresAt - Date.now();
  // A token that lives shorter than the minute is renewed at half its life.
  plan(Math.max(left - EARLY_MS, left / 2));
});

function plan(milliseconds: number): void {
  timer = setTimeout(() => void renew(), milliseconds);
}

/** Waits for a new token when this one has ended, as after the computer slept. Never raises: the server tells what is wrong. */
export async function fresh(): Promise<void> {
  const { signedIn } = session.get();
  if (signedIn?.refreshToken && signedIn.expiresAt <= Date.now()) await renew();
}

function renew(): Promise<void> {
  running ??= renewOnce().finally(() => {
    running = null;
  });
  return running;
}

async function renewOnce(): Promise<void> {
  const { signedIn } = session.get();
  if (!signedIn?.refreshToken) return;
  try {
    const tokens = await refresh(signedIn.refreshToken);
    if (!session.renew(signedIn, { ...tokens, refreshToken: tokens.refreshToken ?? signedIn.refreshToken })) {
      // Signed out while the answer was on its way: its tokens are nobody's.
      if (tokens.refreshToken) await revoke(tokens.refreshToken).catch(() => undefined);
    }
  } catch (error) {
    refused(signedIn, error);
  }
}

function refused(signedIn: SignedIn, error: unknown): void {
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
    if (session.get().signedIn === signedIn) session.end('Your session has ended. Please sign in again.');
  } else if (session.get().signedIn === signedIn) {
    plan(AGAIN_MS); // the server could not be reached or is busy: the token in hand is good until it ends
  }
}
