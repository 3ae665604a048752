import type { ConnectionClosed } from '../../shared/protocol/errors/connection-closed.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { ABNF, type MaskKeySource } from '../../shared/websocket-client/abnf.ts';
import { type CloseArgs, closePayload } from '../../shared/websocket-client/close-payload.ts';
import { translated } from '../../shared/websocket-client/translate.ts';
import { settled } from '../strategy/loop-rest.ts';
import type { ClientTransport } from '../websockets/client-transport.ts';
import type { ReceivedFrame } from '../websockets/ring-inbox.ts';
import type { AppCallbacks } from './app-callbacks.ts';
import type { DispatchSource } from './dispatcher.ts';
import { FrameDelivery } from './frame-delivery.ts';
import { isEnabledForTrace, traceReceived, traceSent } from './logging.ts';

export type AppTransport = Pick<
  ClientTransport,
  | 'takeFrame'
  | 'changed'
  | 'told'
  | 'isDry'
  | 'closed'
  | 'state'
  | 'isCongested'
  | 'pingTimes'
  | 'write'
  | 'closeFrame'
  | 'abort'
>;

/** What a run needs of the world. */
export interface AppRunEdge {
  /** Opens a connection. Whoever aborts it wants to know no more of it. */
  open(signal: AbortSignal): Promise<AppTransport>;
  /** @returns what cancels it. */
  timeout(seconds: number, due: () => void): () => void;
}

export interface AppRunOptions {
  /** Seconds; 0 does not connect again. */
  readonly reconnectSeconds: number;
  readonly reconnectOnCleanClose: boolean;
  readonly skipUtf8Validation: boolean;
  /** Asked as a connection opens. */
  readonly isByFragment: () => boolean;
  readonly getMaskKey: MaskKeySource | undefined;
}

export interface AppCloseOptions {
  /** 1000. */
  readonly status?: number | undefined;
  readonly reason?: string | Uint8Array | undefined;
  /** Seconds that the server has to answer; 3, and in no case it has more. */
  readonly timeout?: number | null | undefined;
}

const STATUS_NORMAL = 1000;
const CLOSE_TIMEOUT_S = 3;

/** After this the event loop gets its turn. */
const SLICE_MS = 5;
/** The clock is looked at after so many frames. */
const FRAMES_PER_LOOK = 64;

const NO_CLOSE: CloseArgs = [null, null];

/**
 * One run of an app, from its first attempt to connect to its end:
 *
 *     connecting ──▶ open ──▶ over
 *         ▲  │         │        ▲
 *         │  ▼         ▼        │
 *         waiting ◀────┘ ───────┘
 *
 * All callbacks are called from `turn`. What comes from elsewhere, an attempt that is over, a time, a call to
 * `close`, leaves something to do for the next turn.
 */
export class AppRun implements DispatchSource {
  readonly #edge: AppRunEdge;
  readonly #options: AppRunOptions;
  readonly #callbacks: AppCallbacks;
  #phase: 'connecting' | 'open' | 'waiting' | 'over' = 'connecting';
  #hasErrored = false;
  #isClosing = false;
  #isTold = false;
  /** The last turn was taken: nobody is left to throw an error to. */
  #isReported = false;
  /** What `onError` has thrown. */
  #thrown: { readonly error: unknown } | undefined;
  /** A connection was open in this run. */
  #wasOpen = false;
  #opening: AbortController | undefined;
  #transport: AppTransport | undefined;
  #delivery: FrameDelivery | undefined;
  /** More may be in the ring: the last slice was over before it was empty. */
  #hasMore = false;
  /** The first thing of the next turn. */
  #due: (() => void) | undefined;
  #wake: () => void = () => undefined;
  /** Ends the delay before the next attempt, or the time that the server has to close. */
  #cancelTimer: (() => void) | undefined;
  #release: () => void = () => undefined;
  /** Resolves once the run is over, or the time that the server had to close. */
  readonly #released: Promise<void>;

  constructor(callbacks: AppCallbacks, options: AppRunOptions, edge: AppRunEdge) {
    this.#callbacks = callbacks;
    this.#options = options;
    this.#edge = edge;
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Something has failed that is not a callback. */
  get hasErrored(): boolean {
    return this.#hasErrored;
  }

  /** Nothing is left of it but `onClose`, which may have begun another run. */
  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** `onClose` has been called too. */
  get isTold(): boolean {
    return this.#isTold;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** The connection, as long as it can be written to. */
  get openTransport(): AppTransport | undefined {
    const transport = this.#transport;
    return transport?.state === State.OPEN && !this.#isClosing ? transport : undefined;
  }

  /** Makes the first attempt. */
  begin(): void {
    this.#attempt();
  }

  /**
   * Does what there is to do, for no longer than a slice and a callback.
   *
   * @returns false once the run is over.
   * @throws what `onError` has thrown, once the run is over.
   */
  turn(): boolean {
    const due = this.#due;
    this.#due = undefined;
    due?.();
    if (this.#phase === 'open') this.#read();
    if (this.#phase !== 'over') return true;
    this.#isReported = true;
    if (this.#thrown !== undefined) throw this.#thrown.error;
    return false;
  }

  changed(): Promise<void> {
    if (this.#due !== undefined || this.#hasMore) return settled();
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#phase === 'open') void this.#transport!.changed().then(resolve);
    });
  }

  /**
   * Ends the run: at once while there is no connection, otherwise when the server has answered, or has not.
   *
   * @returns resolves once the run is over, or the time is.
   * @throws ValueError where the status is none.
   */
  close({
    status = STATUS_NORMAL,
    reason = '',
    timeout = CLOSE_TIMEOUT_S,
  }: AppCloseOptions = {}): Promise<void> {
    const payload = closePayload(status, reason);
    if (this.#isClosing || this.#phase === 'over') return this.#released;
    this.#isClosing = true;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#edge.timeout(timeout ?? CLOSE_TIMEOUT_S, () => this.#cutOff());
    this.#opening?.abort();
    const transport = this.#transport;
    if (transport === undefined) this.#next(() => this.#finish(NO_CLOSE));
    else if (transport.state === State.OPEN) {
      const bytes = this.format(ABNF.createFrame(payload, ABNF.OPCODE_CLOSE));
      transport.closeFrame(bytes, status, typeof reason === 'string' ? reason : '');
    }
    return this.#released;
  }

  /** As the frame is sent, with the mask that the app has chosen. */
  format(frame: ABNF): Uint8Array {
    if (this.#options.getMaskKey !== undefined) frame.getMaskKey = this.#options.getMaskKey;
    const bytes = frame.format();
    traceSent(frame, bytes);
    return bytes;
  }

  /** Ends the run, which then throws this; where it is over, it is an uncaught error of the program. */
  fail(error: unknown): void {
    if (this.#isReported)
      queueMicrotask(() => {
        throw error;
      });
    this.#thrown ??= { error };
    this.#hasErrored = true;
    void this.close();
  }

  // ---- Connecting.

  #attempt(): void {
    this.#phase = 'connecting';
    const opening = new AbortController();
    this.#opening = opening;
    this.#edge.open(opening.signal).then(
      (transport) => {
        if (opening.signal.aborted) transport.abort();
        else this.#opened(transport);
      },
      (error) => {
        if (!opening.signal.aborted) this.#next(() => this.#failed(error));
      },
    );
  }

  #opened(transport: AppTransport): void {
    this.#opening = undefined;
    this.#transport = transport;
    this.#phase = 'open';
    this.#delivery = new FrameDelivery(this.#callbacks, {
      byFragment: this.#options.isByFragment(),
      textAsBytes: this.#options.skipUtf8Validation,
    });
    this.#next(() => {
      const isAgain = this.#wasOpen;
      this.#wasOpen = true;
      if (!this.#isClosing) this.#callbacks.opened(isAgain);
    });
  }

  // ---- Open.

  #read(): void {
    const transport = this.#transport!;
    const delivery = this.#delivery!;
    const tracing = isEnabledForTrace();
    const textToo = !this.#options.skipUtf8Validation && !tracing;
    const until = performance.now() + SLICE_MS;
    this.#hasMore = false;
    for (let taken = 1; ; taken++) {
      const frame = transport.takeFrame(textToo);
      if (frame === undefined) break;
      if (!this.#isClosing) {
        if (tracing) traceFrame(frame);
        delivery.deliver(frame);
      }
      if (taken % FRAMES_PER_LOOK === 0 && performance.now() >= until) {
        this.#hasMore = true;
        return;
      }
    }
    const { closed } = transport;
    if (closed === undefined) return;
    // To ask may be to hear of the end, and with it of frames that had found no room.
    if (transport.isDry) this.#lost(closed);
    else this.#hasMore = true;
  }

  /** The connection has ended, and all that came before its end was handed over. */
  #lost(closed: ConnectionClosed): void {
    const byServer = this.#delivery!.closed;
    this.#transport = undefined;
    this.#delivery = undefined;
    if (this.#isClosing) this.#finish(NO_CLOSE);
    else if (byServer === undefined) this.#failed(translated(closed));
    else this.#orElse(this.#options.reconnectOnCleanClose, byServer);
  }

  /** The server has not answered in time. */
  #cutOff(): void {
    this.#transport?.abort();
    this.#next(() => this.#finish(NO_CLOSE));
    // Also where nobody takes turns.
    this.#release();
  }

  // ---- Between two connections, and the end.

  #failed(error: unknown): void {
    this.#hasErrored = true;
    // Nothing is open, which a callback may ask, and what it decides is obeyed.
    this.#phase = 'waiting';
    this.#callbacks.raised(error);
    this.#orElse(true, NO_CLOSE);
  }

  /** Connects again in a while, or ends the run. */
  #orElse(mayReconnect: boolean, closed: CloseArgs): void {
    this.#phase = 'waiting';
    const { reconnectSeconds } = this.#options;
    if (this.#isClosing) this.#finish(NO_CLOSE);
    else if (!mayReconnect || reconnectSeconds === 0) this.#finish(closed);
    else
      this.#cancelTimer = this.#edge.timeout(reconnectSeconds, () => {
        if (!this.#isClosing) this.#next(() => this.#attempt());
      });
  }

  #finish(closed: CloseArgs): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#isClosing = true;
    this.#due = undefined;
    this.#hasMore = false;
    this.#transport = undefined;
    this.#cancelTimer?.();
    this.#callbacks.closed(closed);
    this.#isTold = true;
    this.#release();
  }

  /** For the next turn, in place of anything else: what comes later knows more. */
  #next(due: () => void): void {
    this.#due = due;
    this.#wake();
  }
}

function traceFrame({ opcode, fin, data }: ReceivedFrame): void {
  const frame = new ABNF({ fin: fin ? 1 : 0, opcode, data, maskValue: 0 });
  traceReceived(frame, frame.format());
}
