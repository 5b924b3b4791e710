/** The bar on top: a sign-in form, or who is signed in. */
import { useEffect, useRef, useState, useSyncExternalStore, type FormEvent } from 'react';

import favicon from './favicon.svg';
import { session, type SignedIn } from './session';
import { signIn } from './signIn';

export function SessionBar() {
  const { signedIn, notice } = useSyncExternalStore(session.subscribe, session.get);
  return (
    <header className="ohms-bar">
      <h1>
        <img src={favicon} alt="" width="22" height="22" /> OHMS <span>GraphiQL</span>
      </h1>
      {signedIn ? <Who {...signedIn} /> : <SignInForm notice={notice} />}
    </header>
  );
}

/** Keeps the keyboard where it was working: focus would be lost with the control that was just used. */
function useFocusAfterChange<T extends HTMLElement>() {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (changes++ > 0) ref.current?.focus();
  }, []);
  return ref;
}
let changes = 0;

function SignInForm({ notice }: { notice: string }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [message, setMessage] = useState(notice);
  const [busy, setBusy] = useState(false);
  const first = useFocusAfterChange<HTMLInputElement>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const failure = await signIn(email, password);
    if (!failure) return; // this form is gone
    setMessage(failure);
    setPassword('');
    setBusy(false);
  }

  return (
    <form aria-label="Sign in" onSubmit={submit}>
      <p role="alert">{message}</p>
      <label>
        E-mail
        <input ref={first} type="email" name="email" autoComplete="username" required value={email}
          onChange={event => setEmail(event.target.value)} />
      </label>
      <label>
        Password
        <input type="password" name="password" autoComplete="current-password" required value={password}
          onChange={event => setPassword(event.target.value)} />
      </label>
      <button type="submit" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
    </form>
  );
}

function Who({ email, roles, expiresAt }: SignedIn) {
  const button = useFocusAfterChange<HTMLButtonElement>();
  const end = new Date(expiresAt);
  return (
    <div className="ohms-who">
      <p role="status">
        Signed in as <strong>{email}</strong>
        {roles.map(role => <span className="ohms-role" key={role}>{role}</span>)}
        {!Number.isNaN(end.valueOf()) && (
          <time dateTime={expiresAt}>until {end.toLocaleTimeString([], { timeStyle: 'short' })}</time>
        )}
      </p>
      <button type="button" ref={button} onClick={session.signOut}>Sign out</button>
    </div>
  );
}
