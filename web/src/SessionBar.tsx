/** The bar on top: the way to the sign-in page, or who is signed in. */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

import favicon from './favicon.svg';
import { session, type SignedIn } from './session';
import { signIn, signOut } from './signIn';

export function SessionBar() {
  const { signedIn, notice } = useSyncExternalStore(session.subscribe, session.get);
  return (
    <header className="ohms-bar">
      <h1>
        <img src={favicon} alt="" width="22" height="22" /> OHMS <span>GraphiQL</span>
      </h1>
      {signedIn ? <Who {...signedIn} /> : <SignIn notice={notice} />}
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

function SignIn({ notice }: { notice: string }) {
  const [busy, setBusy] = useState(false);
  const button = useFocusAfterChange<HTMLButtonElement>();

  async function leave() {
    setBusy(true);
    await signIn();
    setBusy(false);
  }

  return (
    <div className="ohms-who">
      <p role="alert">{notice}</p>
      <button type="button" ref={button} disabled={busy} onClick={leave}>{busy ? 'Signing in…' : 'Sign in'}</button>
    </div>
  );
}

function Who({ email, roles }: SignedIn) {
  const button = useFocusAfterChange<HTMLButtonElement>();
  return (
    <div className="ohms-who">
      <p role="status">
        Signed in{email && <> as <strong>{email}</strong></>}
        {roles.map(role => <span className="ohms-role" key={role}>{role}</span>)}
      </p>
      <button type="button" ref={button} onClick={signOut}>Sign out</button>
    </div>
  );
}
