import { randomBytes } from 'node:crypto';
import { MisuseError } from '../../shared/invariant.ts';
import { CloseCode } from '../../shared/protocol/close-code.ts';
import { type ConnectionClosed, ConnectionClosedOK } from '../../shared/protocol/errors/connection-closed.ts';
import { WebSocketTimeout } from '../../shared/protocol/errors/websocket-exception.ts';
import { State } from '../../shared/protocol/protocol.ts';
import type { ConnectOptions } from '../options/connect-options.ts';
import { ClientTransport } from './client-transport.ts';
import { factsOf } from './connect.ts';
import { planOf } from './connect-plan.ts';
import { concurrent, type RecvOptions, type SendOptions } from './connection.ts';
import { type ConnectionFacts, DescribedConnection } from './described-connection.ts';
import { isPartList, notAMessage, opcodeOf } from './outgoing.ts';
import { bytesOf, checkClose, isMessage, payloadOf } from './payload.ts';
import type { Decode, Message } from './transport.ts';
import { timeoutMs } from './waiting-time.ts';

const PING_BYTES = 4;
const NO_BYTES = new Uint8Array(0);

/**
 * A WebSocket connection for programs that wait: each call blocks the thread until it is done, and nothing else
 * runs in it meanwhile. The connection lives in a thread of its own and answers pings all the same.
 *
 * Runs on: main, or any other thread.
 */
export class SyncConnection extends DescribedConnection implements Iterable<Message>, Disposable {
  readonly #transport: ClientTransport;
  /** Parts of a message are being received, or sent, by a loop that is not at its end. */
  #isStreaming = false;
  #isFragmenting = false;

  /** @internal */
  constructor(transport: ClientTransport, facts: ConnectionFacts) {
    super(transport, facts);
    this.#transport = transport;
  }

  /**
   * The next message.
   *
   * @throws ConnectionClosed when the connection is over and all that came before is taken; WebSocketTimeout
   * when nothing came in time, in which case nothing is lost.
   */
  recv({ timeout, decode }: RecvOptions = {}): Message {
    if (this.#isStreaming) throw concurrent('recv', 'recvStreaming');
    return this.#transport.take(decode) ?? this.#recvLater(timeout, decode);
  }

  /** The parts of the next message as they come. All of them must be taken. @throws as `recv` does. */
  *recvStreaming({ decode }: Pick<RecvOptions, 'decode'> = {}): Generator<Message, void, void> {
    if (this.#isStreaming) throw concurrent('recvStreaming', 'recvStreaming');
    const transport = this.#transport;
    // What is left of a message would be taken for the next one, so it stays so until all is taken.
    this.#isStreaming = true;
    for (let more = true; more; ) {
      const fragment = transport.takeFragment(decode);
      if (fragment !== undefined) {
        ({ more } = fragment);
        this.#isStreaming = more;
        yield fragment.data;
      } else if (transport.isDry) throw this.#ended();
      else transport.changedSync(Number.POSITIVE_INFINITY, false);
    }
  }

  /** Messages until the connection ends in order. Where it does not, the loop throws the ConnectionClosedError. */
  *[Symbol.iterator](): Generator<Message, void, void> {
    for (;;) {
      let message: Message;
      try {
        message = this.recv();
      } catch (error) {
        if (error instanceof ConnectionClosedOK) return;
        throw error;
      }
      yield message;
    }
  }

  /**
   * Sends a message: a text, bytes, or the parts of one message, which go as fragments. Returns when it may be
   * followed by another without piling up.
   *
   * @throws ConnectionClosed; MisuseError where the message is none; ConcurrencyError where the parts of another
   * are being sent.
   */
  send(message: Message | Iterable<Message>, { text }: SendOptions = {}): void {
    if (this.#isFragmenting) throw concurrent('send', 'send');
    if (isMessage(message)) this.#send(opcodeOf(message, text), message, true);
    else if (isPartList(message)) this.#sendParts(message as Iterable<Message>, text);
    else throw notAMessage(message);
  }

  /**
   * Ends the connection and waits until it has ended, at the latest after the close timeout. Messages that came
   * before can still be received.
   *
   * @throws ProtocolError where the code may not be sent or the reason has more than 123 bytes.
   */
  close(code: number = CloseCode.NORMAL_CLOSURE, reason = ''): void {
    checkClose(code, reason);
    const transport = this.#transport;
    if (transport.state === State.OPEN) {
      if (this.#isFragmenting) transport.fail(CloseCode.INTERNAL_ERROR, 'close during fragmented message');
      else transport.close(code, reason);
    }
    this.#ended();
  }

  /**
   * Sends a ping and waits for its pong, or that of a later ping.
   *
   * @param data up to 125 bytes; random ones where left out.
   * @returns seconds. @throws ConnectionClosed where none comes, WebSocketTimeout where none came in time (s).
   */
  ping(
    data: Message = new Uint8Array(randomBytes(PING_BYTES)),
    { timeout }: Pick<RecvOptions, 'timeout'> = {},
  ): number {
    const transport = this.#transport;
    const payload = payloadOf(data, 'ping');
    const ms = timeoutMs(timeout) ?? Number.POSITIVE_INFINITY;
    if (transport.state !== State.OPEN) throw this.#ended();
    let answer: number | ConnectionClosed | undefined;
    transport.ping(payload, (latency) => {
      answer = latency;
    });
    const until = performance.now() + ms;
    while (answer === undefined) {
      const left = until - performance.now();
      if (left <= 0) throw new WebSocketTimeout(`timed out in ${timeout}s`);
      transport.changedSync(left, true);
    }
    if (typeof answer !== 'number') throw answer;
    return answer;
  }

  /** Sends a pong that nobody asked for. @throws ConnectionClosed. */
  pong(data: Message = NO_BYTES): void {
    const payload = payloadOf(data, 'pong');
    if (this.#transport.state !== State.OPEN) throw this.#ended();
    this.#transport.pong(payload);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(opcode: 0 | 1 | 2, part: Message, fin: boolean): void {
    const transport = this.#transport;
    if (transport.state !== State.OPEN) throw this.#ended();
    transport.send(opcode, bytesOf(part), fin);
    while (transport.isCongested && transport.closed === undefined)
      transport.changedSync(Number.POSITIVE_INFINITY, true);
  }

  #recvLater(timeout: number | null | undefined, decode: Decode): Message {
    const transport = this.#transport;
    const until = performance.now() + (timeoutMs(timeout) ?? Number.POSITIVE_INFINITY);
    for (;;) {
      if (transport.isDry) throw this.#ended();
      const left = until - performance.now();
      // News are heard even where there is no time to wait for them.
      transport.changedSync(Math.max(0, left), false);
      const message = transport.take(decode);
      if (message !== undefined) return message;
      if (left <= 0 && !transport.isDry) throw new WebSocketTimeout(`timed out in ${timeout}s`);
    }
  }

  #sendParts(parts: Iterable<Message>, text: boolean | undefined): void {
    let kind: string | undefined;
    this.#isFragmenting = true;
    try {
      for (const part of parts) {
        if (!isMessage(part)) throw notAMessage(part);
        if (kind !== undefined && kind !== typeof part)
          throw new MisuseError('Condition failed: the parts of a message are all texts or all bytes');
        this.#send(kind === undefined ? opcodeOf(part, text) : 0, part, false);
        kind = typeof part;
      }
      if (kind !== undefined) this.#send(0, NO_BYTES, true);
    } catch (error) {
      // Half a message has gone out and can be neither ended nor taken back.
      if (kind !== undefined && this.#transport.state === State.OPEN)
        this.#transport.fail(CloseCode.INTERNAL_ERROR, 'error in fragmented message');
      throw error;
    } finally {
      this.#isFragmenting = false;
    }
  }

  /** How it ended, once it has. */
  #ended(): ConnectionClosed {
    const transport = this.#transport;
    while (transport.closed === undefined) transport.changedSync(Number.POSITIVE_INFINITY, true);
    return transport.closed;
  }
}

/**
 * Opens a connection and blocks until it is open. It does not keep the process alive.
 *
 * @throws InvalidURI, an InvalidHandshake or one of its kinds, a WebSocketTimeout, the network's error with its
 * `code`, or a MisuseError for options that cannot work.
 */
export function connectSync(uri: string, options: ConnectOptions = {}): SyncConnection {
  const transport = new ClientTransport(planOf(uri, options, true));
  transport.unref();
  while (transport.facts === undefined) {
    if (transport.failure !== undefined) throw transport.failure;
    transport.changedSync(Number.POSITIVE_INFINITY, true);
  }
  return new SyncConnection(transport, factsOf(transport.facts));
}
