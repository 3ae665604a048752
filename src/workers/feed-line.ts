import type { ConnectionChange, FeedConfig, Instrument, Subscription } from '../shared/contract.ts';
import type { FeedCounterWriter } from '../shared/counters/counter-block.ts';
import { FEED } from '../shared/counters/feed-counters.ts';
import { BOOK_STATE, SYMBOL, type SymbolCounters } from '../shared/counters/symbol-counters.ts';
import { FAULTS, type FaultCode, faultName } from '../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../shared/faults/status-catalogue.ts';
import { invariant, MisuseError } from '../shared/invariant.ts';
import { canSend } from '../shared/session/connection-state.ts';
import type { ProactiveReason } from '../shared/session/disconnect-reason.ts';
import { type InstrumentId, type MonotonicNs, NO_INSTRUMENT } from '../shared/units.ts';
import { VENUES } from '../shared/venues/venue-catalogue.ts';
import { ChannelWatch } from './channel-watch.ts';
import { BookIntegrity, type SymbolWords } from './exchanges/book-integrity.ts';
import type { ExchangeCodec } from './exchanges/exchange.ts';
import { CODECS } from './exchanges/exchange-catalogue.ts';
import type { FeedEdge } from './feed-edge.ts';
import type { CodecEvents, Connection, ConnectionEnd, ConnectionEvents } from './feed-events.ts';
import type { Publisher } from './publish/publisher.ts';
import { RestQueue } from './rest/rest-queue.ts';
import { seededRandom } from './session/seeded-random.ts';
import { Session, type SessionOptions } from './session/session.ts';
import type { SessionAction, SessionInput } from './session/session-actions.ts';
import { sessionChange } from './session/session-change.ts';

/**
 * Bytes of the user's messages that may wait to be sent. Less than what makes a connection count as one whose
 * server does not read, so that what the user sends is refused before it costs the connection.
 */
const UNSENT_BYTES_MAX = 512 * 1024;

export type SessionStatus = Extract<SessionAction, { kind: 'status' }>;

/** What a line needs of its feed, and leaves to it. */
export interface LineHost {
  readonly config: FeedConfig;
  readonly edge: FeedEdge;
  readonly publisher: Publisher;
  readonly counters: FeedCounterWriter;
  readonly symbols: SymbolCounters;
  /** True while there are other lines, when the feed is told who writes. */
  readonly isShared: boolean;
  /** What is written from now on is this line's. Only while shared. */
  enter(line: FeedLine): void;
  /** What this line wrote is complete. Only while shared. */
  leave(): void;
  /** Writes how many records of each kind this line had, in the order of `COUNTED`. Any jump counts as a change. */
  countKinds(line: FeedLine, into: Float64Array): void;
  /** A connection attempt begins. @returns its epoch. */
  nextEpoch(line: FeedLine): number;
  /** The connection is open, and nothing is subscribed yet. */
  opened(line: FeedLine): void;
  /** Something about the connection or a subscription is to be told. */
  status(line: FeedLine, status: SessionStatus): void;
  /** The connection is to be replaced soon. */
  expiring(line: FeedLine, reason: ProactiveReason): void;
  /** The connection is not the one that what is subscribed needs. */
  outdated(line: FeedLine): void;
  /** All messages of one socket chunk have been read. */
  chunkEnd(line: FeedLine, now: MonotonicNs): void;
  /** The session has taken in all it had to hear, and these are the steps it took. */
  turned(line: FeedLine, at: MonotonicNs, changes: readonly ConnectionChange[]): void;
}

/**
 * One connection of a feed and all that reads it: codec, books and session. A feed has one line, or several
 * that are subscribed to the same things.
 *
 *   text() ──▶ codec.read ──▶ books.take ──▶ publisher
 *                 │ acks, stale books, refusals
 *                 ▼
 *   turn() ──▶ session.receive ──▶ actions: connect, subscribe, ping, close, status
 */
export class FeedLine {
  readonly index: number;
  readonly books: BookIntegrity;
  readonly #host: LineHost;
  readonly #codec: ExchangeCodec;
  readonly #session: Session;
  readonly #symbols: LineSymbols;
  /**
   * What the session has yet to hear. Inputs wait here while a message is being read or an action carried
   * out, so that neither is ever entered twice. Bounded by what one message and one action can cause.
   */
  readonly #inbox: SessionInput[] = [];
  readonly #changes: ConnectionChange[] = [];
  readonly #watch: ChannelWatch | undefined;
  readonly #rest: RestQueue | undefined;
  readonly #isQuietVenue: boolean;
  #busy = false;
  /** Something is to be asked over REST once this message is read. */
  #hasQuestions = false;
  #connection: Connection | undefined;
  #connections = 0;
  #epoch = 0;
  #paused = false;
  #over = false;
  #retired = false;

  constructor(index: number, host: LineHost, instruments: readonly Instrument[], session: SessionOptions) {
    const { config, edge, publisher, counters } = host;
    this.index = index;
    this.#host = host;
    this.#symbols = new LineSymbols(host.symbols);
    const events = this.#codecEvents();
    this.books = new BookIntegrity(publisher, publisher, events, this.#symbols, counters, edge.scanner);
    this.#codec = CODECS[config.exchange].createCodec({
      sink: publisher,
      notices: publisher,
      events,
      books: this.books,
      scanner: edge.scanner,
      rest: (request) => {
        invariant(this.#rest !== undefined, 'a codec that asks over REST has a venue with such an interface');
        this.#rest.ask(request, edge.now());
        this.#hasQuestions = true;
      },
      text: (bytes, start, end) => {
        counters.local[FEED.cold]!++;
        return edge.text(bytes, start, end);
      },
    });
    this.#codec.addInstruments(instruments);
    this.#session = new Session(session);
    this.#watch = config.exchange === 'raw' ? undefined : new ChannelWatch();
    this.#rest = this.#restQueue(session.seed);
    this.#isQuietVenue = config.exchange !== 'raw' && VENUES[config.exchange].pingIntervalMs !== undefined;
  }

  get state(): Session['state'] {
    return this.#session.state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Connection attempts so far. */
  get connections(): number {
    return this.#connections;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** True once the session is done. */
  get isOver(): boolean {
    return this.#over;
  }

  /** What the exchange accepted on this connection. */
  get subscribed(): readonly Subscription[] {
    return this.#session.subscribed;
  }

  /** True once everything wanted is subscribed, or given up, and every book is whole. */
  get isComplete(): boolean {
    return this.#session.isComplete;
  }

  /** How much of what is wanted was refused, or never answered. */
  get givenUp(): number {
    return this.#session.givenUp;
  }

  nextDeadline(): number {
    if (this.#over) return Number.POSITIVE_INFINITY;
    const deadline = Math.min(
      this.#session.nextDeadline(),
      this.#rest?.nextDeadline() ?? Number.POSITIVE_INFINITY,
    );
    return this.state === 'CONNECTED' && this.#watch !== undefined
      ? Math.min(deadline, this.#watch.nextDeadline())
      : deadline;
  }

  /** Whether its book of this instrument is whole. */
  isLive(instrument: InstrumentId): boolean {
    return this.books.state(instrument) === BOOK_STATE.live;
  }

  /** Id of the newest trade of an instrument; NaN where none is known. */
  newestTrade(instrument: InstrumentId): number {
    return this.#codec.newestTrade?.(instrument) ?? Number.NaN;
  }

  addInstruments(instruments: readonly Instrument[]): void {
    this.#codec.addInstruments(instruments);
  }

  /** Tells the states of its books to the outside from now on, or no longer. */
  showBooks(shown: boolean, instruments: Iterable<InstrumentId>): void {
    this.#symbols.shown = shown;
    if (!shown) return;
    for (const instrument of instruments)
      this.#host.symbols.set(instrument, SYMBOL.bookState, this.books.state(instrument));
  }

  /** Hands something to the session; at once, or after what it is busy with. */
  turn(input: SessionInput): void {
    this.#inbox.push(input);
    if (!this.#busy) this.#drain(this.#host.edge.now());
  }

  /** Another line has taken over: reads nothing more, and closes. */
  retire(): void {
    this.#retired = true;
    this.turn({ kind: 'close' });
  }

  get isRetired(): boolean {
    return this.#retired;
  }

  /** @throws MisuseError where a message cannot be sent now. */
  send(data: string | Uint8Array): void {
    const connection = this.#connection;
    if (!canSend(this.state) || connection === undefined)
      throw new MisuseError(
        `Condition failed: a message is sent while CONNECTED; the connection is ${this.state}`,
      );
    const { unsentBytes } = connection;
    // However long, one may always go where none waits.
    if (unsentBytes > 0 && unsentBytes + data.length > UNSENT_BYTES_MAX)
      throw new MisuseError(
        `Condition failed: at most ${UNSENT_BYTES_MAX} bytes wait to be sent; ${unsentBytes} do already, so try again later`,
      );
    connection.send(data);
  }

  /** Has a book subscribed anew that may be wrong although its checks hold. */
  invalidateBook(instrument: InstrumentId, detail: string): void {
    const { publisher, edge } = this.#host;
    const now = edge.now();
    this.#host.enter(this);
    publisher.beginMessage(now);
    this.books.invalidate(instrument, FAULTS.BOOK_INVALID.id, detail);
    publisher.endMessage();
    this.#host.leave();
    if (!this.#busy) this.#drain(now);
  }

  /** There is room again: reads on. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#watch?.resumed(this.#host.edge.now());
    this.turn({ kind: 'resumed' });
    this.#connection?.resume();
  }

  /** What the connection tells, for one connection's life; events of an older one are not heard. */
  #connectionEvents(): ConnectionEvents {
    const host = this.#host;
    const { publisher } = host;
    const { local } = host.counters;
    const codec = this.#codec;
    const epoch = this.#epoch;
    return {
      opened: () => {
        if (epoch !== this.#epoch) return;
        local[FEED.connects]!++;
        this.turn({ kind: 'opened' });
      },
      text: (bytes, start, end, receivedAtNs) => {
        if (this.#retired) return true;
        local[FEED.messages]!++;
        local[FEED.bytes]! += end - start;
        if (host.isShared) host.enter(this);
        publisher.beginMessage(receivedAtNs);
        codec.read(bytes, start, end, receivedAtNs);
        publisher.endMessage();
        if (host.isShared) host.leave();
        return this.#mayGoOn();
      },
      binary: (bytes, start, end, receivedAtNs) => {
        if (this.#retired) return true;
        local[FEED.messages]!++;
        local[FEED.bytes]! += end - start;
        if (host.isShared) host.enter(this);
        publisher.beginMessage(receivedAtNs);
        if (codec.readBinary !== undefined) codec.readBinary(bytes, start, end, receivedAtNs);
        else
          this.#malformed(
            FAULTS.MESSAGE_UNKNOWN.id,
            `a binary message of ${end - start} bytes, where only text is known`,
          );
        publisher.endMessage();
        if (host.isShared) host.leave();
        return this.#mayGoOn();
      },
      chunkEnd: () => {
        local[FEED.chunks]!++;
        const now = host.edge.now();
        this.#session.heard(now);
        host.chunkEnd(this, now);
      },
      pong: () => {
        if (epoch !== this.#epoch) return;
        // Of a venue that says nothing by itself it is all that shows that a quiet market is no silent feed.
        if (this.#isQuietVenue) this.#session.heard(host.edge.now());
        this.turn({ kind: 'pong' });
      },
      closed: (end) => {
        if (epoch === this.#epoch) this.#ended(end);
      },
    };
  }

  #restQueue(seed: number): RestQueue | undefined {
    const { config, edge } = this.#host;
    const rest = config.exchange === 'raw' ? undefined : VENUES[config.exchange].rest;
    if (rest === undefined) return undefined;
    return new RestQueue({
      url: config.restUrl ?? rest.url,
      requestsPerSecond: rest.requestsPerSecond,
      chance: seededRandom(seed),
      fetch: edge.fetch ?? (() => Promise.reject(new Error('nothing is asked over REST here'))),
      now: () => edge.now(),
      // No tick: what arrived before it may not have been read yet, and would be missed.
      settled: () => {
        if (!this.#busy) this.#drain(edge.now());
      },
    });
  }

  /** Asks what is due over REST, and hands over what was answered. */
  #pumpRest(now: MonotonicNs): void {
    for (const { request, answer } of this.#rest?.pump(now) ?? []) {
      if (!answer.ok)
        this.#host.status(this, {
          kind: 'status',
          code: STATUSES.fault.id,
          instrument: NO_INSTRUMENT,
          fault: answer.fault,
          value: Number.NaN,
          detail: answer.detail,
        });
      this.#codec.answer?.(request, answer, now);
    }
  }

  #codecEvents(): CodecEvents {
    const hear = (input: SessionInput): void => {
      this.#inbox.push(input);
    };
    const host = this.#host;
    const { counters } = host;
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
        host.status(this, {
          kind: 'status',
          code: STATUSES.venue.id,
          instrument: NO_INSTRUMENT,
          fault,
          value: Number.NaN,
          detail: condition,
        });
        hear({ kind: 'venue-status', condition });
      },
      goingAway: () => host.expiring(this, 'CONNECTION_LIMIT'),
      outdated: () => host.outdated(this),
      bookStale: (subscription, fault) => {
        counters.local[FEED.resyncs]!++;
        hear({ kind: 'book-stale', subscription, fault });
      },
      bookAwaited: (subscription) => hear({ kind: 'book-awaited', subscription }),
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
    if (this.#inbox.length > 0 || this.#hasQuestions) this.#drain(this.#host.edge.now());
    if (this.#host.publisher.wantsPause && !this.#paused) this.#pause();
    return !this.#paused;
  }

  /** Stops reading: the ring is full and the policy is to let the venue wait. */
  #pause(): void {
    this.#paused = true;
    this.#host.counters.local[FEED.pauses]!++;
    this.#watch?.paused(this.#host.edge.now());
    this.turn({ kind: 'paused' });
  }

  #malformed(fault: FaultCode, detail: string): void {
    const count = ++this.#host.counters.local[FEED.malformed]!;
    // All are counted; the strategy is told of the first few and then ever more rarely, so that a venue
    // that sends garbage cannot fill the ring with complaints about it.
    if (count > 8 && !Number.isInteger(Math.log2(count))) return;
    this.#host.publisher.status(STATUSES.fault.id, NO_INSTRUMENT, fault, Number.NaN, detail);
    this.#log('debug', faultName(fault), { detail });
  }

  #ended(end: ConnectionEnd): void {
    this.#connection = undefined;
    this.#rest?.reset();
    this.#paused = false;
    this.#log(end.ours ? 'info' : 'warn', 'connection ended', {
      fault: faultName(end.fault),
      code: end.code,
      detail: end.detail,
    });
    this.turn({ kind: 'ended', end });
  }

  #log(level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#host.edge.log(level, message, { epoch: this.#epoch, ...fields });
  }

  /** Gives the session what it has yet to hear and carries out what it decides, in order. */
  #drain(at: MonotonicNs): void {
    if (this.#over) return;
    const host = this.#host;
    this.#lookAtChannels(at);
    this.#busy = true;
    this.#hasQuestions = false;
    if (host.isShared) host.enter(this);
    host.publisher.beginMessage(at);
    if (!this.#retired) this.#pumpRest(at);
    for (let next = this.#inbox.shift(); next !== undefined && !this.#over; next = this.#inbox.shift())
      this.#hear(next, at);
    host.publisher.endMessage();
    if (host.isShared) host.leave();
    this.#busy = false;
    if (this.#over) this.#dispose();
    host.turned(this, at, this.#changes.splice(0));
  }

  /** Gives back what it holds of the thread's memory, of which there is so much and no more. */
  #dispose(): void {
    this.books.dispose();
    this.#codec.dispose?.();
  }

  /** Finds channels that fell silent. */
  #lookAtChannels(now: MonotonicNs): void {
    const watch = this.#watch;
    if (watch === undefined || this.state !== 'CONNECTED' || this.#paused || now < watch.nextDeadline())
      return;
    this.#host.countKinds(this, watch.counts);
    for (const { channel, again } of watch.look(now, this.#session.channels))
      this.#inbox.push({ kind: 'channel-silent', channel, again });
  }

  #hear(input: SessionInput, at: MonotonicNs): void {
    const session = this.#session;
    const before = session.state;
    const actions = session.receive(input, at);
    if (before !== session.state && session.state === 'CONNECTED') {
      this.#watch?.reconnected();
      this.#host.opened(this);
    }
    for (const action of actions) this.#carryOut(action);
    if (session.state !== before)
      this.#changes.push(sessionChange(session.state, session.reason, actions, at));
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
        this.books.close(action.subscription.instrument);
        break;
      case 'ping': {
        this.#connection?.ping();
        // A venue that drops clients which never ask for anything counts its own requests only.
        const request = this.#codec.ping();
        if (request !== undefined) this.#connection?.send(request);
        break;
      }
      case 'close':
        this.#connection?.close(action.code, action.reason, this.#host.config.times.closeTimeoutMs);
        break;
      case 'terminate':
        this.#connection?.terminate(action.fault, action.detail);
        break;
      case 'expiring':
        this.#host.expiring(this, action.reason);
        break;
      case 'status':
        // No book outlives its connection: it may be written anew at any time while the ring is full.
        if (action.code === STATUSES.disconnected.id) this.books.reset();
        this.#host.status(this, action);
        break;
      case 'done':
        this.#over = true;
        break;
    }
  }

  #connect(): void {
    this.#epoch = this.#host.nextEpoch(this);
    this.#connections++;
    this.#codec.reset();
    this.#rest?.reset();
    this.books.reset();
    // The end of the last connection may not have been told.
    this.#paused = false;
    const url = this.#codec.address?.(this.#host.config.url, this.#session.wanted);
    this.#connection = this.#host.edge.connect(this.#connectionEvents(), url);
  }
}

/** Counters of symbols that several lines share: all of them count, one tells the states. */
class LineSymbols implements SymbolWords {
  shown = true;
  readonly #symbols: SymbolCounters;

  constructor(symbols: SymbolCounters) {
    this.#symbols = symbols;
  }

  set(instrument: InstrumentId, word: number, value: number): void {
    if (this.shown || word !== SYMBOL.bookState) this.#symbols.set(instrument, word, value);
  }

  add(instrument: InstrumentId, word: number): void {
    this.#symbols.add(instrument, word);
  }
}
