import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { CloseCode } from '../../shared/protocol/close-code.ts';
import { type ConnectionClosed, ConnectionClosedOK } from '../../shared/protocol/errors/connection-closed.ts';
import { ConcurrencyError, WebSocketTimeout } from '../../shared/protocol/errors/websocket-exception.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { type ConnectionFacts, DescribedConnection } from './described-connection.ts';
import { type Outgoing, sendAll } from './outgoing.ts';
import { checkClose, payloadOf } from './payload.ts';
import type { AsyncTransport, Decode, Message } from './transport.ts';
import { timeoutMs } from './waiting-time.ts';

export interface RecvOptions {
  /** Seconds; 0 takes what is there. Without it, or with null, as long as it takes. */
  readonly timeout?: number | null | undefined;
  /** false: bytes; true: text; left out: as it was sent. */
  readonly decode?: boolean | undefined;
}

export interface SendOptions {
  /** true sends bytes as text, false text as bytes. */
  readonly text?: boolean | undefined;
}

/** Messages that are taken without waiting before the event loop gets its turn. */
const TURN_MESSAGES = 1024;
const PING_BYTES = 4;

/**
 * A WebSocket connection, for programs with an event loop.
 *
 * Messages are received by `recv`, by iterating, or part by part by `recvStreaming`; pings, pongs and the
 * closing handshake are taken care of.
 *
 * Runs on: main.
 */
export class Connection extends DescribedConnection implements AsyncIterable<Message>, AsyncDisposable {
  readonly #transport: AsyncTransport;
  readonly #outgoing: Outgoing;
  #receiving: 'recv' | 'recvStreaming' | undefined;
  /** Messages taken since the event loop had its turn. */
  #taken = 0;

  /** @internal */
  constructor(transport: AsyncTransport, facts: ConnectionFacts) {
    super(transport, facts);
    this.#transport = transport;
    this.#outgoing = { transport, fragmenting: undefined };
  }

  /** @internal What goes out of a connection, for those who send to many at once. */
  static outgoingOf(connection: Connection): Outgoing {
    return connection.#outgoing;
  }

  /**
   * The next message.
   *
   * Rejects with a ConnectionClosed when the connection is over and all that came before is taken, with a
   * WebSocketTimeout when nothing came in time, in which case nothing is lost, and with a ConcurrencyError
   * while another call waits.
   */
  recv({ timeout, decode }: RecvOptions = {}): Promise<Message> {
    if (this.#receiving !== undefined) return Promise.reject(concurrent('recv', this.#receiving));
    if (this.#taken < TURN_MESSAGES) {
      const message = this.#transport.take(decode);
      if (message !== undefined) {
        this.#taken++;
        return Promise.resolve(message);
      }
    }
    this.#receiving = 'recv';
    return this.#recvLater(timeout, decode).finally(() => {
      this.#receiving = undefined;
    });
  }

  /**
   * The parts of the next message as they come. All of them must be taken; a message that was compressed comes
   * as one. Rejects as `recv` does.
   */
  async *recvStreaming({ decode }: Pick<RecvOptions, 'decode'> = {}): AsyncGenerator<Message, void, void> {
    if (this.#receiving !== undefined) throw concurrent('recvStreaming', this.#receiving);
    this.#receiving = 'recvStreaming';
    let more = true;
    try {
      while (more) {
        const fragment = this.#transport.takeFragment(decode);
        if (fragment === undefined) await this.#moreComes();
        else {
          ({ more } = fragment);
          yield fragment.data;
        }
      }
    } finally {
      // What was not taken of the message would be taken for the next one.
      if (!more || this.#transport.closed !== undefined) this.#receiving = undefined;
    }
  }

  /** Messages until the connection ends in order. Where it does not, the loop throws the ConnectionClosedError. */
  [Symbol.asyncIterator](): AsyncIterator<Message, void> {
    const end = (error: unknown): IteratorResult<Message, void> => {
      if (error instanceof ConnectionClosedOK) return { done: true, value: undefined };
      throw error;
    };
    return {
      next: () => {
        if (this.#receiving === undefined && this.#taken < TURN_MESSAGES) {
          const value = this.#transport.take(undefined);
          if (value !== undefined) {
            this.#taken++;
            return Promise.resolve({ done: false, value });
          }
        }
        return this.recv().then((value): IteratorResult<Message, void> => ({ done: false, value }), end);
      },
    };
  }

  /**
   * Sends a message: a text, bytes, or the parts of one message, which go as fragments. Resolves when it may
   * be followed by another without piling up.
   *
   * Rejects with a ConnectionClosed, or with a MisuseError where the message is none.
   */
  send(
    message: Message | Iterable<Message> | AsyncIterable<Message>,
    options: SendOptions = {},
  ): Promise<void> {
    return sendAll(this.#outgoing, message, options.text);
  }

  /**
   * Ends the connection and waits until it has ended, at the latest after the close timeout. Messages that came
   * before can still be received. Closing again waits for the same end.
   *
   * Rejects with a ProtocolError where the code may not be sent or the reason has more than 123 bytes.
   */
  async close(code: number = CloseCode.NORMAL_CLOSURE, reason = ''): Promise<void> {
    checkClose(code, reason);
    const transport = this.#transport;
    if (transport.state === State.OPEN) {
      if (this.#outgoing.fragmenting === undefined) transport.close(code, reason);
      else transport.fail(CloseCode.INTERNAL_ERROR, 'close during fragmented message');
    }
    await this.waitClosed();
  }

  /** Resolves when the connection has ended, however it did. */
  async waitClosed(): Promise<void> {
    while (this.#transport.closed === undefined) await this.#transport.told();
  }

  /**
   * Sends a ping.
   *
   * @param data up to 125 bytes, unlike those of any ping that waits; random ones where left out.
   * @returns seconds until its pong, or that of a later ping, came. Rejects with a ConnectionClosed where none does.
   */
  async ping(data: Message = new Uint8Array(randomBytes(PING_BYTES))): Promise<number> {
    const transport = this.#transport;
    const payload = payloadOf(data, 'ping');
    if (transport.state !== State.OPEN) throw await this.#ended();
    return new Promise((resolve, reject) => {
      transport.ping(payload, (latency) => {
        if (typeof latency === 'number') resolve(latency);
        else reject(latency);
      });
    });
  }

  /** Sends a pong that nobody asked for. */
  async pong(data: Message = new Uint8Array(0)): Promise<void> {
    const payload = payloadOf(data, 'pong');
    if (this.#transport.state !== State.OPEN) throw await this.#ended();
    this.#transport.pong(payload);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #recvLater(timeout: number | null | undefined, decode: Decode): Promise<Message> {
    const ms = timeoutMs(timeout);
    let isLate = ms === 0;
    // Whoever asks again and again without waiting would keep the event loop from its turn.
    if (this.#taken >= TURN_MESSAGES || isLate) {
      this.#taken = 0;
      await turn();
    }
    const transport = this.#transport;
    let late: Promise<void> | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        const message = transport.take(decode);
        if (message !== undefined) return message;
        if (transport.isDry) throw await this.#ended();
        if (isLate) throw new WebSocketTimeout(`timed out in ${timeout}s`);
        if (ms !== undefined)
          late ??= new Promise((resolve) => {
            timer = setTimeout(() => {
              isLate = true;
              resolve();
            }, ms);
          });
        await (late === undefined ? transport.changed() : Promise.race([transport.changed(), late]));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when there may be more. @throws ConnectionClosed where there will not be. */
  async #moreComes(): Promise<void> {
    if (this.#transport.isDry) throw await this.#ended();
    await this.#transport.changed();
  }

  /** How it ended, once it has. */
  async #ended(): Promise<ConnectionClosed> {
    await this.waitClosed();
    return this.#transport.closed!;
  }
}

export const concurrent = (asked: string, running: string): ConcurrencyError =>
  new ConcurrencyError(`cannot call ${asked} while another call is already running ${running}`);
