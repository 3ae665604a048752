import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { type LineSet, LOOK_AGAIN_NS, NO_LINE } from './line-set.ts';
import { type LineStream, VERDICT, type Verdict } from './verdict.ts';

const { sequence: SEQUENCE, flags: FLAGS, exchangeAtUs: EXCHANGE_AT_US } = HEADER.field;

/** Trades around the newest one delivered whose fate is known. A power of two. */
const WINDOW = 512;
const MASK = WINDOW - 1;
/** How far from the newest one a trade can be and still be in the window. */
const REACH = WINDOW / 2;

/** What a slot says of its trade, where it does not say which copy holds it. */
const UNKNOWN = 0;
const DELIVERED = -1;
const GIVEN_UP = -2;

/** Holes that no line filled after which ids are suspected of not being dense … */
const HOLES_MAX = 32;
/** … where there is more than one hole for this many trades. */
const TRADES_PER_HOLE = 20;
/** Longest time all lines may say older ids than the newest before the ids are taken to have begun anew. */
const RESTART_SILENCES = 10;

/**
 * The trades of one instrument that carry an id, counted one by one by the exchange.
 *
 *     ids   … d-1   d  |  d+1   d+2   d+3 …
 *            delivered |  hole  held  held
 *
 * The id is the position, so a line needs no aligning: what is at or below `d` was delivered, `d+1` is
 * next whoever has it, and what lies beyond tells of a hole at once. It is held until another line fills the
 * hole. The hole is given up, and announced, as soon as every open line is past it, because a line says its
 * trades in order and will not come back to it; or after a bounded time, for a line may have died.
 *
 * History that a line sends on being subscribed is of the same numbers and treated alike: it fills holes.
 *
 * Where nothing is known yet the lead's first trade is the beginning; another line's trades wait for it.
 * What the lead passed without saying it had said before the other line was there.
 *
 * Ids that are not dense are found out by holes that no line fills. From then on nothing is held, and an
 * older trade that comes after a newer one is late.
 */
export class TradeStream implements LineStream {
  readonly typeId = TYPE.trade;
  readonly compares = false;
  readonly instrument: number;
  queued = 0;
  listed = false;

  readonly #set: LineSet;
  /** Id of the newest trade delivered; NaN before the first. */
  #newest = Number.NaN;
  /** Slot of the newest one. */
  #newestSlot = 0;
  /** False while `#newest` is only what another line than the lead makes it seem. */
  #isCertain = false;
  /** When a trade that did not come from the lead was held first, ns. */
  #guessedAt = Number.NaN;
  #isDense = true;
  /** A trade that is not history was delivered. */
  #isLive = false;
  /** Whether the trade being offered is. */
  #isHistory = false;
  readonly #slots = new Int32Array(WINDOW);
  readonly #at = new Float64Array(WINDOW);
  /** Time of the exchange in those that are held, µs. */
  readonly #us = new Float64Array(WINDOW);
  readonly #lines = new Uint8Array(WINDOW);
  #held = 0;
  /** How long the first hole may stay, ns from the receipt of the trade after it. */
  #holdNs = Number.NaN;
  /** The first hole is not given up before, because lines that may fill it are behind; ns. */
  #putOffTo = Number.NEGATIVE_INFINITY;
  /** How far the line was that said the newest trade delivered, in time of the exchange, µs. */
  #newestUs = Number.NaN;
  /** Newest id each line said, NaN where it said none, and when. */
  readonly #seen = new Float64Array(LINES_MAX).fill(Number.NaN);
  readonly #heardAt = new Float64Array(LINES_MAX).fill(Number.NaN);
  #holes = 0;
  #delivered = 0;
  /** Since when all that comes is older than the window, ns; NaN while it is not so. */
  #olderSince = Number.NaN;

  constructor(set: LineSet, instrument: number) {
    this.#set = set;
    this.instrument = instrument;
  }

  get waits(): boolean {
    return this.#held > 0;
  }

  /** Tells the newest trade that was delivered before anything was offered. */
  seed(id: number): void {
    if (this.#isCertain || !(id >= 0)) return;
    this.#restart(id);
    this.#isLive = true;
  }

  takeRequest(): boolean {
    return false;
  }

  offer(line: number, view: DataView, at: number): Verdict {
    const { id } = this.#set;
    const statistics = this.#set.statistics[line]!;
    const seq = SEQUENCE.get(view, at);
    const isHistory = (FLAGS.get(view, at) & FLAG.snapshot) !== 0;
    this.#isHistory = isHistory;
    const seen = this.#seen[line]!;
    this.#heardAt[line] = id.at;
    if (!(seq <= seen)) {
      // A line of which nothing was heard before lost nothing, and history is no promise of every trade.
      if (this.#isDense && !isHistory && seq - seen > 1) statistics.lose(Math.min(seq - seen - 1, REACH));
      this.#seen[line] = seq;
    }
    if (!this.#isCertain) {
      if (line !== this.#set.lead) return this.#guess(line, seq, isHistory, view, at);
      this.#begin(seq);
    }
    const verdict = this.#take(line, seq, view, at);
    if (this.#held > 0) this.#settle();
    return verdict;
  }

  tick(now: number): void {
    if (this.#held === 0 || now < this.deadline()) return;
    if (this.#mayBeFilled(now)) {
      this.#putOffTo = now + LOOK_AGAIN_NS;
      return;
    }
    if (this.#isCertain) {
      this.#giveUpHole();
      this.#settle();
      return;
    }
    this.#isCertain = true;
    this.#settle();
    this.tick(now);
  }

  deadline(): number {
    if (this.#held === 0) return Number.POSITIVE_INFINITY;
    const at = this.#isCertain
      ? this.#at[this.#lowestHeld()]! + this.#holdNs
      : this.#guessedAt + this.#set.silenceNs;
    return Math.max(at, this.#putOffTo);
  }

  opened(line: number): void {
    this.#seen[line] = Number.NaN;
    this.#heardAt[line] = Number.NaN;
  }

  closed(line: number): void {
    this.opened(line);
    // The lead that was waited for says nothing any more; the next one's word is the beginning.
    if (!this.#isCertain && this.#held > 0 && this.#set.lead !== NO_LINE) this.#isCertain = true;
    if (this.#held > 0) this.#settle();
  }

  handedOver(from: number, to: number, now: number): boolean {
    if (this.#held > 0) return false;
    // What the other one alone said while nothing is known may be on its way here, unless it was long ago.
    if (!this.#isCertain && now - this.#heardAt[to]! < this.#set.silenceNs) return false;
    if (!Number.isNaN(this.#seen[to]!)) return true;
    // No trade since the new line is there: whichever comes next says by its id whether one is missing.
    return (
      !(now - this.#heardAt[from]! < this.#set.silenceNs) && !this.#set.isBehind(to, this.#newestUs, now)
    );
  }

  caughtUp(line: number, now: number): boolean {
    if (this.#held > 0 || this.queued > 0) return false;
    if (!this.#isCertain || this.#seen[line]! >= this.#newest) return true;
    if (this.#set.isBehind(line, this.#newestUs, now)) return false;
    const heardAt = this.#heardAt[line]!;
    return now - (Number.isNaN(heardAt) ? this.#set.subscribedAtNs[line]! : heardAt) >= this.#set.silenceNs;
  }

  #take(line: number, seq: number, view: DataView, at: number): Verdict {
    const delta = seq - this.#newest;
    if (delta <= -REACH) return this.#takeOlder(line, seq, view, at);
    this.#olderSince = Number.NaN;
    if (delta <= 0) return this.#takeKnown(line, delta);
    if (delta > 1 && this.#isDense) {
      if (delta > REACH) return this.#jump(line, seq, view, at);
      const slot = (this.#newestSlot + delta) & MASK;
      if (this.#slots[slot]! > 0) {
        this.#duplicate(line, slot);
        return VERDICT.duplicate;
      }
      if (this.#hold(line, slot, view, at)) return VERDICT.held;
      // No room to hold it: what is missing before it is given up.
      while (this.#held > 0 && this.#newest + 1 < seq) this.#giveUpHole();
      if (this.#newest + 1 < seq) this.#gap(line, seq - this.#newest - 1);
    }
    this.#advance(line, seq - this.#newest);
    return this.#deliver(line, view, at);
  }

  /** A trade at or before the newest. */
  #takeKnown(line: number, delta: number): Verdict {
    const slot = (this.#newestSlot + delta) & MASK;
    if (this.#slots[slot] === GIVEN_UP) {
      this.#set.statistics[line]!.late++;
      return VERDICT.late;
    }
    if (this.#slots[slot] === DELIVERED) this.#duplicate(line, slot);
    else this.#set.statistics[line]!.duplicates++;
    return VERDICT.duplicate;
  }

  /**
   * Ids so old that nothing is known of them: a line far behind, or an exchange that counts anew, or one id
   * far too great that came before. The latter two are told by all lines saying nothing else for a long time.
   */
  #takeOlder(line: number, seq: number, view: DataView, at: number): Verdict {
    const { id, silenceNs, statistics } = this.#set;
    const isHistory = this.#isHistory;
    if (!isHistory && Number.isNaN(this.#olderSince)) this.#olderSince = id.at;
    if (isHistory || !(id.at - this.#olderSince >= RESTART_SILENCES * silenceNs)) {
      statistics[line]!.duplicates++;
      return VERDICT.duplicate;
    }
    this.#seen.fill(Number.NaN);
    this.#seen[line] = seq;
    this.#dropHeld();
    this.#restart(seq - 1);
    this.#gap(line, Number.NaN);
    this.#advance(line, 1);
    return this.#deliver(line, view, at);
  }

  /** A trade so far ahead that the hole before it cannot be watched: what is held goes out, and the hole is given up. */
  #jump(line: number, seq: number, view: DataView, at: number): Verdict {
    while (this.#held > 0) this.#giveUpHole();
    this.#gap(line, seq - this.#newest - 1);
    this.#restart(seq - 1);
    this.#advance(line, 1);
    return this.#deliver(line, view, at);
  }

  /** A trade of another line than the lead while nothing is known. */
  #guess(line: number, seq: number, isHistory: boolean, view: DataView, at: number): Verdict {
    const statistics = this.#set.statistics[line]!;
    if (!isHistory) {
      if (this.#held === 0) {
        this.#restart(seq - 1);
        this.#isCertain = false;
        this.#guessedAt = this.#set.id.at;
      }
      const delta = seq - this.#newest;
      if (delta <= REACH && delta > -REACH) {
        const slot = (this.#newestSlot + delta) & MASK;
        if (this.#slots[slot]! > 0) {
          this.#duplicate(line, slot);
          return VERDICT.duplicate;
        }
        if (delta <= 0) {
          // Two lines wait for the lead, and the one that lags began earlier.
          this.#newest = seq - 1;
          this.#newestSlot = (slot - 1) & MASK;
        }
        if (this.#hold(line, slot, view, at)) return VERDICT.held;
      }
    }
    statistics.hidden++;
    return VERDICT.hidden;
  }

  /** The lead says its first trade. */
  #begin(seq: number): void {
    this.#isCertain = true;
    if (this.#held === 0) {
      this.#restart(seq - 1);
      return;
    }
    const delta = seq - this.#newest;
    if (delta <= -REACH || delta > REACH) {
      this.#dropHeld();
      this.#restart(seq - 1);
      return;
    }
    // What the lead is past it said before it was listened to.
    for (let n = 1; n < delta; n++) {
      const slot = (this.#newestSlot + n) & MASK;
      if (this.#slots[slot]! > 0) this.#drop(slot);
    }
    this.#newest = seq - 1;
    this.#newestSlot = (this.#newestSlot + delta - 1) & MASK;
    // The trade that the lead says itself now may be among those that are held.
    const slot = (this.#newestSlot + 1) & MASK;
    if (this.#slots[slot]! > 0) this.#drop(slot);
  }

  #deliver(line: number, view: DataView, at: number): Verdict {
    const { statistics, due, held } = this.#set;
    statistics[line]!.win();
    this.#newestUs = this.#set.saidUs[line]!;
    this.#asEvent(view, at);
    if (!this.#isHistory) this.#isLive = true;
    if (this.queued === 0) return VERDICT.deliver;
    due.addRecord(this, line, held.hold(view, at, true));
    statistics[line]!.held++;
    return VERDICT.held;
  }

  /** One that the strategy did not have is an event, though this line came by it as history. */
  #asEvent(view: DataView, at: number): void {
    if (this.#isHistory && this.#isLive) FLAGS.set(view, at, FLAGS.get(view, at) & ~FLAG.snapshot);
  }

  #hold(line: number, slot: number, view: DataView, at: number): boolean {
    this.#asEvent(view, at);
    const handle = this.#set.held.hold(view, at, false);
    if (handle === 0) return false;
    if (this.#held++ === 0) this.#holdNs = this.#set.holdNs();
    this.#slots[slot] = handle;
    this.#at[slot] = this.#set.id.at;
    this.#us[slot] = EXCHANGE_AT_US.get(view, at);
    this.#lines[slot] = line;
    this.#set.statistics[line]!.held++;
    return true;
  }

  /** Lets out what is held and waits for nothing any more. */
  #settle(): void {
    while (this.#held > 0 && this.#isCertain) {
      const slot = (this.#newestSlot + 1) & MASK;
      if (this.#slots[slot]! > 0) this.#letOut(slot);
      else if (this.#isLostEverywhere()) this.#giveUpHole();
      else return;
    }
  }

  /** Whether every line is past the whole of the first hole. */
  #isLostEverywhere(): boolean {
    const hole = (this.#lowestHeld() - this.#newestSlot - 1) & MASK;
    const last = this.#newest + hole;
    for (let line = 0; line < LINES_MAX; line++)
      if (this.#set.isOpen[line] && !(this.#seen[line]! >= last)) return false;
    if (++this.#holes >= HOLES_MAX && this.#holes * TRADES_PER_HOLE > this.#delivered) this.#isDense = false;
    return true;
  }

  /** Whether a line that is not past the first hole has not come as far as the trade behind it, and may do so. */
  #mayBeFilled(now: number): boolean {
    const slot = this.#lowestHeld();
    const us = this.#us[slot]!;
    if (us < 0 || now - this.#at[slot]! >= this.#set.handOverNs) return false;
    const last = this.#newest + ((slot - this.#newestSlot - 1) & MASK);
    for (let line = 0; line < LINES_MAX; line++)
      // Others of the same time may follow.
      if (!(this.#seen[line]! >= last) && this.#set.isBehind(line, us + 1, now)) return true;
    return false;
  }

  #lowestHeld(): number {
    let slot = this.#newestSlot;
    do slot = (slot + 1) & MASK;
    while (this.#slots[slot]! <= 0);
    return slot;
  }

  /** Gives up what is missing before the lowest trade held, and lets that one out. */
  #giveUpHole(): void {
    const slot = this.#lowestHeld();
    const missing = (slot - this.#newestSlot - 1) & MASK;
    const line = this.#lines[slot]!;
    if (missing > 0) this.#gap(line, missing);
    for (let n = 1; n <= missing; n++) this.#slots[(this.#newestSlot + n) & MASK] = GIVEN_UP;
    this.#clearAhead(missing);
    this.#newest += missing;
    this.#newestSlot = (this.#newestSlot + missing) & MASK;
    this.#letOut(slot);
    if (this.#held > 0) this.#holdNs = this.#set.holdNs();
  }

  /** Passes the trade held next on to the output. */
  #letOut(slot: number): void {
    const { due, statistics } = this.#set;
    const line = this.#lines[slot]!;
    due.addRecord(this, line, this.#slots[slot]!);
    statistics[line]!.win();
    this.#newestUs = this.#set.saidUs[line]!;
    this.#held--;
    this.#isLive = true;
    this.#clearAhead(1);
    this.#slots[slot] = DELIVERED;
    this.#newest++;
    this.#newestSlot = slot;
    this.#delivered++;
  }

  /** The next trade, or one that far on where ids are not dense, is delivered from outside. */
  #advance(line: number, delta: number): void {
    if (delta > REACH) {
      this.#restart(this.#newest + delta - 1);
      delta = 1;
    }
    for (let n = 1; n < delta; n++) this.#slots[(this.#newestSlot + n) & MASK] = GIVEN_UP;
    this.#clearAhead(delta);
    this.#newest += delta;
    const slot = (this.#newestSlot + delta) & MASK;
    this.#newestSlot = slot;
    this.#slots[slot] = DELIVERED;
    this.#at[slot] = this.#set.id.at;
    this.#lines[slot] = line;
    this.#delivered++;
  }

  /** Slots that come into the window ahead when the newest trade moves on say nothing yet. */
  #clearAhead(by: number): void {
    for (let n = 1; n <= by; n++) this.#slots[(this.#newestSlot + REACH + n) & MASK] = UNKNOWN;
  }

  #restart(newest: number): void {
    this.#slots.fill(UNKNOWN);
    this.#newest = newest;
    this.#newestSlot = 0;
    this.#isCertain = true;
    this.#olderSince = Number.NaN;
  }

  #dropHeld(): void {
    for (let slot = 0; slot < WINDOW; slot++) if (this.#slots[slot]! > 0) this.#drop(slot);
  }

  #drop(slot: number): void {
    this.#set.held.free(this.#slots[slot]!);
    this.#slots[slot] = DELIVERED;
    this.#held--;
  }

  #gap(line: number, missing: number): void {
    this.#set.due.addGap(this, line, missing);
  }

  /** Another line had this trade first. */
  #duplicate(line: number, slot: number): void {
    const { id, statistics } = this.#set;
    const winner = this.#lines[slot]!;
    const ns = id.at - this.#at[slot]!;
    statistics[line]!.duplicates++;
    // History is old by nature, and no measure of how late a line is.
    if (winner === line || this.#isHistory) return;
    statistics[line]!.lag.addNs(ns);
    statistics[winner]!.lead.addNs(ns);
  }
}
