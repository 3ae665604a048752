import { randomInt } from 'node:crypto';
import type {
  ConnectionCommand,
  LogOptions,
  Overflow,
  SessionPlan,
  SessionTimes,
  SocketOptions,
} from '../../shared/contract.ts';
import { COUNTED, FEED, KIND, kindWord } from '../../shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import { Doorbell } from '../../shared/ring/doorbell.ts';
import { type ConnectionState, isTerminal } from '../../shared/session/connection-state.ts';
import type { FeedId } from '../../shared/units.ts';
import { type FeedLimits, limitsOf } from '../../shared/venues/feed-limits.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import { attemptMemory } from '../feeds/attempt-windows.ts';
import { Feed } from '../feeds/feed.ts';
import { InstrumentRegistry } from '../feeds/instrument-registry.ts';
import { Supervisor } from '../feeds/supervisor.ts';
import { FEED_WORKER, type WorkerProgram } from '../feeds/worker-control.ts';
import { createLog, logLevel } from '../log.ts';
import { checkEndpoint, checkHeaders } from '../options/endpoint-options.ts';
import { DEFAULT_RING_BYTES, DEFAULT_SOCKET, DEFAULT_TIMES } from '../options/open-options.ts';
import type { ChangeListener, ConnectionLink } from './connection-link.ts';
import { MessageDrain, type MessageTaker } from './message-drain.ts';
import { WorkerLink } from './worker-link.ts';

/** Time a worker has to answer a close, beyond what the closing itself may take. */
const CLOSE_DEADLINE_MS = 5_000;

/** Nobody's limits: whoever runs the server of a raw connection states them, or there are none. */
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

export interface RawLinkOptions extends MessageTaker {
  readonly url: string;
  readonly times?: Partial<SessionTimes>;
  readonly plan?: SessionPlan;
  readonly socket?: Partial<SocketOptions>;
  /** What the server allows; nothing is limited where left out. */
  readonly limits?: FeedLimits;
  /** What is done with messages when the ring is full: drop them (`conflate`, the default) or stop reading. */
  readonly overflow?: Overflow;
  /** A power of two; a message takes at most half of it. */
  readonly ringBytes?: number;
  /** Seed of the jitter in reconnect delays; chosen at random where left out. */
  readonly seed?: number;
  readonly log?: Partial<LogOptions>;
  /** As given to `onChange` before anything could change. */
  readonly onChange?: ChangeListener;
}

/** What was counted on a raw connection since it was opened. `received = delivered + dropped`. */
export interface RawCounters {
  /** Messages of any kind, those that could not be read included. */
  readonly messages: number;
  /** Payload bytes of those messages. */
  readonly bytes: number;
  readonly received: number;
  readonly delivered: number;
  /** Lost because the ring had no room for them; each announced by `onDropped`. */
  readonly dropped: number;
  readonly malformed: number;
  /** Connections opened. */
  readonly connects: number;
  /** Times the socket was made to wait for room in the ring. */
  readonly pauses: number;
}

/**
 * One WebSocket connection with a worker of its own, its messages handed over as they come. While it rests it
 * does not keep the process alive.
 *
 * Runs on: main.
 */
export class RawLink implements ConnectionLink, AsyncDisposable {
  readonly #feed: Feed<'raw'>;
  readonly #supervisor: Supervisor;
  readonly #link: WorkerLink;
  readonly #drain: MessageDrain;
  #drained: Promise<void> | undefined;
  #disposing: Promise<void> | undefined;

  /** @throws MisuseError for a URL, header or ring that cannot work. */
  constructor(options: RawLinkOptions, program: WorkerProgram = FEED_WORKER) {
    const { url, plan } = options;
    const socket = { ...DEFAULT_SOCKET, ...options.socket };
    checkEndpoint(url, socket.allowPlain === true, 'url');
    if (socket.headers !== undefined) checkHeaders(socket.headers, 'headers');
    const limits = limitsOf(NO_LIMITS, options.limits);
    const doorbellMemory = Doorbell.memory();
    const doorbell = new Doorbell(doorbellMemory);
    const level = logLevel(options.log?.level);
    this.#feed = new Feed<'raw'>({
      id: 0 as FeedId,
      exchange: 'raw',
      url,
      overflow: options.overflow ?? 'conflate',
      ringBytes: options.ringBytes ?? DEFAULT_RING_BYTES,
      times: { ...DEFAULT_TIMES, ...options.times },
      plan: plan ?? {},
      limits,
      lines: 1,
      // A window of the host is for those who state what it allows.
      ...(Number.isFinite(limits.attempts) ? { attempts: attemptMemory(url, limits) } : {}),
      socket,
      seed: options.seed ?? randomInt(2 ** 32),
      symbolCounters: SymbolCounters.memory(),
      doorbellMemory,
      doorbell,
      registry: new InstrumentRegistry(),
    });
    this.#supervisor = new Supervisor('ringfeed-raw', [this.#feed], { level }, createLog(level), program);
    this.#link = new WorkerLink(this.#feed, this.#supervisor);
    this.#drain = new MessageDrain(this.#feed, doorbell, options);
    this.onChange(() => this.#keepAlive());
    if (options.onChange !== undefined) this.onChange(options.onChange);
  }

  /** @internal @throws ControlError when the worker cannot be started. */
  async start(): Promise<void> {
    try {
      await this.#supervisor.start();
    } catch (error) {
      await this.dispose();
      throw error;
    }
    this.#keepAlive();
    this.#drained = this.#drain.run();
  }

  get state(): ConnectionState {
    return this.#link.state;
  }

  command(command: ConnectionCommand): Promise<void> {
    return this.#link.command(command);
  }

  onChange(listener: ChangeListener): () => void {
    return this.#link.onChange(listener);
  }

  /**
   * True where no message waits to be handed over. What came before a change of the state waits already, or was
   * handed over, when the change is told.
   */
  get isEmpty(): boolean {
    return this.#drain.isEmpty;
  }

  /** Hands over no more messages until `resume`: they stay in the ring, and the overflow policy decides. */
  pause(): void {
    this.#drain.pause();
  }

  resume(): void {
    this.#drain.resume();
  }

  /** Everything that is counted, at this moment. */
  counters(): RawCounters {
    const words = this.#feed.counters();
    const raw = (word: number): number => words[kindWord(COUNTED.indexOf('raw'), word)]!;
    return {
      messages: words[FEED.messages]!,
      bytes: words[FEED.bytes]!,
      received: raw(KIND.received),
      delivered: raw(KIND.delivered),
      dropped: raw(KIND.dropped),
      malformed: words[FEED.malformed]!,
      connects: words[FEED.connects]!,
      pauses: words[FEED.pauses]!,
    };
  }

  /** Ends the connection and its worker. Nothing is handed over any more, what waits in the ring included. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #dispose(): Promise<void> {
    const { worker } = this.#supervisor;
    const { id, name, settings } = this.#feed;
    this.#supervisor.retire();
    // Twice: for the handshake, and for the cut that follows where the server ignores it.
    const deadlineMs = CLOSE_DEADLINE_MS + 2 * settings.times.closeTimeoutMs;
    if (worker !== undefined && !isTerminal(this.state))
      await worker.call(`close ${name}`, deadlineMs, (remote) => remote.close(id)).catch(() => undefined);
    await this.#supervisor.stop();
    this.#drain.stop();
    await this.#drained;
    this.#feed.end();
  }

  #keepAlive(): void {
    this.#supervisor.keepAlive(this.state !== 'DISCONNECTED' && !isTerminal(this.state));
  }
}

/**
 * Starts a worker for one WebSocket connection, which it begins to make unless the plan says otherwise.
 *
 * @throws MisuseError for an option that cannot work; ControlError when the worker cannot be started.
 */
export async function openRawLink(options: RawLinkOptions, program?: WorkerProgram): Promise<RawLink> {
  const link = new RawLink(options, program);
  await link.start();
  return link;
}
