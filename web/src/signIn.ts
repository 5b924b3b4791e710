/** Changes an e-mail address and a password for a token. The password is sent once and kept nowhere. */
import { session } from './session';
import { post } from './transport';

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    expiresAt
    viewer { roles account { email } }
    errors { message code path }
  }
}`;

interface Payload {
  accessToken: string | null;
  expiresAt: string | null;
  viewer: { roles: string[]; account: { email: string } } | null;
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
    session.signIn({
      token: payload.accessToken,
      expiresAt: payload.expiresAt ?? '',
      email: payload.viewer?.account.email ?? email,
      roles: payload.viewer?.roles ?? [],
    });
    return '';
  }
  return messages(payload?.errors ?? result.errors ?? []) || 'Signing in failed.';
}
