import { randomUUID } from 'node:crypto';
import type { SocketAddress } from '../../shared/client/client-contract.ts';
import { CloseCode } from '../../shared/protocol/close-code.ts';
import type { ConnectionClosed } from '../../shared/protocol/errors/connection-closed.ts';
import type { Request, Response } from '../../shared/protocol/handshake/message.ts';
import type { State } from '../../shared/protocol/protocol.ts';
import type { Transport } from './transport.ts';

/** What a connection is, apart from how its messages travel. */
export interface ConnectionFacts {
  readonly request: Request;
  readonly response: Response;
  readonly subprotocol: string | undefined;
  readonly localAddress: SocketAddress | undefined;
  readonly remoteAddress: SocketAddress | undefined;
}

/** What can be known of any connection, whether its calls block or not. */
export abstract class DescribedConnection implements ConnectionFacts {
  readonly id: string = randomUUID();
  readonly request: Request;
  readonly response: Response;
  readonly subprotocol: string | undefined;
  readonly localAddress: SocketAddress | undefined;
  readonly remoteAddress: SocketAddress | undefined;
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport, facts: ConnectionFacts) {
    this.#transport = transport;
    this.request = facts.request;
    this.response = facts.response;
    this.subprotocol = facts.subprotocol;
    this.localAddress = facts.localAddress;
    this.remoteAddress = facts.remoteAddress;
  }

  /** CONNECTING, OPEN, CLOSING or CLOSED, by `State`. */
  get state(): State {
    return this.#transport.state;
  }

  /** Seconds from a ping to its pong, of the newest that was answered; 0 until one was. */
  get latency(): number {
    return this.#transport.latency;
  }

  /** Undefined until the connection is closed; 1006 where no close frame came. */
  get closeCode(): number | undefined {
    const { closed } = this.#transport;
    return closed === undefined ? undefined : (closed.rcvd?.code ?? CloseCode.ABNORMAL_CLOSURE);
  }

  get closeReason(): string | undefined {
    const { closed } = this.#transport;
    return closed === undefined ? undefined : (closed.rcvd?.reason ?? '');
  }

  /** How the connection ended, once it has: what receiving ends in. */
  get closeInfo(): ConnectionClosed | undefined {
    return this.#transport.closed;
  }
}
