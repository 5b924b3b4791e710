// Queries by fetch, subscriptions by graphql-transport-ws (PROTOCOL.md of graphql-ws). No library: some 60 lines.

export class SignedOut extends Error {}

/** The data of one operation. Raises SignedOut, or Error with what the server said. */
export async function ask(token, query, variables = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (response.status === 401) throw new SignedOut();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/**
 * The results of a subscription, until the socket or the server ends it: an async iterator over `data`.
 * Raises SignedOut when the token is not, or no longer, good.
 */
export async function* follow(token, query, variables, signal) {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const waiting = [];
  let wake = () => {};
  const put = message => { waiting.push(message); wake(); };
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.onmessage = ({ data }) => put(JSON.parse(data));
  socket.onclose = ({ code }) => put({ type: 'closed', code });
  const stop = () => socket.close();
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      if (!waiting.length) await new Promise(resolve => { wake = resolve; });
      const message = waiting.shift();
      switch (message?.type) {
        case 'connection_ack':
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
          break;
        case 'ping':
          socket.send(JSON.stringify({ type: 'pong' }));
          break;
        case 'next':
          if (message.payload.errors) throw new Error(message.payload.errors[0].message);
          yield message.payload.data;
          break;
        case 'error':
          if (message.payload[0].extensions?.code === 'UNAUTHENTICATED') throw new SignedOut();
          throw new Error(message.payload[0].message);
        case 'closed':
          if (message.code === 4403) throw new SignedOut();
          return;
        case 'complete':
          return;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    socket.close();
  }
}
