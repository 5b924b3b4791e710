/** What GraphiQL does when someone signs in or out: nothing of the last caller stays on the screen. */
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

import { session } from './session';

export function FollowSession() {
  const { stop, updateActiveTabValues, introspect } = useGraphiQLActions();
  const state = useGraphiQL(pick('tabs', 'responseEditor', 'schema'));
  const latest = useRef(state);
  latest.current = state;

  useEffect(
    () =>
      session.follow(() => {
        const { tabs, responseEditor, schema } = latest.current;
        stop();
        // GraphiQL has an action for the tab in front only; the answers kept behind the other tabs go as well.
        for (const tab of tabs) tab.response = null;
        responseEditor?.setValue('');
        updateActiveTabValues({ response: null });
        if (!schema) void introspect();
      }),
    [stop, updateActiveTabValues, introspect],
  );
  return null;
}
