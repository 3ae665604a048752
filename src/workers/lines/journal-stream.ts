import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { HEADER } from '../../shared/records/header.ts';
import { Journal } from './journal.ts';
import { type LineSet, LOOK_AGAIN_NS } from './line-set.ts';
import { LineTail, STANCE } from './line-tail.ts';
import { RecordIdentity } from './record-identity.ts';
import { type LineStream, VERDICT, type Verdict } from './verdict.ts';

const { exchangeAtUs: EXCHANGE_AT_US } = HEADER.field;

/**
 * A stream whose records carry no number, so that a line's place is found by comparing what it says with
 * what was delivered.
 *
 *     journal   … 7 8 9 10          positions of what was delivered, the newest is the head
 *     line A             ^          at the head: what it says next is next
 *     line B        ^               behind: what it says next is looked for from 9 on
 *     line C          ? ? x y       ahead, or not aligned: x and y are remembered until another line says x
 *
 * A line that is aligned is compared by position and not by content alone, so the same content twice in a
 * row is twice the same event. What holds of every line: it says its records in the exchange's order, and
 * each of them is one of the exchange's; it may leave some out.
 */
export abstract class JournalStream implements LineStream {
  readonly typeId: number;
  readonly compares = true;
  readonly instrument: number;
  queued = 0;
  listed = false;

  protected readonly set: LineSet;
  protected readonly journal = new Journal();
  protected readonly tails: readonly LineTail[] = Array.from({ length: LINES_MAX }, () => new LineTail());
  /** A remembered record on its way out. */
  protected readonly released = new RecordIdentity();
  /** Nothing is done before this time, because other lines are behind; ns. */
  protected putOffTo = Number.NEGATIVE_INFINITY;
  /** How far the line was that said the head, in time of the exchange, µs. */
  protected headUs = Number.NaN;

  constructor(set: LineSet, typeId: number, instrument: number) {
    this.set = set;
    this.typeId = typeId;
    this.instrument = instrument;
    // Whatever the lead said before it was listened to is the beginning of the journal.
    const lead = this.tails[set.lead];
    if (lead !== undefined) lead.stance = STANCE.aligned;
  }

  abstract takeRequest(line: number): boolean;
  abstract offer(line: number, view: DataView, at: number): Verdict;
  abstract tick(now: number): void;
  abstract deadline(): number;
  abstract closed(line: number, now: number): void;
  abstract handedOver(from: number, to: number, now: number): boolean;
  abstract get waits(): boolean;

  opened(line: number): void {
    this.tails[line]!.reset(this.set.held);
  }

  caughtUp(line: number, now: number): boolean {
    if (this.queued > 0 || this.waits) return false;
    const tail = this.tails[line]!;
    if (tail.stance === STANCE.aligned && tail.cursor === this.journal.head) return true;
    if (this.set.isBehind(line, this.headUs, now)) return false;
    return (
      now - (Number.isNaN(tail.lastAt) ? this.set.subscribedAtNs[line]! : tail.lastAt) >= this.set.silenceNs
    );
  }

  /** Whether any line knows its place, so that others can wait for it. */
  protected get isServed(): boolean {
    for (let line = 0; line < LINES_MAX; line++)
      if (this.set.isOpen[line] && this.tails[line]!.stance === STANCE.aligned) return true;
    return false;
  }

  /** When a line that knows its place was heard last, ns; -Infinity where none was. */
  protected servedAt(): number {
    let at = Number.NEGATIVE_INFINITY;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (this.set.isOpen[line] && tail.stance === STANCE.aligned && tail.lastAt > at) at = tail.lastAt;
    }
    return at;
  }

  /** The record being offered is the next of the stream. */
  protected publish(line: number, view: DataView, at: number): Verdict {
    const { id, statistics, due, held } = this.set;
    this.#append(line, id);
    let verdict: Verdict = VERDICT.deliver;
    if (this.queued > 0) {
      due.addRecord(this, line, held.hold(view, at, true));
      statistics[line]!.held++;
      verdict = VERDICT.held;
    }
    this.meet(line, id);
    return verdict;
  }

  /** @returns the position of the record being offered in front of this line; 0 where it is none. */
  protected ahead(tail: LineTail): number {
    // A line so far behind that its place is no longer kept goes on from the oldest entry that is.
    if (tail.cursor < this.journal.oldest - 1) tail.cursor = this.journal.oldest - 1;
    return this.journal.find(this.set.id, tail.cursor);
  }

  /** The line says what is delivered already, at this position. */
  protected recognise(line: number, tail: LineTail, position: number): void {
    const { id, statistics } = this.set;
    if (tail.stance === STANCE.aligned) statistics[line]!.lose(position - tail.cursor - 1);
    tail.cursor = position;
    tail.stance = STANCE.aligned;
    tail.isGuessed = false;
    // What a line says on being subscribed is no measure of how late it is.
    if (id.at !== tail.firstAt) this.#compare(line, position, id);
    statistics[line]!.duplicates++;
  }

  /** Remembers the record being offered. @returns false where there was no room to copy it. */
  protected remember(tail: LineTail, view: DataView, at: number): boolean {
    const { id, held } = this.set;
    const handle = held.hold(view, at, false);
    if (handle === 0) return false;
    if (tail.count === 0) tail.sinceUs = EXCHANGE_AT_US.get(view, at);
    tail.remember(id, handle, held);
    return true;
  }

  /**
   * Whether to wait longer for other lines, which have not come as far as what this one remembers; or for this one,
   * where its records do not say that it has not come as far as the head.
   */
  protected putsOff(line: number, tail: LineTail, now: number): boolean {
    const isBehind =
      now - tail.oldestAt < this.set.handOverNs && this.isBehindHead(line, tail.newestKey, now);
    if (!isBehind && !this.set.isAnyBehind(line, tail.sinceUs, tail.oldestAt, now)) return false;
    this.putOffTo = now + LOOK_AGAIN_NS;
    return true;
  }

  /**
   * Whether a line may not have come as far as the head, where a record of this key cannot tell: the head was
   * received just now, or all else that the line says is older.
   */
  protected isBehindHead(line: number, key: number, now: number): boolean {
    if (!Number.isNaN(key)) return false;
    return now - this.journal.headAt < this.set.silenceNs || this.set.isBehind(line, this.headUs, now);
  }

  /** Looks for the record just delivered, at the head, among what other lines said ahead of their time. */
  protected meet(from: number, id: RecordIdentity): void {
    const position = this.journal.head;
    let met = 0;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (line === from || tail.count === 0) continue;
      const index = this.indexOf(tail, id);
      if (index < 0) continue;
      tail.isGuessed = tail.indexOf(id) < 0;
      for (let n = 0; n <= index; n++) tail.shift(this.set.held);
      tail.cursor = position;
      tail.stance = STANCE.aligned;
      this.aligned(line);
      met |= 1 << line;
    }
    // Only now, because what goes out moves the head and meets others in turn.
    for (let line = 0; met !== 0; line++, met >>= 1)
      if ((met & 1) !== 0) this.release(line, this.tails[line]!);
  }

  /** Finds a delivered record among what a line said. */
  protected indexOf(tail: LineTail, id: RecordIdentity): number {
    return tail.indexOf(id);
  }

  /** Called when a line finds its place by what another one says. */
  protected aligned(_line: number): void {}

  /** Whether a record may be delivered although the line lacks some of those before it. */
  protected abstract readonly mayJump: boolean;

  /** What the line remembers comes after the head: it goes out, in order. */
  protected release(line: number, tail: LineTail): void {
    const { held, due, statistics } = this.set;
    const { journal } = this;
    const id = this.released;
    while (tail.count > 0) {
      tail.read(0, id);
      // Another line's remembered records went out in between; most likely they are the same ones.
      if (tail.cursor < journal.head) {
        const position = journal.find(id, tail.cursor);
        if (position === 0 && !this.mayJump) {
          tail.stance = STANCE.unaligned;
          return;
        }
        if (position > 0 || !(id.key > journal.headKey)) {
          if (position > 0) tail.cursor = position;
          tail.shift(held);
          continue;
        }
      }
      const handle = tail.take();
      if (handle === 0) continue;
      this.#append(line, id);
      due.addRecord(this, line, handle);
      statistics[line]!.held++;
      this.meet(line, id);
    }
  }

  #append(line: number, id: RecordIdentity): void {
    const { journal } = this;
    if (journal.isFull && journal.canGrow && this.#isOldestNeeded()) journal.grow();
    journal.push(id, line);
    this.headUs = this.set.saidUs[line]!;
    this.tails[line]!.cursor = journal.head;
    this.set.statistics[line]!.win();
  }

  #isOldestNeeded(): boolean {
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (this.set.isOpen[line] && tail.stance === STANCE.aligned && tail.cursor < this.journal.oldest)
        return true;
    }
    return false;
  }

  #compare(line: number, position: number, id: RecordIdentity): void {
    const { statistics } = this.set;
    const winner = this.journal.line(position);
    if (winner === line) return;
    const ns = this.journal.ageNs(position, id);
    if (!(ns >= 0)) return;
    statistics[line]!.lag.addNs(ns);
    statistics[winner]!.lead.addNs(ns);
  }
}
