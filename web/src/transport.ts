/** HTTP for queries and mutations, a websocket (graphql-transport-ws) for subscriptions, on the page's own address. */
import type { Fetcher, FetcherParams, Observable } from '@graphiql/toolkit';
import { Kind, parse, type FormattedExecutionResult, type OperationDefinitionNode } from 'graphql';
import { createClient, type Client, type ExecutionResult, type Sink } from 'graphql-ws';

import { fresh } from './refresh';
import { failure, session } from './session';

const { protocol, host, pathname } = window.location;
const ENDPOINT = pathname;
const SOCKET = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${pathname}`;
const UNAUTHORIZED = [4401, 4403];

const isUnauthenticated = (result: Pick<FormattedExecutionResult, 'errors'> | null): boolean =>
  Array.isArray(result?.errors) && result.errors.some(error => error.extensions?.code === 'UNAUTHENTICATED');

/** Sends one operation. The session's token goes along unless `headers` brings an Authorization of its own. */
export async function post(params: FetcherParams, headers: HeadersInit = {}): Promise<FormattedExecutionResult> {
  const sent = new Headers(headers);
  sent.set('content-type', 'application/json');
  sent.set('accept', 'application/graphql-response+json, application/json');
  const signal = session.signal();
  if (!sent.has('authorization')) {
    await fresh();
    const authorization = session.authorization();
    if (authorization) sent.set('authorization', authorization);
  }
  signal.throwIfAborted(); // who asked has signed out meanwhile

  const body = JSON.stringify(params);
  const answer = await fetch(ENDPOINT, { method: 'POST', headers: sent, body, signal });
  const result: FormattedExecutionResult | null = await answer.json().catch(() => null);
  if (answer.status === 401 || isUnauthenticated(result)) session.refuse(sent.get('authorization') ?? undefined);
  if (result === null) throw failure(`The server answered HTTP ${answer.status} without a GraphQL result.`);
  return result;
}

let client: Client | null = null;

session.follow(() => {
  // Who asks is told once, when a socket opens: another person needs another socket.
  void client?.dispose();
  client = null;
});

function socket(): Client {
  let authorization: string | undefined;
  client ??= createClient({
    url: SOCKET,
    connectionParams: async () => {
      await fresh();
      authorization = session.authorization();
      return authorization ? { authorization } : {};
    },
    keepAlive: 30_000,
    on: {
      closed(event) {
        if (UNAUTHORIZED.includes((event as CloseEvent).code)) session.refuse(authorization);
      },
    },
  });
  return client;
}

function explain(error: unknown): unknown {
  if (error instanceof Error || Array.isArray(error)) return error;
  const { code, reason } = error as Partial<CloseEvent>;
  return failure(`The websocket was closed: ${code ?? 'no connection'}${reason ? ` ${reason}` : ''}`);
}

function listen(params: FetcherParams, observer: Sink<ExecutionResult>): { unsubscribe: () => void } {
  const authorization = session.authorization();
  const { query, variables, operationName } = params;
  const unsubscribe = socket().subscribe(
    { query, variables, operationName: operationName ?? null },
    {
      next(result) {
        if (isUnauthenticated(result)) session.refuse(authorization);
        observer.next(result as ExecutionResult);
      },
      error(error) {
        if (Array.isArray(error) && isUnauthenticated({ errors: error })) session.refuse(authorization);
        observer.error(explain(error));
      },
      complete: () => observer.complete(),
    },
  );
  return { unsubscribe };
}

function operations(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter(definition => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return []; // the server tells what is wrong with it
  }
}

export const fetcher: Fetcher = (params, options) => {
  // GraphiQL reads the text a moment after it changed: who runs at once would send the name of the operation before.
  const written = operations(params.query);
  // Among several, only the person may choose.
  const only = written.length === 1 ? written[0] : undefined;
  const operation = written.find(one => one.name?.value === params.operationName) ?? only;
  const named: FetcherParams = { ...params, operationName: operation ? (operation.name?.value ?? null) : params.operationName };
  if (operation?.operation !== 'subscription') return post(named, options?.headers) as Promise<ExecutionResult>;
  // GraphiQL subscribes with one observer; the type lists older forms as well.
  return { subscribe: (observer: Sink<ExecutionResult>) => listen(named, observer) } as Observable<ExecutionResult>;
};
