/** A panel of ready operations. Each opens in a tab of its own. */
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';

import { EXAMPLES, type Example } from './examples';

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M9 5h11M9 12h11M9 19h11" strokeLinecap="round" />
      <path d="M3.5 3.5 6 5 3.5 6.5zM3.5 10.5 6 12l-2.5 1.5zM3.5 17.5 6 19l-2.5 1.5z" strokeLinejoin="round" />
    </svg>
  );
}

function Panel() {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL(state => state.queryEditor);
  const variableEditor = useGraphiQL(state => state.variableEditor);

  function open({ query, variables }: Example) {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    queryEditor?.focus();
  }

  return (
    <section aria-label="Examples" className="ohms-examples">
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      <p>Each opens in a new tab. Run it with the play button or Ctrl-Enter.</p>
      <ul>
        {EXAMPLES.map(example => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>{example.title}</button>
            <p>{example.description}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Examples', icon: Icon, content: Panel };
