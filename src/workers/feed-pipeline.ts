import {
  type ConnectionChange,
  type ConnectionCommand,
  type FeedConfig,
  type Instrument,
  type Subscription,
  subscriptionKey,
} from '../shared/contract.ts';
import type { FeedCounterWriter } from '../shared/counters/counter-block.ts';
import { FEED, KIND, kindWord, LINES_MAX } from '../shared/counters/feed-counters.ts';
import type { SymbolCounters } from '../shared/counters/symbol-counters.ts';
import { FAULTS, type FaultCode } from '../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../shared/faults/status-catalogue.ts';
import { AttemptWindow } from '../shared/session/attempt-window.ts';
import { CONNECTION_STATE_CODES } from '../shared/session/connection-state.ts';
import type { ProactiveReason } from '../shared/session/disconnect-reason.ts';
import {
  durationMs,
  elapsed,
  type InstrumentId,
  later,
  type MonotonicNs,
  NO_INSTRUMENT,
  NS_PER_MS,
} from '../shared/units.ts';
import type { FeedEdge, FeedMemory } from './feed-edge.ts';
import { FeedLine, type LineHost, type SessionStatus } from './feed-line.ts';
import type { Publisher } from './publish/publisher.ts';
import { subscriptionStatus } from './session/session-status.ts';
import { SharedLines } from './shared-lines.ts';

/** How often a full ring is looked at again while records wait for room in it. */
const RECOVER_EVERY = durationMs(1);

/** How often it is looked whether a new connection can take over. */
const HAND_OVER_EVERY = durationMs(5);
/** A new connection that cannot take over within this is given up … */
const ROTATION_MAX = durationMs(60_000);
/** … and another is made after this. */
const ROTATE_AGAIN_AFTER = durationMs(30_000);

/** Lines are not judged by what was heard longer ago than this. */
const HEARD_AGO_MAX = durationMs(1_000);

/** How often it is looked whether one of two lines is much worse than the other. */
const COMPARE_EVERY = durationMs(5_000);

/** Keeps the chances of lines apart. */
const LINE_SEED = 104_729;

const NEVER = Number.POSITIVE_INFINITY as MonotonicNs;

/** Least time between two connections that follow because of what is subscribed: what is asked meanwhile waits. */
const FOLLOW_EVERY = durationMs(5_000);

/** Why a connection is replaced. */
interface Why {
  readonly reason: ProactiveReason;
  /** For people. */
  readonly detail: string;
}

const SUBSCRIPTIONS: Why = {
  reason: 'SCHEDULED',
  detail: 'what is subscribed is part of the address',
};

/** A connection about to take over from another. */
interface Rotation {
  readonly from: FeedLine;
  readonly to: FeedLine;
  readonly why: Why;
  readonly since: MonotonicNs;
}

/**
 * One feed, from bytes to records: its lines, which are connections with all that reads them, and the ring
 * they write. Everything that happens enters through one of its methods, on one thread, one at a time.
 *
 *     line ──▶ publisher ──▶ ring                       one line, nearly always
 *
 *     line ──┐
 *            ├──▶ gate (arbiter) ──▶ publisher ──▶ ring    while one takes over from another, or two for good
 *     line ──┘
 *
 * Of several lines one is the voice: what happens to it is what happens to the feed.
 */
export class FeedPipeline implements LineHost {
  readonly config: FeedConfig;
  readonly edge: FeedEdge;
  readonly publisher: Publisher;
  readonly counters: FeedCounterWriter;
  readonly symbols: SymbolCounters;
  readonly #instruments = new Map<InstrumentId, Instrument>();
  readonly #wanted = new Map<string, Subscription>();
  readonly #attempts: AttemptWindow | undefined;
  readonly #lines: (FeedLine | undefined)[] = new Array<FeedLine | undefined>(LINES_MAX).fill(undefined);
  #made = 0;
  #voice: FeedLine;
  /** Set while there is more than one line, and until that no longer matters. */
  #shared: SharedLines | undefined;
  #rotation: Rotation | undefined;
  /** Lines that are to be replaced, and when. */
  readonly #rotateNext = new Map<FeedLine, { readonly why: Why; readonly at: MonotonicNs }>();
  /** Before this no connection is made because of what is subscribed. */
  #followAt = Number.NEGATIVE_INFINITY as MonotonicNs;
  /** What the strategy was told to be subscribed, as the statuses say it. */
  readonly #told = new Set<string>();
  /** Lines on which everything is subscribed, as the arbiter was told. */
  readonly #subscribed = new Set<FeedLine>();
  #compareAt = NEVER;
  /**
   * Whatever had arrived by then on any line has been read. Silence of a line and the end of a wait for it
   * are judged as of this time and not as of now: a thread that stood still, or did not read because the ring
   * was full, has the one line's messages before it and the other's yet to come.
   */
  #heardTo: MonotonicNs;
  /** When the last tick was, which becomes `#heardTo` with the next; undefined where not everything is read. */
  #tickedAt: MonotonicNs | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #epoch: number;
  #advancing = false;
  /** The user ended the feed. */
  #closing = false;
  /** When the last records stop waiting for room; set once every session is done. */
  #finishBy: MonotonicNs | undefined;
  #finished = false;

  constructor(config: FeedConfig, memory: FeedMemory, edge: FeedEdge) {
    this.config = config;
    this.edge = edge;
    this.publisher = memory.publisher;
    this.counters = memory.counters;
    this.symbols = memory.symbols;
    this.#epoch = config.epoch;
    this.#heardTo = edge.now();
    const { attempts, limits } = config;
    this.#attempts = attempts && new AttemptWindow(attempts, durationMs(limits.attemptsWindowMs));
    this.#note(config.instruments, config.subscriptions);
    this.#voice = this.#makeLine();
    if (config.lines > 1) {
      this.#makeLine().showBooks(false, []);
      this.#shared = new SharedLines(this, this.#lines);
    }
    this.publisher.refreshBook = (instrument) =>
      this.#bookLine(instrument)?.books.writeSnapshot(instrument) === true;
    this.publisher.mayRefreshBook = (instrument) =>
      this.#bookLine(instrument) !== undefined || this.#shared?.arbiter.isBookTrusted(instrument) === false;
  }

  get isShared(): boolean {
    return this.#shared !== undefined;
  }

  /** Connects, or rests until a command where the plan says so. */
  start(): void {
    if (this.config.plan.autoStart ?? true) this.#turnAll({ kind: 'start' });
    // The state is shown all the same: the counters may hold that of a worker before this one.
    else this.turned(this.#voice, this.edge.now(), []);
  }

  /** The time asked for with `wakeAt` has come. Whatever had arrived before the last tick was read since. */
  tick(): void {
    if (this.#finished) return;
    const wasPaused = this.#isPaused;
    if (!wasPaused && this.#tickedAt !== undefined) this.#heardTo = this.#tickedAt;
    this.#tickedAt = wasPaused ? undefined : this.edge.now();
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#recover();
    if (this.#isOver) this.#finish();
    else this.#turnAll({ kind: 'tick' });
  }

  subscribe(instruments: readonly Instrument[], subscriptions: readonly Subscription[]): void {
    this.#note(instruments, subscriptions);
    for (const line of this.#lines) line?.addInstruments(instruments);
    this.#turnAll({ kind: 'want', subscriptions });
  }

  unsubscribe(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) this.#wanted.delete(subscriptionKey(subscription));
    this.#turnAll({ kind: 'unwant', subscriptions });
  }

  close(): void {
    this.command({ kind: 'close' });
  }

  /**
   * What does not fit the state of the connection does nothing, except for a message to send.
   *
   * @throws MisuseError where a message cannot be sent now.
   */
  command(command: ConnectionCommand): void {
    switch (command.kind) {
      case 'send':
        this.#voice.send(command.data);
        break;
      case 'rotate':
        this.expiring(this.#voice, command.reason);
        this.turned(this.#voice, this.edge.now(), []);
        break;
      default:
        this.#closing ||= command.kind === 'close';
        if (command.kind !== 'start') this.#abandonRotation();
        this.#rotateNext.clear();
        this.#turnAll(command);
    }
  }

  /** Tells the strategy of something that went wrong elsewhere and changes nothing here. */
  notice(fault: FaultCode, detail: string): void {
    if (this.#finished) return;
    this.publisher.nowNs = this.edge.now();
    this.publisher.status(STATUSES.fault.id, NO_INSTRUMENT, fault, Number.NaN, detail);
    this.#publish();
    this.#schedule();
  }

  // --- what a line tells --------------------------------------------------------------------------------------

  enter(line: FeedLine): void {
    this.#shared?.enter(line);
  }

  leave(): void {
    this.#shared?.leave();
  }

  countKinds(line: FeedLine, into: Float64Array): void {
    if (this.#shared === undefined)
      for (let row = 0; row < into.length; row++)
        into[row] = this.counters.local[kindWord(row, KIND.received)]!;
    else this.#shared.countKinds(line, into);
  }

  nextEpoch(line: FeedLine): number {
    const { local } = this.counters;
    // A line that is made beside another connects without any being lost.
    const isReconnect = line === this.#voice ? local[FEED.connects]! > 0 : line.connections > 0;
    if (isReconnect) local[FEED.reconnects]!++;
    this.#epoch++;
    local[FEED.epoch] = this.#epoch;
    this.publisher.epoch = this.#epoch;
    return this.#epoch;
  }

  opened(line: FeedLine): void {
    if (line !== this.#voice && this.#voice.state !== 'CONNECTED') this.#speak(line);
    this.#shared?.open(line);
  }

  status(line: FeedLine, status: SessionStatus): void {
    const { code, instrument, fault, value, detail } = status;
    if (code === STATUSES.disconnected.id) {
      const isOneOfTwo = this.#shared?.arbiter.isOpen(line.index) === true && this.config.lines > 1;
      this.#shared?.arbiter.close(line.index, this.edge.now());
      this.#subscribed.delete(line);
      const heir = this.#closing || line.isRetired ? undefined : this.#other(line);
      if (heir !== undefined && (line === this.#voice || isOneOfTwo)) {
        this.publisher.status(STATUSES.lineLost.id, NO_INSTRUMENT, fault, value, detail);
        if (line === this.#voice) this.#speak(heir);
        return;
      }
      // The other lines are closing as well: what they still say would follow the end of the feed.
      if (line === this.#voice)
        for (const other of this.#lines)
          if (other !== undefined && other !== line)
            this.#shared?.arbiter.close(other.index, this.edge.now());
    }
    if (line !== this.#voice) return;
    this.#noteTold(status);
    this.publisher.status(code, instrument, fault, value, detail);
  }

  expiring(line: FeedLine, reason: ProactiveReason): void {
    this.#rotateNext.set(line, { why: { reason, detail: reason }, at: this.edge.now() });
  }

  outdated(line: FeedLine): void {
    const at = Math.max(this.edge.now(), this.#followAt) as MonotonicNs;
    this.#rotateNext.set(line, { why: SUBSCRIPTIONS, at });
  }

  chunkEnd(_line: FeedLine, now: MonotonicNs): void {
    if (this.#shared !== undefined) this.#advance(now);
    this.#publish();
    const isWaiting = this.#shared !== undefined && this.#shared.arbiter.nextDeadline() < this.#wakeAt;
    if (isWaiting || this.publisher.degraded || this.#isPaused) this.#schedule();
  }

  turned(line: FeedLine, at: MonotonicNs, changes: readonly ConnectionChange[]): void {
    const isVoice = line === this.#voice;
    if (line.isOver && !isVoice) {
      this.#lines[line.index] = undefined;
      this.#subscribed.delete(line);
      this.#rotateNext.delete(line);
    }
    this.#advance(at);
    this.counters.local[FEED.state] = CONNECTION_STATE_CODES[this.#voice.state];
    this.#publish();
    if (isVoice) for (const change of changes) this.edge.changed(change);
    if (this.#isOver) this.#finish();
    else this.#schedule();
  }

  // --- lines --------------------------------------------------------------------------------------------------

  #note(instruments: readonly Instrument[], subscriptions: readonly Subscription[]): void {
    for (const instrument of instruments) this.#instruments.set(instrument.id, instrument);
    for (const subscription of subscriptions) this.#wanted.set(subscriptionKey(subscription), subscription);
  }

  #makeLine(): FeedLine {
    const { plan, times, limits, seed } = this.config;
    const index = this.#lines.indexOf(undefined);
    const line = new FeedLine(index, this, [...this.#instruments.values()], {
      ...plan,
      times,
      limits,
      seed: (seed + this.#made++ * LINE_SEED) >>> 0,
      subscriptions: [...this.#wanted.values()],
      attempts: this.#attempts,
    });
    this.#lines[index] = line;
    return line;
  }

  /** To every line that has a future. */
  #turnAll(input: Parameters<FeedLine['turn']>[0]): void {
    for (const line of [...this.#lines])
      if (line !== undefined && (input.kind === 'tick' || !line.isRetired)) line.turn(input);
  }

  /** Another line that is connected and goes on. */
  #other(line: FeedLine): FeedLine | undefined {
    return this.#lines.find(
      (other) => other !== undefined && other !== line && !other.isRetired && other.state === 'CONNECTED',
    );
  }

  /** Makes a line the voice of the feed. */
  #speak(line: FeedLine): void {
    if (line === this.#voice) return;
    this.#voice.showBooks(false, []);
    this.#voice = line;
    line.showBooks(true, this.#instruments.keys());
    // What the exchange accepted on this connection alone was not told yet.
    for (const subscription of line.subscribed) {
      const status = subscriptionStatus('subscribed', subscription);
      if (this.#told.has(toldAs(status))) continue;
      const { code, instrument, fault, value, detail } = status;
      this.#noteTold(status);
      this.publisher.status(code, instrument, fault, value, detail);
    }
  }

  #noteTold(status: SessionStatus): void {
    const { code } = status;
    if (code === STATUSES.subscribed.id) this.#told.add(toldAs(status));
    else if (code === STATUSES.unsubscribed.id) this.#told.delete(toldAs(status));
    else if (code === STATUSES.disconnected.id) this.#told.clear();
  }

  /** The line whose book of this instrument the strategy has; undefined where there is none just now. */
  #bookLine(instrument: InstrumentId): FeedLine | undefined {
    return this.#shared === undefined ? this.#voice : this.#lines[this.#shared.arbiter.bookLine(instrument)];
  }

  /** Brings rotations and lines as far as they can be brought now. Between messages. */
  #advance(now: MonotonicNs): void {
    if (this.#advancing) return;
    this.#advancing = true;
    for (const [line, next] of [...this.#rotateNext]) {
      if (now < next.at) continue;
      this.#rotateNext.delete(line);
      this.#rotate(line, next.why, now);
    }
    const shared = this.#shared;
    if (shared !== undefined) {
      shared.advance(this.#heardTo);
      this.#noteSubscribed(shared, now);
      if (this.#rotation !== undefined) this.#handOver(this.#rotation, now);
      else if (this.config.lines > 1) this.#compare(shared, now);
      else if (shared.arbiter.isSettled(this.#heardTo)) this.#unshare(shared);
    }
    this.#advancing = false;
  }

  #rotate(line: FeedLine, why: Why, now: MonotonicNs): void {
    const again = { why, at: later(now, HAND_OVER_EVERY) };
    const rotation = this.#rotation;
    // The one that was to follow has not what is subscribed by now, so that another one is to.
    if (rotation?.to === line && why === SUBSCRIPTIONS) {
      this.#abandonRotation();
      this.#rotateNext.set(rotation.from, again);
      return;
    }
    if (line.state !== 'CONNECTED' || line.isRetired || rotation !== undefined || this.#closing) return;
    if (why === SUBSCRIPTIONS && now < this.#followAt) {
      this.#rotateNext.set(line, { why, at: this.#followAt });
      return;
    }
    // Lines that were replaced are still closing.
    if (!this.#lines.includes(undefined)) {
      this.#rotateNext.set(line, again);
      return;
    }
    const other = this.#other(line);
    // Where another line says the same, or nothing could tell what both say alike, a new connection is made
    // at a time of our own choosing.
    if (other !== undefined && !this.#couldReplace(line, other, now)) {
      this.#rotateNext.set(line, again);
      return;
    }
    if (why === SUBSCRIPTIONS) this.#followAt = later(now, FOLLOW_EVERY);
    if (other !== undefined || this.config.exchange === 'raw') {
      line.turn({ kind: 'disconnect', reason: why.reason, reconnectAfterMs: 0 });
      return;
    }
    if (this.#shared === undefined) {
      const shared = new SharedLines(this, this.#lines);
      shared.goOn(line, this.#instruments.keys());
      this.#shared = shared;
    }
    const to = this.#makeLine();
    to.showBooks(false, []);
    this.#rotation = { from: line, to, why, since: now };
    this.edge.log('info', 'another connection is to take over', { reason: why.detail });
    to.turn({ kind: 'start' });
  }

  /** Whether nothing would be missed without `line`. */
  #couldReplace(line: FeedLine, other: FeedLine, now: MonotonicNs): boolean {
    if (!this.#subscribed.has(other) || other.givenUp > line.givenUp) return false;
    if (elapsed(this.#heardTo, now) > HEARD_AGO_MAX) return false;
    return this.#shared?.arbiter.handedOver(line.index, other.index, this.#heardTo) ?? true;
  }

  #noteSubscribed({ arbiter }: SharedLines, now: MonotonicNs): void {
    for (const line of this.#lines) {
      if (line === undefined || this.#subscribed.has(line) || !line.isComplete) continue;
      this.#subscribed.add(line);
      arbiter.subscribed(line.index, now);
    }
  }

  #handOver(rotation: Rotation, now: MonotonicNs): void {
    const { from, to, why, since } = rotation;
    // What the exchange gives the old one alone would be lost with it.
    const lacks = to.givenUp > from.givenUp;
    if (lacks || to.isOver || elapsed(since, now) > ROTATION_MAX) {
      this.edge.log('warn', 'the connection that was to take over did not come to it', {
        reason: why.detail,
      });
      this.#abandonRotation();
      this.#rotateNext.set(from, { why, at: later(now, ROTATE_AGAIN_AFTER) });
      return;
    }
    // The old one is gone already: what the new one has is all there is.
    const isAlone = from.state !== 'CONNECTED' && to.state === 'CONNECTED';
    if (isAlone || this.#couldReplace(from, to, now)) this.#takeOver(rotation);
  }

  #takeOver({ from, to, why, since }: Rotation): void {
    const now = this.edge.now();
    this.#rotation = undefined;
    this.#shared?.arbiter.close(from.index, now);
    this.#shared?.advance(this.#heardTo);
    this.publisher.nowNs = now;
    this.#speak(to);
    if (this.#subscribed.has(to)) {
      this.counters.local[FEED.rotations]!++;
      const tookMs = Math.round(elapsed(since, now) / NS_PER_MS);
      this.publisher.status(STATUSES.rotated.id, NO_INSTRUMENT, FAULTS.NONE.id, tookMs, why.detail);
    }
    // The old one was lost too early, and the new one is what follows it.
    else this.counters.local[FEED.reconnects]!++;
    from.retire();
  }

  #abandonRotation(): void {
    const rotation = this.#rotation;
    if (rotation === undefined) return;
    this.#rotation = undefined;
    this.#shared?.arbiter.close(rotation.to.index, this.edge.now());
    rotation.to.retire();
  }

  #unshare(shared: SharedLines): void {
    shared.count();
    shared.end();
    this.#shared = undefined;
    this.publisher.epoch = this.#voice.epoch;
  }

  /** Replaces a line that loses or lags much more than the other. */
  #compare({ arbiter }: SharedLines, now: MonotonicNs): void {
    if (this.#compareAt === NEVER) this.#compareAt = later(now, COMPARE_EVERY);
    if (now < this.#compareAt) return;
    this.#compareAt = later(now, COMPARE_EVERY);
    const worst = this.#lines[arbiter.worstLine()];
    if (worst === undefined || this.#other(worst)?.isComplete !== true) return;
    this.edge.log('warn', 'one of two lines loses or lags and is replaced', { line: worst.index });
    worst.turn({ kind: 'disconnect', reason: 'SCHEDULED', reconnectAfterMs: 0 });
  }

  // --- the ring -----------------------------------------------------------------------------------------------

  get #isOver(): boolean {
    return this.#voice.isOver && this.#lines.every((line) => line === undefined || line.isOver);
  }

  get #isPaused(): boolean {
    return this.#lines.some((line) => line?.isPaused === true);
  }

  /**
   * The last records may wait for room like any others, so they are given some time to find it: as long as a
   * close may take, and no longer, since nobody may be reading any more.
   */
  #finish(): void {
    if (this.#finished) return;
    const now = this.edge.now();
    this.#finishBy ??= later(now, durationMs(this.config.times.closeTimeoutMs));
    if (this.publisher.degraded && now < this.#finishBy) {
      this.edge.wakeAt(later(now, RECOVER_EVERY));
      return;
    }
    this.#finished = true;
    this.edge.wakeAt(Number.POSITIVE_INFINITY);
    this.edge.finished();
  }

  #recover(): void {
    const { publisher } = this;
    if (publisher.degraded) {
      publisher.nowNs = this.edge.now();
      publisher.recover();
      this.#publish();
    }
    // Whatever made the publisher recover: the strategy reads at any time, and any publish may find the room.
    if (!publisher.wantsPause) for (const line of this.#lines) line?.resume();
  }

  #publish(): void {
    if (this.publisher.publish()) this.edge.ringBell();
  }

  #schedule(): void {
    const now = this.edge.now();
    let deadline = this.#shared?.arbiter.nextDeadline() ?? Number.POSITIVE_INFINITY;
    for (const line of this.#lines)
      if (line !== undefined) deadline = Math.min(deadline, line.nextDeadline());
    for (const { at } of this.#rotateNext.values()) deadline = Math.min(deadline, at);
    if (this.#rotation !== undefined || (this.#shared !== undefined && this.config.lines === 1))
      deadline = Math.min(deadline, later(now, HAND_OVER_EVERY));
    if (this.publisher.degraded || this.#isPaused) deadline = Math.min(deadline, later(now, RECOVER_EVERY));
    this.#wakeAt = deadline;
    this.edge.wakeAt(deadline);
  }
}

/** Which subscription a status speaks of: its words follow a colon. */
const toldAs = ({ instrument, detail }: SessionStatus): string => `${instrument} ${detail.split(':', 1)[0]}`;
