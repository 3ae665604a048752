import { encodeUtf8 } from '../../shared/protocol/utf8.ts';
import { ABNF } from '../../shared/websocket-client/abnf.ts';
import { WebSocketConnectionClosedException } from '../../shared/websocket-client/exceptions.ts';
import type { Message } from '../websockets/transport.ts';
import type { AppRun } from './app-run.ts';
import type { OpenedTransport } from './open-transport.ts';

const bytesOf = (data: Message): Uint8Array => (typeof data === 'string' ? encodeUtf8(data) : data);

/** One connection of an app: what its handshake has said, and what else than messages can be sent on it. */
export class AppSocket {
  readonly #run: AppRun;
  readonly #opened: OpenedTransport;

  constructor(run: AppRun, opened: OpenedTransport) {
    this.#run = run;
    this.#opened = opened;
  }

  get connected(): boolean {
    return this.#run.openTransport === this.#opened.transport;
  }

  /** Status of the response, 101. */
  get status(): number {
    return this.#opened.facts.response.statusCode;
  }

  /** Headers of the response by their names in lower case. */
  get headers(): Readonly<Record<string, string>> {
    return this.#opened.headers;
  }

  /** The one agreed on, in lower case; null where none was offered. */
  get subprotocol(): string | null {
    return this.#opened.subprotocol;
  }

  isSsl(): boolean {
    return this.#opened.facts.uri.startsWith('wss:');
  }

  /** A text is sent as UTF-8. */
  ping(payload: Message = ''): void {
    this.sendFrame(ABNF.createFrame(bytesOf(payload), ABNF.OPCODE_PING));
  }

  /** A pong that nobody has asked for: pings are answered without this. */
  pong(payload: Message = ''): void {
    this.sendFrame(ABNF.createFrame(bytesOf(payload), ABNF.OPCODE_PONG));
  }

  /**
   * Sends a frame as it is.
   *
   * @returns its length, header and mask included.
   * @throws WebSocketConnectionClosedException where this connection is not open.
   */
  sendFrame(frame: ABNF): number {
    if (!this.connected) throw new WebSocketConnectionClosedException('socket is already closed.');
    const bytes = this.#run.format(frame);
    const { length } = bytes;
    this.#opened.transport.write(bytes);
    return length;
  }

  /** Ends the connection at once and without a close frame; the run takes it for a connection that was lost. */
  abort(): void {
    this.#opened.transport.abort();
  }
}
