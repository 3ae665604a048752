import type { CloseArgs } from '../../shared/websocket-client/close-payload.ts';
import type { Message } from '../websockets/transport.ts';
import { error as logError } from './logging.ts';
import type { WebSocketApp } from './websocket-app.ts';

type Callback<A extends unknown[]> = ((app: WebSocketApp, ...args: A) => unknown) | null | undefined;

/**
 * Calls the callbacks of an app. What one of them throws is told to `onError` and to nobody else; what that
 * throws ends the run.
 */
export class AppCallbacks {
  readonly #app: WebSocketApp;
  readonly #ends: (error: unknown) => void;

  /** @param ends what is done with an error that `onError` has thrown. */
  constructor(app: WebSocketApp, ends: (error: unknown) => void) {
    this.#app = app;
    this.#ends = ends;
  }

  opened(isAgain: boolean): void {
    const app = this.#app;
    if (isAgain && app.onReconnect) this.#call(app.onReconnect);
    else this.#call(app.onOpen);
  }

  /** Written out, as `message` is: they are called for each message, and must allocate nothing. */
  data(data: Message, opcode: number, fin: boolean): void {
    const { onData } = this.#app;
    if (!onData) return;
    try {
      const result = onData(this.#app, data, opcode, fin);
      if (result !== undefined) this.#watch(result);
    } catch (error) {
      this.raised(error);
    }
  }

  message(message: Message): void {
    const { onMessage } = this.#app;
    if (!onMessage) return;
    try {
      const result = onMessage(this.#app, message);
      if (result !== undefined) this.#watch(result);
    } catch (error) {
      this.raised(error);
    }
  }

  contMessage(data: Uint8Array, fin: boolean): void {
    this.#call(this.#app.onContMessage, data, fin);
  }

  ping(data: Uint8Array): void {
    this.#call(this.#app.onPing, data);
  }

  pong(data: Uint8Array): void {
    this.#call(this.#app.onPong, data);
  }

  closed([code, reason]: CloseArgs): void {
    this.#call(this.#app.onClose, code, reason);
  }

  /** A failure of the connection, or of a callback. */
  raised(raised: unknown): void {
    const error = raised instanceof Error ? raised : new Error(String(raised), { cause: raised });
    logError(`${error.name}: ${error.message}`);
    try {
      const result = this.#app.onError?.(this.#app, error);
      if (result instanceof Promise) result.catch(this.#ends);
    } catch (thrown) {
      this.#ends(thrown);
    }
  }

  #call<A extends unknown[]>(callback: Callback<A>, ...args: A): void {
    if (!callback) return;
    try {
      this.#watch(callback(this.#app, ...args));
    } catch (error) {
      this.raised(error);
    }
  }

  #watch(result: unknown): void {
    if (result instanceof Promise) result.catch((error) => this.raised(error));
  }
}
