import type { ChangeListener } from '../../src/main/control/connection-link.ts';
import type { MessageTaker } from '../../src/main/control/message-drain.ts';
import { ControlError } from '../../src/main/feeds/worker-control.ts';
import type { OpenedLink } from '../../src/main/manager/renewable-link.ts';
import type {
  ConnectionChange,
  ConnectionCommand,
  SessionPlan,
  SessionTimes,
} from '../../src/shared/contract.ts';
import { FAULTS, type FaultName } from '../../src/shared/faults/fault-catalogue.ts';
import type { ConnectionState } from '../../src/shared/session/connection-state.ts';
import { type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';
import type { VenueLimits } from '../../src/shared/venues/venue.ts';
import type { ConnectionEnd } from '../../src/workers/feed-events.ts';
import { Session } from '../../src/workers/session/session.ts';
import type { SessionAction, SessionInput } from '../../src/workers/session/session-actions.ts';
import { sessionChange } from '../../src/workers/session/session-change.ts';
import type { ManualClock } from './manual-clock.ts';
import { TIMES } from './session-player.ts';

const NO_LIMITS: VenueLimits = {
  symbolsPerRequest: Number.POSITIVE_INFINITY,
  requestsPerSecond: Number.POSITIVE_INFINITY,
  subscriptionsPerConnection: Number.POSITIVE_INFINITY,
  connections: Number.POSITIVE_INFINITY,
  connectionLifeMs: Number.POSITIVE_INFINITY,
  connectionMarginMs: 0,
  attempts: Number.POSITIVE_INFINITY,
  attemptsWindowMs: 0,
};

/** From the end of a worker until the next one runs. */
const RESTART_MS = 300;

/** What the world does to attempts, and what it hears: a server, and the network before it. */
export class ScriptedServer {
  /** What becomes of an attempt. */
  answer: 'accept' | 'refuse' | 'hang' = 'accept';
  /** False: pings are not answered. */
  pongs = true;
  /** False: close frames are not answered. */
  answersClose = true;
  /** From an attempt until it is open or refused, seconds. */
  handshake = 0.1;
  /** What clients sent, in order. */
  readonly received: (string | Uint8Array)[] = [];
  /** Times of the attempts, seconds since the first. */
  readonly attempts: number[] = [];
  readonly links: SessionLink[] = [];
  #firstAttemptMs: number | undefined;

  attempted(nowMs: number): void {
    this.#firstAttemptMs ??= nowMs;
    this.attempts.push((nowMs - this.#firstAttemptMs) / 1000);
  }

  /** Ends the connection of every client. */
  end(fault: FaultName, code = 1006, detail = ''): void {
    for (const link of this.links) link.lose({ fault: FAULTS[fault].id, code, detail, ours: false });
  }

  /** The worker of every client that has one ends by accident. */
  crashWorkers(): void {
    for (const link of this.links) link.crash();
  }

  /** Says one message to every client. */
  say(message: string | Uint8Array): void {
    for (const link of this.links) link.hear(message);
  }
}

export interface SessionLinkOptions {
  readonly times?: Partial<SessionTimes>;
  readonly plan?: SessionPlan;
  /** What a command, and what is told, takes from one thread to the other, seconds. */
  readonly latency?: number;
}

/**
 * A link whose other end is the session itself, on a manual clock and with a scripted server, where a worker and
 * a socket would be. Steps are made of the session as the worker makes them.
 */
export class SessionLink implements OpenedLink {
  readonly isEmpty = true;
  readonly #clock: ManualClock;
  readonly #server: ScriptedServer;
  readonly #options: SessionLinkOptions;
  #session: Session;
  readonly #taker: MessageTaker;
  readonly #latencyMs: number;
  readonly #originMs: number;
  readonly #listeners = new Set<ChangeListener>();
  readonly #inputs: SessionInput[] = [];
  #state: ConnectionState = 'DISCONNECTED';
  /** Number of the attempt, or of its connection, that has not ended. */
  #attempt = 0;
  #isLive = false;
  #isOpen = false;
  #isBusy = false;
  #isDisposed = false;
  /** The worker ended, and the next one is not there yet. */
  #isAway = false;
  /** Counts the workers: what one of them had to tell when it ended is not told. */
  #worker = 0;
  #cancelTick: () => void = () => undefined;

  constructor(
    clock: ManualClock,
    server: ScriptedServer,
    options: SessionLinkOptions = {},
    taker: MessageTaker = { onMessage: () => undefined },
  ) {
    this.#clock = clock;
    this.#server = server;
    this.#taker = taker;
    this.#latencyMs = (options.latency ?? 0) * 1000;
    this.#originMs = clock.now() - 3_600_000;
    this.#options = options;
    this.#session = this.#newSession();
    server.links.push(this);
  }

  #newSession(): Session {
    return new Session({
      seed: 1,
      subscriptions: [],
      limits: NO_LIMITS,
      quickMs: null,
      exhausted: 'rest',
      ...this.#options.plan,
      times: { ...TIMES, ...this.#options.times },
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async command(command: ConnectionCommand): Promise<void> {
    // As between threads: the same value, and not the same object.
    const cloned = structuredClone(command);
    const worker = this.#worker;
    await this.#passed();
    if (this.#isDisposed || this.#isAway || worker !== this.#worker)
      throw new ControlError('the worker has ended');
    if (cloned.kind === 'send') {
      if (!this.#isOpen) throw new ControlError('a message is sent while CONNECTED');
      this.#server.received.push(cloned.data);
    } else if (cloned.kind !== 'rotate') this.#receive(cloned);
    await this.#passed();
    if (worker !== this.#worker) throw new ControlError('the worker has ended');
  }

  /** The worker ends by accident, and another one goes on from where it was, as a feed's does. */
  crash(): void {
    if (this.#isDisposed || this.#state === 'CLOSED') return;
    const rests = this.#state === 'DISCONNECTED';
    const stays = rests || this.#options.plan?.autoReconnect === false;
    this.#worker++;
    this.#isAway = true;
    this.#isLive = false;
    this.#isOpen = false;
    this.#cancelTick();
    const state = stays ? 'DISCONNECTED' : 'RECONNECTING';
    if (this.#state !== state)
      this.#tell({
        state,
        reason: 'NETWORK_ERROR',
        fault: FAULTS.WORKER_FAILED.id,
        code: 1006,
        detail: 'the worker ended and is started anew',
        at: this.#now(),
      });
    const worker = this.#worker;
    this.#clock.setTimer(() => {
      if (this.#isDisposed || worker !== this.#worker) return;
      this.#session = this.#newSession();
      this.#isAway = false;
      if (this.#state !== 'DISCONNECTED') this.#receive({ kind: 'start' });
    }, RESTART_MS);
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#cancelTick();
  }

  /** The connection ends, if there is one. */
  lose(end: ConnectionEnd): void {
    if (this.#isOpen) this.#end(this.#attempt, end);
  }

  hear(message: string | Uint8Array): void {
    if (!this.#isOpen || this.#isDisposed) return;
    this.#receive({ kind: 'heard' });
    this.#later(() => this.#taker.onMessage(message, this.#now()));
  }

  #now(): MonotonicNs {
    return ((this.#clock.now() - this.#originMs) * NS_PER_MS) as MonotonicNs;
  }

  #passed(): Promise<void> {
    return new Promise((resolve) => this.#later(resolve));
  }

  #later(due: () => void): void {
    if (this.#latencyMs === 0) queueMicrotask(due);
    else this.#clock.setTimer(due, this.#latencyMs);
  }

  #receive(input: SessionInput): void {
    if (this.#isDisposed) return;
    this.#inputs.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const before = this.#session.state;
      const actions = this.#session.receive(next, this.#now());
      for (const action of actions) this.#carryOut(action);
      const { state, reason } = this.#session;
      if (state !== before) {
        const change = sessionChange(state, reason, actions, this.#now());
        const worker = this.#worker;
        this.#later(() => {
          if (worker === this.#worker) this.#tell(change);
        });
      }
    }
    this.#isBusy = false;
    this.#cancelTick();
    // Whole milliseconds, as a timer's, and never too early.
    const wait = Math.ceil((this.#session.nextDeadline() - this.#now()) / NS_PER_MS);
    this.#cancelTick = this.#clock.setTimer(() => this.#receive({ kind: 'tick' }), wait);
  }

  #tell(change: ConnectionChange): void {
    if (this.#isDisposed) return;
    this.#state = change.state;
    for (const listener of [...this.#listeners]) listener(change);
  }

  #carryOut(action: SessionAction): void {
    switch (action.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'ping':
        if (this.#server.pongs) this.#after(0.001, () => this.#receive({ kind: 'pong' }));
        break;
      case 'close':
        if (this.#server.answersClose)
          this.#after(0.02, (attempt) =>
            this.#end(attempt, { fault: FAULTS.NONE.id, code: 1000, detail: action.reason, ours: true }),
          );
        break;
      case 'terminate':
        this.#after(0, (attempt) =>
          this.#end(attempt, { fault: action.fault, code: 1006, detail: action.detail, ours: true }),
        );
        break;
    }
  }

  #connect(): void {
    const { answer, handshake } = this.#server;
    this.#attempt++;
    this.#isLive = true;
    this.#server.attempted(this.#clock.now());
    if (answer === 'accept')
      this.#after(handshake, () => {
        this.#isOpen = true;
        this.#receive({ kind: 'opened' });
      });
    if (answer === 'refuse')
      this.#after(handshake, (attempt) =>
        this.#end(attempt, { fault: FAULTS.CONNECT_FAILED.id, code: 1006, detail: 'refused', ours: false }),
      );
  }

  /** Something of this attempt that happens in a while, unless it has ended by then. */
  #after(seconds: number, happen: (attempt: number) => void): void {
    const attempt = this.#attempt;
    this.#clock.setTimer(() => {
      if (this.#isLive && this.#attempt === attempt) happen(attempt);
    }, seconds * 1000);
  }

  /** An attempt and its connection end once. */
  #end(attempt: number, end: ConnectionEnd): void {
    if (!this.#isLive || this.#attempt !== attempt) return;
    this.#isLive = false;
    this.#isOpen = false;
    this.#receive({ kind: 'ended', end });
  }
}
