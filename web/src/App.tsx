import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';

import { EXAMPLES } from './examples';
import { EXAMPLES_PLUGIN } from './ExamplesPlugin';
import { FollowSession } from './FollowSession';
import { SessionBar } from './SessionBar';
import { fetcher } from './transport';

const PLUGINS = [HISTORY_PLUGIN, EXAMPLES_PLUGIN];
const FIRST_TAB = EXAMPLES.slice(0, 1).map(({ query, variables }) => ({ query, variables }));

export function App() {
  return (
    <>
      <SessionBar />
      <main>
        {/* Operations and their variables may name patients: they are kept in this browser tab (sessionStorage) only. */}
        <GraphiQL
          fetcher={fetcher}
          storage={sessionStorage}
          plugins={PLUGINS}
          visiblePlugin={EXAMPLES_PLUGIN}
          defaultTabs={FIRST_TAB}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo>{' '}</GraphiQL.Logo>
          <FollowSession />
        </GraphiQL>
      </main>
    </>
  );
}
