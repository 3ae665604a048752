import type { AppTransport } from '../../src/main/websocket-client/app-run.ts';
import type { ReceivedFrame } from '../../src/main/websockets/ring-inbox.ts';
import {
  type ConnectionClosed,
  ConnectionClosedError,
} from '../../src/shared/protocol/errors/connection-closed.ts';
import { State } from '../../src/shared/protocol/protocol.ts';

/** A connection of an app whose other end is a script: what comes, and when it ends, the test says. */
export class ScriptedAppTransport implements AppTransport {
  state: State = State.OPEN;
  #closed: ConnectionClosed | undefined;
  /** What comes with the end, once somebody asks whether it has come. */
  #late: ReceivedFrame[] = [];
  /** It has ended, and nobody has asked since. Afterwards nothing wakes any more whoever waits. */
  #isUnheard = false;
  isCongested = false;
  pingTimes = { pingAt: 0, pongAt: 0 };
  /** Asked of it. */
  readonly written: Uint8Array[] = [];
  closeFrames = 0;
  isAborted = false;
  readonly #frames: ReceivedFrame[] = [];
  #changing: (() => void)[] = [];

  get closed(): ConnectionClosed | undefined {
    this.#isUnheard = false;
    if (this.#closed !== undefined) this.#frames.push(...this.#late.splice(0));
    return this.#closed;
  }

  get isDry(): boolean {
    return this.#closed !== undefined && this.#late.length + this.#frames.length === 0;
  }

  takeFrame(): ReceivedFrame | undefined {
    return this.#frames.shift();
  }

  changed(): Promise<void> {
    if (this.#isUnheard || (this.#frames.length > 0 && this.#closed === undefined)) return Promise.resolve();
    return new Promise((resolve) => this.#changing.push(resolve));
  }

  told(): Promise<void> {
    return this.changed();
  }

  write(bytes: Uint8Array): void {
    this.written.push(bytes);
  }

  closeFrame(): void {
    this.closeFrames++;
    this.state = State.CLOSING;
  }

  abort(): void {
    this.isAborted = true;
  }

  // ---- The script's side.

  /** A frame comes. */
  receive(frame: ReceivedFrame): void {
    this.#frames.push(frame);
    this.#tell();
  }

  /** The connection is gone. @param late frames that had found no room before. */
  end(...late: ReceivedFrame[]): void {
    if (this.#closed !== undefined) return;
    this.state = State.CLOSED;
    this.#late = late;
    this.#isUnheard = true;
    this.#closed = new ConnectionClosedError(undefined, undefined);
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#changing.splice(0)) resolve();
  }
}
