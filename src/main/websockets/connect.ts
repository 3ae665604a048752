import type { OpenedFacts } from '../../shared/client/client-contract.ts';
import { Headers } from '../../shared/protocol/handshake/headers.ts';
import { Request, Response } from '../../shared/protocol/handshake/message.ts';
import type { ConnectOptions } from '../options/connect-options.ts';
import { ClientTransport } from './client-transport.ts';
import { planOf } from './connect-plan.ts';
import { Connection } from './connection.ts';
import type { ConnectionFacts } from './described-connection.ts';
import { type ForeverOptions, foreverConnected } from './forever.ts';

/** Opens connections: `await connect(uri)`, or one after the other with `connect.forever(uri)`. */
export interface Connect {
  /**
   * Opens a connection. Redirects are followed.
   *
   * Rejects with an InvalidURI, an InvalidHandshake or one of its kinds, a WebSocketTimeout, the network's
   * error with its `code`, or a MisuseError for options that cannot work.
   */
  (uri: string, options?: ConnectOptions): Promise<Connection>;
  /**
   * A connection, and another one whenever the body of the loop is done with it:
   *
   *     for await (const ws of connect.forever(uri)) {
   *       try { for await (const message of ws) … } catch (error) { if (!(error instanceof ConnectionClosed)) throw error; }
   *     }
   */
  forever(uri: string, options?: ForeverOptions): AsyncGenerator<Connection, never, void>;
}

async function open(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  const transport = new ClientTransport(planOf(uri, options, true));
  while (transport.facts === undefined) {
    if (transport.failure !== undefined) throw transport.failure;
    await transport.told();
  }
  return new Connection(transport, factsOf(transport.facts));
}

export const connect: Connect = Object.assign(open, {
  forever: (uri: string, options: ForeverOptions = {}) => foreverConnected(open, uri, options),
});

export const factsOf = (facts: OpenedFacts): ConnectionFacts => ({
  request: new Request(facts.request.path, new Headers(facts.request.headers)),
  response: new Response(
    facts.response.statusCode,
    facts.response.reasonPhrase,
    new Headers(facts.response.headers),
  ),
  subprotocol: facts.subprotocol,
  localAddress: facts.localAddress,
  remoteAddress: facts.remoteAddress,
});
