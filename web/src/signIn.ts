/** Changes an e-mail address and a password for a token. The password is sent once and kept nowhere. */
import { session } from './session';
import { post } from './transport';

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    expiresAt
    errors { message code path }
  }
}`;

// Asked with the new token: who signs in is nobody yet, and may not select an account.
const WHO = 'query Viewer { viewer { roles account { email } } }';

interface Viewer {
  roles: string[];
  account: { email: string };
}

interface Payload {
  accessToken: string | null;
  expiresAt: string | null;
  errors: { message: string }[];
}

const messages = (errors: readonly { message: string }[]): string => errors.map(error => error.message).join(' ');

/** Returns what went wrong in words for the person signing in, or an empty string when signed in. */
export async function signIn(email: string, password: string): Promise<string> {
  let result;
  try {
    result = await post({ query: SIGN_IN, operationName: 'SignIn', variables: { input: { email, password } } });
  } catch (error) {
    return error instanceof TypeError ? 'The server cannot be reached.' : (error as Error).message;
  }
  const payload = (result.data as { signIn?: Payload } | null | undefined)?.signIn;
  if (payload?.accessToken) {
    const { accessToken: token, expiresAt } = payload;
    const viewer = await whose(token);
    session.signIn({ token, expiresAt: expiresAt ?? '', email: viewer?.account.email ?? email, roles: viewer?.roles ?? [] });
    return '';
  }
  return messages(payload?.errors ?? result.errors ?? []) || 'Signing in failed.';
}

async function whose(token: string): Promise<Viewer | null> {
  try {
    const result = await post({ query: WHO, operationName: 'Viewer' }, { authorization: `Bearer ${token}` });
    return (result.data as { viewer?: Viewer | null } | null | undefined)?.viewer ?? null;
  } catch {
    return null; // the token was given: without roles to show is still signed in
  }
}
