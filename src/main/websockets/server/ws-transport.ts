import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { DataOpcode } from '../../../shared/client/client-contract.ts';
import { Pings } from '../../../shared/client/pings.ts';
import { Keepalive } from '../../../shared/node/keepalive.ts';
import { Close, CloseCode, isOrderly } from '../../../shared/protocol/close-code.ts';
import {
  type ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../../shared/protocol/errors/connection-closed.ts';
import {
  ConcurrencyError,
  EOFError,
  PayloadTooBig,
  ProtocolError,
} from '../../../shared/protocol/errors/websocket-exception.ts';
import { OPCODE } from '../../../shared/protocol/frame-header.ts';
import { State } from '../../../shared/protocol/protocol.ts';
import type { AsyncTransport, Decode, Fragment, Message } from '../transport.ts';
import type { ServePlan } from './serve-plan.ts';
import type { ServedSocket } from './served-socket.ts';
import { SocketInbox } from './socket-inbox.ts';

const PING_BYTES = 4;
/** Whom a ping of the keepalive is for: nobody who asked. */
const KEEPALIVE = -1;
/** Bytes that wait to be sent above which a ping has no pong of its own: only the newest is answered, later. */
const PONG_ROOM = 64 * 1024;

/**
 * A connection of a server in this thread, over ws.
 *
 * Runs on: main, or whichever thread serves.
 */
export class WsTransport implements AsyncTransport {
  closed: ConnectionClosed | undefined;
  latency = 0;
  readonly #ws: ServedSocket;
  readonly #socket: Socket;
  readonly #plan: ServePlan;
  readonly #inbox: SocketInbox;
  readonly #pings = new Pings();
  readonly #answers = new Map<number, (latency: number | ConnectionClosed) => void>();
  #nextPing = 0;
  #keepalive: Keepalive | undefined;
  /** Payload of the newest ping that found no room for its pong. */
  #owedPong: Uint8Array | undefined;
  #wantsDrain = false;
  /** We have failed the connection: what still comes has no meaning. */
  #hasFailed = false;
  #error: Error | undefined;
  #changing: Promise<void> | undefined;
  #change: () => void = () => undefined;
  #telling: Promise<void> | undefined;
  #tell: () => void = () => undefined;

  /** @param socket what `ws` reads and writes. */
  constructor(ws: ServedSocket, socket: Socket, plan: ServePlan) {
    this.#ws = ws;
    this.#socket = socket;
    this.#plan = plan;
    this.#inbox = new SocketInbox(ws, plan.queue);
    if (plan.maxSize !== null) ws.tooBigReason = new PayloadTooBig(undefined, plan.maxSize).message;
    ws.on('message', (bytes: Buffer, isBinary) => {
      this.#inbox.push(bytes, isBinary);
      this.#change();
    });
    ws.on('ping', (payload) => this.#answer(payload));
    ws.on('pong', (payload) => this.#answered(payload));
    ws.on('error', (error) => {
      this.#error ??= error;
    });
    // ws keeps the errors of the network to itself.
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    ws.on('close', (code, reason) => this.#end(code, reason));
    if (plan.pingIntervalMs !== null) this.#keepalive = this.#keptAlive(plan.pingIntervalMs);
  }

  get state(): State {
    return this.#ws.readyState as State;
  }

  get isDry(): boolean {
    return this.closed !== undefined && this.#inbox.isEmpty;
  }

  take(decode: Decode): Message | undefined {
    return this.#inbox.take(decode);
  }

  /** ws delivers whole messages: each has one part. */
  takeFragment(decode: Decode): Fragment | undefined {
    const data = this.#inbox.take(decode);
    return data === undefined ? undefined : { data, more: false };
  }

  changed(): Promise<void> {
    if (!this.#inbox.isEmpty) return Promise.resolve();
    this.#changing ??= new Promise((resolve) => {
      this.#change = () => {
        this.#changing = undefined;
        this.#change = () => undefined;
        resolve();
      };
    });
    return this.#changing;
  }

  told(): Promise<void> {
    this.#telling ??= new Promise((resolve) => {
      this.#tell = () => {
        this.#telling = undefined;
        this.#tell = () => undefined;
        resolve();
      };
    });
    return this.#telling;
  }

  // ---- Sending.

  send(opcode: DataOpcode, data: Uint8Array, fin: boolean): void {
    this.#ws.send(data, { binary: opcode === OPCODE.binary, fin }, this.#flushed);
  }

  /** True where frames may be written as they are, since nothing of ws's is on its way to the socket later. */
  get takesFrames(): boolean {
    return this.#ws.extensions === '';
  }

  /** Hands over a whole frame, header and all. The bytes must not change any more. */
  sendFrame(frame: Uint8Array): void {
    this.#socket.write(frame, this.#flushed);
  }

  get isCongested(): boolean {
    this.#wantsDrain = this.#ws.bufferedAmount > this.#plan.writeLimit;
    return this.#wantsDrain;
  }

  ping(data: Uint8Array, answered: (latency: number | ConnectionClosed) => void): void {
    const id = this.#nextPing++;
    if (!this.#pings.add(data, id, performance.now()))
      throw new ConcurrencyError('already waiting for a pong with the same data');
    this.#answers.set(id, answered);
    this.#ws.ping(data, false);
  }

  pong(data: Uint8Array): void {
    this.#ws.pong(data, false);
  }

  close(code: number | undefined, reason: string): void {
    this.#ws.begin(code, reason);
    this.#keepalive?.stop();
    this.#inbox.passOver();
  }

  fail(code: number, reason: string): void {
    if (this.#ws.readyState === State.OPEN) this.#hasFailed = true;
    this.close(code, reason);
  }

  readonly #flushed = (): void => {
    const waiting = this.#ws.bufferedAmount;
    const owed = this.#owedPong;
    if (owed !== undefined && waiting <= PONG_ROOM) {
      this.#owedPong = undefined;
      if (this.#ws.readyState === State.OPEN) this.#ws.pong(owed, false);
    }
    if (!this.#wantsDrain || waiting > this.#plan.writeLimit) return;
    this.#wantsDrain = false;
    this.#news();
  };

  // ---- Pings.

  #answer(payload: Buffer): void {
    if (this.#ws.readyState !== State.OPEN) return;
    if (this.#ws.bufferedAmount > PONG_ROOM) this.#owedPong = new Uint8Array(payload);
    else {
      this.#owedPong = undefined;
      this.#ws.pong(payload, false, this.#flushed);
    }
  }

  #answered(payload: Buffer): void {
    const at = performance.now();
    for (const { id, sentAtMs } of this.#pings.answered(payload)) {
      const latencyMs = at - sentAtMs;
      this.latency = latencyMs / 1000;
      if (id === KEEPALIVE) this.#keepalive?.answered(latencyMs);
      else this.#answers.get(id)?.(this.latency);
      this.#answers.delete(id);
    }
  }

  #keptAlive(intervalMs: number): Keepalive {
    const inbox = this.#inbox;
    return new Keepalive(
      { intervalMs, timeoutMs: this.#plan.pingTimeoutMs },
      {
        ping: () => this.#keepAlivePing(),
        lost: () => this.fail(CloseCode.INTERNAL_ERROR, 'keepalive ping timeout'),
        takeWasStopped: () => inbox.takeWasPaused(),
        setTimer: setTimeout,
        afterReading: setImmediate,
      },
    );
  }

  #keepAlivePing(): void {
    if (this.#ws.readyState !== State.OPEN) return;
    let payload: Buffer;
    do payload = randomBytes(PING_BYTES);
    while (!this.#pings.add(payload, KEEPALIVE, performance.now()));
    this.#ws.ping(payload, false);
  }

  // ---- The end.

  #end(code: number, reason: Buffer): void {
    this.#keepalive?.stop();
    const { sent, isAnswering } = this.#ws;
    const isLost = this.#hasFailed || code === CloseCode.ABNORMAL_CLOSURE;
    const rcvd = isLost ? undefined : new Close(code, reason.toString());
    const isOk = rcvd !== undefined && sent !== undefined && isOrderly(rcvd.code) && isOrderly(sent.code);
    const cause = this.#cause(rcvd);
    this.closed = new (isOk ? ConnectionClosedOK : ConnectionClosedError)(
      rcvd,
      sent,
      rcvd !== undefined && sent !== undefined ? isAnswering : undefined,
      cause === undefined ? {} : { cause },
    );
    for (const answered of this.#answers.values()) answered(this.closed);
    this.#answers.clear();
    this.#news();
  }

  /** What ended it, where that was no close frame. */
  #cause(rcvd: Close | undefined): Error | undefined {
    const { sent, isAnswering } = this.#ws;
    if (this.#error !== undefined && isAnswering) {
      const cause = this.#error;
      const { maxSize } = this.#plan;
      if (sent?.code === CloseCode.MESSAGE_TOO_BIG && maxSize !== null)
        return new PayloadTooBig(undefined, maxSize, undefined, { cause });
      if (sent?.code === CloseCode.PROTOCOL_ERROR) return new ProtocolError(cause.message, { cause });
    }
    return this.#error ?? (rcvd === undefined && !this.#hasFailed ? new EOFError('stream ended') : undefined);
  }

  #news(): void {
    this.#tell();
    this.#change();
  }
}
