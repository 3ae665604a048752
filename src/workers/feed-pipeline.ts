import type {
  ConnectionChange,
  ConnectionCommand,
  FeedConfig,
  Instrument,
  Subscription,
} from '../shared/contract.ts';
import type { FeedCounterWriter } from '../shared/counters/counter-block.ts';
import { FEED } from '../shared/counters/feed-counters.ts';
import type { SymbolCounters } from '../shared/counters/symbol-counters.ts';
import { FAULTS, type FaultCode, faultName } from '../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../shared/faults/status-catalogue.ts';
import { MisuseError } from '../shared/invariant.ts';
import { AttemptWindow } from '../shared/session/attempt-window.ts';
import { CONNECTION_STATE_CODES, canSend } from '../shared/session/connection-state.ts';
import { durationMs, later, type MonotonicNs, NO_INSTRUMENT } from '../shared/units.ts';
import { BookIntegrity } from './exchanges/book-integrity.ts';
import type { ExchangeCodec } from './exchanges/exchange.ts';
import { CODECS } from './exchanges/exchange-catalogue.ts';
import type { CodecEvents, Connection, ConnectionEnd, ConnectionEvents } from './feed-events.ts';
import type { Publisher } from './publish/publisher.ts';
import type { Scanner } from './scanner/scanner.ts';
import { Session } from './session/session.ts';
import type { SessionAction, SessionInput } from './session/session-actions.ts';
import { sessionChange } from './session/session-change.ts';

/** How often a full ring is looked at again while records wait for room in it. */
const RECOVER_EVERY = durationMs(1);

/**
 * Bytes of the user's messages that may wait to be sent. Less than what makes a connection count as one whose
 * server does not read, so that what the user sends is refused before it costs the connection.
 */
const UNSENT_BYTES_MAX = 512 * 1024;

/** The world, as far as a feed needs it. Handed in, so that the pipeline itself does no I/O. */
export interface FeedEdge {
  /** Reads hot messages; without it all are read the slow way. */
  readonly scanner?: Scanner | undefined;
  now(): MonotonicNs;
  /** Starts an attempt; what happens to it is told to `events`, ending with one `closed`. */
  connect(events: ConnectionEvents): Connection;
  /** Has `tick()` called at or soon after this time. Replaces the time given before; Infinity: never. */
  wakeAt(at: number): void;
  /** The connection is in another state. What was received before is in the ring and shown. */
  changed(change: ConnectionChange): void;
  /** Wakes the strategy if it sleeps. */
  ringBell(): void;
  /** UTF-8 text of bytes, or undefined where they are not UTF-8. */
  text(bytes: Uint8Array, start: number, end: number): string | undefined;
  log(level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void;
  /** The feed is over; nothing more comes. */
  finished(): void;
}

export interface FeedMemory {
  readonly publisher: Publisher;
  readonly counters: FeedCounterWriter;
  readonly symbols: SymbolCounters;
}

/**
 * One feed, from bytes to records: connection → codec → books → ring, with the session deciding about the
 * connection. Everything that happens enters through one of its methods, on one thread, one at a time.
 *
 *   text() ──▶ codec.read ──▶ books.take ──▶ publisher ──▶ ring
 *                 │ acks, stale books, refusals                ▲
 *                 ▼                                            │ status
 *   tick() ──▶ session.receive ──▶ actions: connect, subscribe, ping, close, status
 */
export class FeedPipeline {
  readonly #config: FeedConfig;
  readonly #edge: FeedEdge;
  readonly #publisher: Publisher;
  readonly #counters: FeedCounterWriter;
  readonly #codec: ExchangeCodec;
  readonly #books: BookIntegrity;
  readonly #session: Session;
  /**
   * What the session has yet to hear. Inputs wait here while a message is being read or an action carried
   * out, so that neither is ever entered twice. Bounded by what one message and one action can cause.
   */
  readonly #inbox: SessionInput[] = [];
  /** Steps of the session that the edge has yet to hear of. */
  readonly #changes: ConnectionChange[] = [];
  #busy = false;
  #connection: Connection | undefined;
  #paused = false;
  #epoch: number;
  /** The session is done. */
  #over = false;
  /** When the last records stop waiting for room; set once the session is done. */
  #finishBy: MonotonicNs | undefined;
  #finished = false;

  constructor(config: FeedConfig, memory: FeedMemory, edge: FeedEdge) {
    this.#config = config;
    this.#edge = edge;
    this.#publisher = memory.publisher;
    this.#counters = memory.counters;
    this.#epoch = config.epoch;
    const events = this.#codecEvents();
    this.#books = new BookIntegrity(
      memory.publisher,
      memory.publisher,
      events,
      memory.symbols,
      memory.counters,
    );
    this.#codec = CODECS[config.exchange].createCodec({
      sink: memory.publisher,
      notices: memory.publisher,
      events,
      books: this.#books,
      scanner: edge.scanner,
      text: (bytes, start, end) => {
        memory.counters.local[FEED.cold]!++;
        return edge.text(bytes, start, end);
      },
    });
    this.#codec.addInstruments(config.instruments);
    memory.publisher.refreshBook = (instrument) => this.#books.writeSnapshot(instrument);
    const { times, limits, attempts, seed, subscriptions, plan } = config;
    this.#session = new Session({
      ...plan,
      times,
      limits,
      seed,
      subscriptions,
      attempts: attempts && new AttemptWindow(attempts, durationMs(limits.attemptsWindowMs)),
    });
  }

  /** Connects, or rests until a command where the plan says so. */
  start(): void {
    if (this.#config.plan.autoStart ?? true) this.#turn({ kind: 'start' });
    // The state is shown all the same: the counters may hold that of a worker before this one.
    else this.#drain(this.#edge.now());
  }

  /** The time asked for with `wakeAt` has come. */
  tick(): void {
    if (this.#finished) return;
    this.#recover();
    if (this.#over) this.#finish();
    else this.#turn({ kind: 'tick' });
  }

  subscribe(instruments: readonly Instrument[], subscriptions: readonly Subscription[]): void {
    this.#codec.addInstruments(instruments);
    this.#turn({ kind: 'want', subscriptions });
  }

  unsubscribe(subscriptions: readonly Subscription[]): void {
    this.#turn({ kind: 'unwant', subscriptions });
  }

  close(): void {
    this.#turn({ kind: 'close' });
  }

  /**
   * What does not fit the state of the connection does nothing, except for a message to send.
   *
   * @throws MisuseError where a message cannot be sent now.
   */
  command(command: ConnectionCommand): void {
    if (command.kind === 'send') this.#send(command.data);
    else this.#turn(command);
  }

  #send(data: string | Uint8Array): void {
    const { state } = this.#session;
    const connection = this.#connection;
    if (!canSend(state) || connection === undefined)
      throw new MisuseError(
        `Condition failed: a message is sent while CONNECTED; the connection is ${state}`,
      );
    const { unsentBytes } = connection;
    // However long, one may always go where none waits.
    if (unsentBytes > 0 && unsentBytes + data.length > UNSENT_BYTES_MAX)
      throw new MisuseError(
        `Condition failed: at most ${UNSENT_BYTES_MAX} bytes wait to be sent; ${unsentBytes} do already, so try again later`,
      );
    connection.send(data);
  }

  /** What the connection tells, for one connection's life; events of an older one are not heard. */
  #connectionEvents(): ConnectionEvents {
    const { local } = this.#counters;
    const publisher = this.#publisher;
    const codec = this.#codec;
    const epoch = this.#epoch;
    return {
      opened: () => {
        if (epoch !== this.#epoch) return;
        local[FEED.connects]!++;
        this.#turn({ kind: 'opened' });
      },
      text: (bytes, start, end, receivedAtNs) => {
        local[FEED.messages]!++;
        local[FEED.bytes]! += end - start;
        publisher.beginMessage(receivedAtNs);
        codec.read(bytes, start, end, receivedAtNs);
        publisher.endMessage();
        return this.#mayGoOn();
      },
      binary: (bytes, start, end, receivedAtNs) => {
        local[FEED.messages]!++;
        local[FEED.bytes]! += end - start;
        publisher.beginMessage(receivedAtNs);
        if (codec.readBinary !== undefined) codec.readBinary(bytes, start, end, receivedAtNs);
        else
          this.#malformed(
            FAULTS.MESSAGE_UNKNOWN.id,
            `a binary message of ${end - start} bytes, where only text is known`,
          );
        publisher.endMessage();
        return this.#mayGoOn();
      },
      chunkEnd: () => {
        local[FEED.chunks]!++;
        this.#session.heard(this.#edge.now());
        this.#publish();
        if (publisher.degraded || this.#paused) this.#schedule();
      },
      pong: () => {
        if (epoch === this.#epoch) this.#turn({ kind: 'pong' });
      },
      closed: (end) => {
        if (epoch === this.#epoch) this.#ended(end);
      },
    };
  }

  #codecEvents(): CodecEvents {
    const hear = (input: SessionInput): void => {
      this.#inbox.push(input);
    };
    return {
      subscribed: (subscription, warning) => {
        if (warning !== '')
          this.#log('info', 'the exchange warns about a subscription', { subscription, warning });
        hear({ kind: 'subscribed', subscription });
      },
      unsubscribed: (subscription) => hear({ kind: 'unsubscribed', subscription }),
      refused: (subscription, reason) => hear({ kind: 'refused', subscription, reason }),
      pong: () => hear({ kind: 'pong' }),
      venueStatus: (condition) => {
        const fault = condition === 'online' ? FAULTS.NONE.id : FAULTS.VENUE_UNAVAILABLE.id;
        this.#publisher.status(STATUSES.venue.id, NO_INSTRUMENT, fault, Number.NaN, condition);
        hear({ kind: 'venue-status', condition });
      },
      bookStale: (subscription, fault) => {
        this.#counters.local[FEED.resyncs]!++;
        hear({ kind: 'book-stale', subscription, fault });
      },
      bookLive: (subscription) => hear({ kind: 'book-live', subscription }),
      malformed: (fault, detail) => {
        this.#malformed(fault, detail);
        if (fault === FAULTS.PROTOCOL_ERROR.id) this.#connection?.terminate(fault, detail);
      },
    };
  }

  /** After a message. @returns whether the next one may be read. */
  #mayGoOn(): boolean {
    // Not at the time of receipt: a message that waited for room was received before what the session heard last.
    if (this.#inbox.length > 0) this.#drain(this.#edge.now());
    if (this.#publisher.wantsPause && !this.#paused) this.#pause();
    return !this.#paused;
  }

  #malformed(fault: FaultCode, detail: string): void {
    const count = ++this.#counters.local[FEED.malformed]!;
    // All are counted; the strategy is told of the first few and then ever more rarely, so that a venue
    // that sends garbage cannot fill the ring with complaints about it.
    if (count > 8 && !Number.isInteger(Math.log2(count))) return;
    this.#publisher.status(STATUSES.fault.id, NO_INSTRUMENT, fault, Number.NaN, detail);
    this.#log('debug', faultName(fault), { detail });
  }

  #ended(end: ConnectionEnd): void {
    this.#connection = undefined;
    this.#paused = false;
    this.#log(end.ours ? 'info' : 'warn', 'connection ended', {
      fault: faultName(end.fault),
      code: end.code,
      detail: end.detail,
    });
    this.#turn({ kind: 'ended', end });
  }

  #turn(input: SessionInput): void {
    this.#inbox.push(input);
    if (!this.#busy) this.#drain(this.#edge.now());
  }

  #log(level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#edge.log(level, message, { epoch: this.#epoch, ...fields });
  }

  /** Gives the session what it has yet to hear and carries out what it decides, in order. */
  #drain(at: MonotonicNs): void {
    if (this.#over) return;
    this.#busy = true;
    this.#publisher.beginMessage(at);
    for (let next = this.#inbox.shift(); next !== undefined && !this.#over; next = this.#inbox.shift())
      this.#hear(next, at);
    this.#publisher.endMessage();
    this.#busy = false;
    this.#counters.local[FEED.state] = CONNECTION_STATE_CODES[this.#session.state];
    this.#publish();
    for (const change of this.#changes.splice(0)) this.#edge.changed(change);
    if (this.#over) this.#finish();
    else this.#schedule();
  }

  #hear(input: SessionInput, at: MonotonicNs): void {
    const session = this.#session;
    const before = session.state;
    const actions = session.receive(input, at);
    for (const action of actions) this.#carryOut(action);
    if (session.state !== before)
      this.#changes.push(sessionChange(session.state, session.reason, actions, at));
  }

  /**
   * The last records may wait for room like any others, so they are given some time to find it: as long as a
   * close may take, and no longer, since nobody may be reading any more.
   */
  #finish(): void {
    if (this.#finished) return;
    const now = this.#edge.now();
    this.#finishBy ??= later(now, durationMs(this.#config.times.closeTimeoutMs));
    if (this.#publisher.degraded && now < this.#finishBy) {
      this.#edge.wakeAt(later(now, RECOVER_EVERY));
      return;
    }
    this.#finished = true;
    this.#edge.wakeAt(Number.POSITIVE_INFINITY);
    this.#edge.finished();
  }

  #carryOut(action: SessionAction): void {
    switch (action.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'subscribe':
        for (const request of this.#codec.subscribe(action.subscriptions)) this.#connection?.send(request);
        break;
      case 'unsubscribe':
        for (const request of this.#codec.unsubscribe(action.subscriptions)) this.#connection?.send(request);
        break;
      case 'abandon':
        this.#books.close(action.subscription.instrument);
        break;
      case 'ping': {
        this.#connection?.ping();
        // A venue that drops clients which never ask for anything counts its own requests only.
        const request = this.#codec.ping();
        if (request !== undefined) this.#connection?.send(request);
        break;
      }
      case 'close':
        this.#connection?.close(action.code, action.reason, this.#config.times.closeTimeoutMs);
        break;
      case 'terminate':
        this.#connection?.terminate(action.fault, action.detail);
        break;
      case 'expiring':
        // Nobody takes over from this connection, so a new one is made at a time of our own choosing.
        this.#inbox.push({ kind: 'disconnect', reason: action.reason, reconnectAfterMs: 0 });
        break;
      case 'status':
        // No book outlives its connection: it may be written anew at any time while the ring is full.
        if (action.code === STATUSES.disconnected.id) this.#books.reset();
        this.#publisher.status(action.code, action.instrument, action.fault, action.value, action.detail);
        break;
      case 'done':
        this.#over = true;
        break;
    }
  }

  #connect(): void {
    const { local } = this.#counters;
    if (local[FEED.connects]! > 0) local[FEED.reconnects]!++;
    this.#epoch++;
    local[FEED.epoch] = this.#epoch;
    this.#publisher.epoch = this.#epoch;
    this.#codec.reset();
    this.#books.reset();
    // The end of the last connection may not have been told.
    this.#paused = false;
    this.#connection = this.#edge.connect(this.#connectionEvents());
  }

  #recover(): void {
    const publisher = this.#publisher;
    if (publisher.degraded) {
      publisher.nowNs = this.#edge.now();
      publisher.recover();
      this.#publish();
    }
    // Whatever made the publisher recover: the strategy reads at any time, and any publish may find the room.
    if (this.#paused && !publisher.wantsPause) {
      this.#paused = false;
      this.#turn({ kind: 'resumed' });
      this.#connection?.resume();
    }
  }

  /** Stops reading: the ring is full and the policy is to let the venue wait. */
  #pause(): void {
    this.#paused = true;
    this.#counters.local[FEED.pauses]!++;
    this.#turn({ kind: 'paused' });
  }

  #publish(): void {
    if (this.#publisher.publish()) this.#edge.ringBell();
  }

  #schedule(): void {
    const deadline = this.#session.nextDeadline();
    const waits = this.#publisher.degraded || this.#paused;
    this.#edge.wakeAt(waits ? Math.min(deadline, later(this.#edge.now(), RECOVER_EVERY)) : deadline);
  }
}
