import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type {
  ClientCommand,
  ClientNews,
  ClosedNews,
  ConnectPlan,
  DataOpcode,
  LatePart,
  OpenedFacts,
} from '../../shared/client/client-contract.ts';
import { Close, isOrderly } from '../../shared/protocol/close-code.ts';
import {
  type ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../shared/protocol/errors/connection-closed.ts';
import { unpackError } from '../../shared/protocol/errors/error-data.ts';
import { ConcurrencyError } from '../../shared/protocol/errors/websocket-exception.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { latin1Text } from '../../shared/text/latin1.ts';
import { type ClientLine, openLine } from './client-host.ts';
import { type ReceivedFrame, RingInbox } from './ring-inbox.ts';
import type { AsyncTransport, Decode, Fragment, Message } from './transport.ts';

/** Bytes handed over by reference; less is cheaper copied. */
const TRANSFERRED_FROM = 16 * 1024;

interface WaitingPing {
  readonly key: string;
  readonly answered: (latency: number | ConnectionClosed) => void;
}

/**
 * Our end of a connection whose other end lives in the thread of the connections.
 *
 * Runs on: main, or any thread that connects; it may block there.
 */
export class ClientTransport implements AsyncTransport {
  /** What is known of the connection once it is open. */
  facts: OpenedFacts | undefined;
  /** Why it was not opened. */
  failure: Error | undefined;
  #closed: ConnectionClosed | undefined;
  readonly #line: ClientLine;
  readonly #port: MessagePort;
  readonly #inbox: RingInbox;
  readonly #writeLimit: number;
  /** False from when the port closes: to receive on it then would crash Node 20 while it closes. */
  #isListening = true;
  /** Bytes of data handed over; wraps. */
  #sent = 0;
  #pings = new Map<number, WaitingPing>();
  #nextPing = 0;
  /** Those who wait for a message or news, and those who wait for news alone. */
  #changing: Promise<void> | undefined;
  #telling: Promise<void> | undefined;
  #tell: () => void = () => undefined;

  constructor(plan: ConnectPlan) {
    this.#line = openLine(plan, (why) => this.#lost(why));
    this.#port = this.#line.port;
    this.#writeLimit = plan.writeLimit;
    this.#inbox = new RingInbox(this.#line.ring, this.#line.words, plan.queue?.low ?? Infinity, () =>
      this.#ask({ type: 'resume' }),
    );
    this.#port.on('message', (news: ClientNews) => this.#hear(news));
    this.#port.on('close', () => {
      this.#isListening = false;
      // Also where the thread had ended before it got its end of the line.
      this.#lost(new Error('the thread of the connections ended'));
    });
  }

  /** The process need not live for this connection. */
  unref(): void {
    this.#port.unref();
  }

  get state(): State {
    // What ended it is known a moment after the word says so; until then it is ending.
    const state = this.#line.words.state as State;
    return state === State.CLOSED && this.closed === undefined && this.failure === undefined
      ? State.CLOSING
      : state;
  }

  get closed(): ConnectionClosed | undefined {
    // A program that never waits hears no news otherwise.
    if (this.#closed === undefined && this.#line.words.state === State.CLOSED) this.#hearAll();
    return this.#closed;
  }

  get latency(): number {
    return this.#line.words.latency;
  }

  /** When the keepalive pinged last, and when the newest pong came, s since the epoch; 0 before the first. */
  get pingTimes(): { readonly pingAt: number; readonly pongAt: number } {
    const { pingAt, pongAt } = this.#line.words;
    return { pingAt, pongAt };
  }

  get isDry(): boolean {
    return this.#inbox.isDry;
  }

  take(decode: Decode): Message | undefined {
    return this.#inbox.take(decode);
  }

  takeFragment(decode: Decode): Fragment | undefined {
    return this.#inbox.takeFragment(decode);
  }

  /** The next frame, of a connection whose plan says that frames are handed over; see `RingInbox`. */
  takeFrame(textToo: boolean): ReceivedFrame | undefined {
    return this.#inbox.takeFrame(textToo);
  }

  // ---- Waiting.

  changed(): Promise<void> {
    this.#changing ??= this.#wait().finally(() => {
      this.#changing = undefined;
    });
    return this.#changing;
  }

  told(): Promise<void> {
    this.#telling ??= new Promise((resolve) => {
      this.#tell = resolve;
    });
    return this.#telling;
  }

  async #wait(): Promise<void> {
    const { doorbell } = this.#line;
    doorbell.arm();
    // The bell rings for news as well.
    // Of an end that was heard already nothing more is told, and what came late is not in the ring.
    if (this.#hearAll() || this.#closed !== undefined || !this.#inbox.isEmpty) doorbell.disarm();
    else {
      await doorbell.waitAsync();
      this.#hearAll();
    }
  }

  /**
   * Blocks until there may be a message or news, at the most so long.
   *
   * @param newsOnly messages that are there are not waited for.
   */
  changedSync(timeoutMs: number, newsOnly: boolean): void {
    const { doorbell } = this.#line;
    doorbell.arm();
    if (this.#hearAll() || (!newsOnly && !this.#inbox.isEmpty)) doorbell.disarm();
    else {
      doorbell.waitSync(timeoutMs);
      this.#hearAll();
    }
    // Whoever waits without blocking sleeps by the same bell, which is not armed any more: it looks again.
    if (this.#changing !== undefined) doorbell.wake();
  }

  // ---- Sending.

  send(opcode: DataOpcode, data: Uint8Array, fin: boolean): void {
    this.#sent = (this.#sent + data.length) | 0;
    const transferred = data.length >= TRANSFERRED_FROM ? [data.buffer as ArrayBuffer] : [];
    this.#port.postMessage({ type: 'send', opcode, data, fin } satisfies ClientCommand, transferred);
  }

  get isCongested(): boolean {
    const { words } = this.#line;
    const isMore = (): boolean => ((this.#sent - words.flushed) | 0) > this.#writeLimit;
    if (!isMore()) return false;
    // Said before it is looked at once more, so that it is told.
    words.wantsDrain = true;
    return isMore();
  }

  ping(data: Uint8Array, answered: (latency: number | ConnectionClosed) => void): void {
    const key = latin1Text(data);
    for (const waiting of this.#pings.values())
      if (waiting.key === key) throw new ConcurrencyError('already waiting for a pong with the same data');
    const id = this.#nextPing++;
    this.#pings.set(id, { key, answered });
    this.#ask({ type: 'ping', id, data });
  }

  /** Hands over whole frames that the caller made. The bytes are taken over by the call. */
  write(data: Uint8Array): void {
    this.#sent = (this.#sent + data.length) | 0;
    this.#ask({ type: 'write', data });
  }

  /**
   * Begins the closing handshake with a frame that the caller made.
   *
   * @param timeoutMs that the peer has to end it; null is no limit. As the plan says where left out.
   */
  closeFrame(data: Uint8Array, code: number, reason: string, timeoutMs?: number | null): void {
    this.#ask({ type: 'closeFrame', data, code, reason, timeoutMs });
  }

  pong(data: Uint8Array): void {
    this.#ask({ type: 'pong', data });
  }

  close(code: number | undefined, reason: string): void {
    this.#ask({ type: 'close', code, reason });
  }

  fail(code: number, reason: string): void {
    this.#ask({ type: 'fail', code, reason });
  }

  /** Ends it at once, open or not. */
  abort(): void {
    this.#ask({ type: 'abort' });
  }

  // ---- News.

  /** @returns whether there were any. */
  #hearAll(): boolean {
    let heard = false;
    while (this.#isListening) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: ClientNews } | undefined;
      if (received === undefined) break;
      this.#hear(received.message);
      heard = true;
    }
    return heard;
  }

  #hear(news: ClientNews): void {
    switch (news.type) {
      case 'open':
        this.facts = news;
        break;
      case 'failed':
        this.#notOpened(unpackError(news.error));
        break;
      case 'pong':
        this.#pings.get(news.id)?.answered(news.latencyMs / 1000);
        this.#pings.delete(news.id);
        break;
      case 'drained':
        break;
      case 'closed':
        this.#end(closedException(news), news.late);
        break;
    }
    this.#told();
  }

  #notOpened(failure: Error): void {
    this.failure = failure;
    this.#inbox.end([]);
    this.#release();
  }

  #end(closed: ConnectionClosed, late: readonly LatePart[]): void {
    this.#closed = closed;
    this.#inbox.end(late);
    for (const { answered } of this.#pings.values()) answered(closed);
    this.#pings.clear();
    this.#release();
  }

  /** No more news will come. */
  #release(): void {
    this.#isListening = false;
    const waiting = this.#changing;
    if (waiting === undefined) {
      this.#port.close();
      return;
    }
    // Only the port keeps the process alive while somebody waits for the bell.
    void waiting.then(() => this.#port.close());
    this.#line.doorbell.wake();
  }

  #told(): void {
    this.#telling = undefined;
    this.#tell();
  }

  /** The thread has ended, which no news tells. Nothing more comes; what has come stays. */
  #lost(why: Error): void {
    this.#hearAll();
    if (this.#closed !== undefined || this.failure !== undefined) return;
    this.#line.words.state = State.CLOSED;
    if (this.facts === undefined) this.#notOpened(why);
    else this.#end(new ConnectionClosedError(undefined, undefined, undefined, { cause: why }), []);
    this.#told();
  }

  #ask(command: ClientCommand): void {
    this.#port.postMessage(command);
  }
}

function closedException({ rcvd, sent, rcvdThenSent, cause }: ClosedNews): ConnectionClosed {
  const isOk = rcvd !== undefined && sent !== undefined && isOrderly(rcvd.code) && isOrderly(sent.code);
  const Kind = isOk ? ConnectionClosedOK : ConnectionClosedError;
  return new Kind(
    rcvd && new Close(rcvd.code, rcvd.reason),
    sent && new Close(sent.code, sent.reason),
    rcvdThenSent,
    cause === undefined ? {} : { cause: unpackError(cause) },
  );
}
