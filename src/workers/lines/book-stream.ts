import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { BOOK } from '../../shared/records/book.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { DUE } from './due-queue.ts';
import { JournalStream } from './journal-stream.ts';
import { type LineSet, LOOK_AGAIN_NS, NO_LINE } from './line-set.ts';
import { type LineTail, STANCE } from './line-tail.ts';
import type { RecordIdentity } from './record-identity.ts';
import { VERDICT, type Verdict } from './verdict.ts';

/**
 * Levels of a side that a checksum covers. In a book that is no deeper two equal checksums are two equal
 * books, and an update that a line lost without its checksum failing left no trace.
 */
const CHECKSUM_LEVELS = 10;

/**
 * The book of one instrument.
 *
 * A book is right after an update only if it was right before it, so an update is delivered only if it
 * follows directly, in the exchange's order, the last one delivered. That is known of a line in two cases
 * only. It is at the head: its last record is the last one delivered, and its own book was found right since.
 * Or another line has just delivered what this line said some records ago, and what it said since is
 * remembered. So, other than of a ticker, nothing of a line that is behind and says something unknown is
 * delivered: the line counts as not aligned until the lines say the same again.
 *
 * Where the exchange states neither a time nor a number nor a checksum, a level that changes back and forth is said
 * in the same words again and again. There records carry a digest of the whole book, so that two are the same only
 * where they lead to the same book; and a line that is not aligned is taken to be behind the head until the head is
 * older than any lag.
 *
 * Snapshots are not delivered but for the first of all. A line that has one is not aligned until it has an
 * update in common with what was delivered. In a book no deeper than the checksum a snapshot with the time
 * and checksum of one position is at that position.
 *
 * As long as any line is aligned the book is served, and what happens to the books of other lines is not
 * told. When none is, the book stands still at its head until a line with a live book that is not behind the
 * head is there: that line's book is written as a snapshot, from memory. If that takes too long, or no line
 * has a live book, the strategy is told that the book is stale.
 *
 * A line that is found to have lost an update without its checksum failing, in a book deeper than the
 * checksum covers, is suspect: it is not heard until its next snapshot. If it led, the book is written anew
 * from the line that found it out, as soon as that one is at the head.
 */
export class BookStream extends JournalStream {
  protected override readonly mayJump = false;
  /** Some snapshot, or an update of the lead, was delivered. */
  #isEstablished = false;
  /** The strategy knows that the book is not right. */
  #isBroken = false;
  /** The line whose book is to be written. */
  #asked = NO_LINE;
  /** Requests for a book that wait in the queue, the one that is no longer wanted included. */
  #requests = 0;
  /** A line that does not lack an update found out that one is missing of what was delivered. */
  #needsRepair = false;
  /** Since when no line serves the book, ns; NaN while one does. */
  #frozenAt = Number.NaN;
  /** A line could serve the book if it were not behind the head. */
  #isBehind = false;
  /** Levels of a side beyond those a checksum covers. */
  #isDeep = false;

  constructor(set: LineSet, instrument: number) {
    super(set, TYPE.book, instrument);
  }

  get waits(): boolean {
    if (!Number.isNaN(this.#frozenAt)) return true;
    for (let line = 0; line < LINES_MAX; line++) if (this.#couldTakeOver(this.tails[line]!)) return true;
    return false;
  }

  /**
   * Of several requests only the last one counts: the book that is written has all that its line said, so it may
   * not come before records that were queued after an older request.
   */
  takeRequest(line: number): boolean {
    this.#requests--;
    return this.#requests === 0 && this.#asked === line;
  }

  /** The strategy knows that the book is not right. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** True where the strategy has to be told that the book is live before the snapshot asked for. */
  get isAnnounced(): boolean {
    return this.#isBroken || !this.#isEstablished;
  }

  offer(line: number, view: DataView, at: number): Verdict {
    const { id } = this.set;
    const tail = this.tails[line]!;
    const { depth, hasChecksum, checksum, flags } = BOOK.field;
    id.checksum = checksum.get(view, at) | 0;
    const levels = depth.get(view, at);
    this.#isDeep = levels === 0 || levels > CHECKSUM_LEVELS || hasChecksum.get(view, at) === 0;
    tail.heard(id);
    tail.said(id);
    if ((flags.get(view, at) & FLAG.snapshot) !== 0) return this.#offerSnapshot(line, tail, view, at);
    if (tail.stance === STANCE.aligned) return this.#follow(line, tail, view, at);
    this.set.statistics[line]!.hidden++;
    if (tail.stance === STANCE.unaligned) this.#align(line, tail, view, at);
    return VERDICT.hidden;
  }

  /** @returns true where the strategy is to be told that the book is live, before its first snapshot. */
  live(line: number): boolean {
    return !this.#isEstablished && !this.#isBroken && line === this.set.lead;
  }

  /** The book of this line is wrong. @returns true where the strategy is to be told. */
  stale(line: number, now: number): boolean {
    const tail = this.tails[line]!;
    const wasServed = this.isServed;
    this.#leave(tail);
    if (this.#asked === line) this.#asked = NO_LINE;
    if (this.isServed || this.#isBroken || !wasServed) return false;
    this.#freeze(now);
    if (this.#hasLive()) return false;
    const isTold = this.#break();
    // What is still to be written was right, and comes before the word that the book is not.
    if (!isTold || this.queued === 0) return isTold;
    this.set.due.addRequest(DUE.stale, this, NO_LINE);
    return false;
  }

  /** The strategy was told that all its books are gone with the connection. */
  disconnected(): void {
    if (this.#isEstablished) this.#break();
  }

  /** The snapshot asked for was written from this line's books, or could not be. */
  snapshotWritten(line: number, isWritten: boolean): void {
    this.#asked = NO_LINE;
    const tail = this.tails[line]!;
    if (!isWritten) {
      this.#leave(tail);
      this.#evaluate(this.set.id.at);
      return;
    }
    const { id, held } = this.set;
    tail.clear(held);
    id.a = tail.lastA;
    id.b = tail.lastB;
    id.checksum = tail.lastChecksum;
    id.key = tail.lastKey;
    id.at = tail.lastAt;
    const isRepair = tail.stance === STANCE.aligned && tail.cursor === this.journal.head;
    if (!isRepair) this.journal.push(id, line);
    this.headUs = this.set.saidUs[line]!;
    tail.cursor = this.journal.head;
    this.#serves(tail);
    this.meet(line, id);
  }

  tick(now: number): void {
    if (now >= this.#lookAgainAt()) this.#evaluate(now);
    if (now >= this.#frozenAt + this.set.silenceNs && !this.#isBroken && this.#asked === NO_LINE) {
      this.#break();
      this.set.due.addRequest(DUE.stale, this, NO_LINE);
      // Now that the strategy knows, a book that is behind the head is better than none.
      this.#evaluate(now, true);
    }
    if (this.#asked !== NO_LINE) return;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (!this.#couldTakeOver(tail) || now < this.#takeOverAt(tail)) continue;
      if (!this.putsOff(line, tail, now)) this.#ask(line);
    }
  }

  deadline(): number {
    let at =
      Number.isNaN(this.#frozenAt) || this.#isBroken
        ? Number.POSITIVE_INFINITY
        : Math.min(this.#frozenAt + this.set.silenceNs, this.#lookAgainAt());
    if (this.#asked !== NO_LINE) return at;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (this.#couldTakeOver(tail)) at = Math.min(at, Math.max(this.#takeOverAt(tail), this.putOffTo));
    }
    return at;
  }

  closed(line: number, now: number): void {
    const wasServed = this.isServed || this.tails[line]!.stance === STANCE.aligned;
    this.opened(line);
    if (this.#asked === line) this.#asked = NO_LINE;
    if (!wasServed || this.isServed || this.#isBroken) return;
    this.#freeze(now);
  }

  handedOver(from: number, to: number, now: number): boolean {
    const old = this.tails[from]!;
    const tail = this.tails[to]!;
    if (tail.stance === STANCE.aligned) return true;
    if (Number.isNaN(old.lastAt)) return true;
    // A quiet book is written anew from the other line once this one is closed.
    const isQuiet = !(now - old.lastAt < this.set.silenceNs) && !this.set.isBehind(to, this.headUs, now);
    return isQuiet && tail.stance === STANCE.unaligned && !(tail.lastKey < this.journal.headKey);
  }

  /** The line whose own book is the one delivered last; -1 where none is. */
  lineAtHead(): number {
    if (this.queued > 0 || this.#isBroken) return NO_LINE;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      const isAtHead = tail.stance === STANCE.aligned && tail.cursor === this.journal.head;
      if (this.set.isOpen[line] && isAtHead) return line;
    }
    return NO_LINE;
  }

  protected override indexOf(tail: LineTail, id: RecordIdentity): number {
    const index = tail.indexOf(id);
    if (index >= 0 || this.#isDeep || Number.isNaN(id.key)) return index;
    return tail.indexOfState(id);
  }

  protected override aligned(line: number): void {
    this.#serves(this.tails[line]!);
  }

  #offerSnapshot(line: number, tail: LineTail, view: DataView, at: number): Verdict {
    const { id, held, lead } = this.set;
    tail.clear(held);
    if (!this.#isEstablished && !this.#isBroken && line === lead) {
      this.#serves(tail);
      tail.cursor = this.journal.head;
      return this.publish(line, view, at);
    }
    this.set.statistics[line]!.hidden++;
    const wasServed = this.isServed;
    tail.stance = STANCE.unaligned;
    if (wasServed && !this.isServed) this.#freeze(id.at);
    const position = this.#isDeep || Number.isNaN(id.key) ? 0 : this.journal.findState(id);
    if (position > 0 && !this.#isBroken) {
      tail.cursor = position;
      tail.isGuessed = true;
      this.#serves(tail);
      return VERDICT.hidden;
    }
    // Remembered without its bytes: a book that comes to the same state is where this line is.
    if (!this.#isDeep) tail.remember(id, 0, held);
    this.#evaluate(id.at);
    return VERDICT.hidden;
  }

  #follow(line: number, tail: LineTail, view: DataView, at: number): Verdict {
    const { id, statistics } = this.set;
    const { journal } = this;
    // The same book at the same time may be that before an update which changes nothing, or after it.
    if (tail.isGuessed) {
      tail.isGuessed = false;
      const position = journal.find(id, 0);
      if (position > 0 && position <= tail.cursor) tail.cursor = position - 1;
    }
    if (tail.cursor === journal.head) {
      this.#isEstablished = true;
      this.#asked = NO_LINE;
      return this.publish(line, view, at);
    }
    const position = this.ahead(tail);
    if (position > 0) {
      const isSuspect = this.#isDeep && position > tail.cursor + 1;
      this.recognise(line, tail, position);
      if (isSuspect) this.#suspect(line, tail);
      else if (this.#needsRepair && position === journal.head) this.#ask(line);
      return VERDICT.duplicate;
    }
    if (id.key < journal.headKey) {
      this.#missed(line, tail);
      statistics[line]!.late++;
      return VERDICT.late;
    }
    statistics[line]!.hidden++;
    tail.stance = STANCE.unaligned;
    this.#keep(tail, view, at);
    if (!this.isServed) this.#freeze(id.at);
    return VERDICT.hidden;
  }

  #align(line: number, tail: LineTail, view: DataView, at: number): void {
    const { id, held } = this.set;
    const { journal } = this;
    const position = this.#isBroken ? 0 : journal.find(id, 0);
    if (position > 0) {
      // What is remembered was said before this, so it was delivered or is late.
      tail.clear(held);
      if (journal.find(id, position) !== 0) return;
      this.recognise(line, tail, position);
      this.#serves(tail);
      return;
    }
    if (id.key < journal.headKey) return;
    this.#keep(tail, view, at);
    this.#evaluate(id.at);
  }

  /** Remembers an update. Without room for it what came before it is of no use: only a whole sequence is delivered. */
  #keep(tail: LineTail, view: DataView, at: number): void {
    if (!this.remember(tail, view, at)) tail.clear(this.set.held);
  }

  /** An update that this line has is missing of what was delivered. */
  #missed(line: number, tail: LineTail): void {
    const leader = this.journal.line(Math.max(tail.cursor + 1, this.journal.oldest));
    if (leader === line) return;
    this.set.statistics[leader]!.lose(1);
    if (!this.#isDeep) return;
    this.#needsRepair = true;
    const led = this.tails[leader]!;
    if (this.set.isOpen[leader] && led.stance === STANCE.aligned) this.#suspect(leader, led);
  }

  #suspect(line: number, tail: LineTail): void {
    this.#leave(tail);
    this.set.due.addRequest(DUE.suspect, this, line);
    if (!this.isServed) this.#freeze(this.set.id.at);
  }

  /** The line is at its place, with a right book. */
  #serves(tail: LineTail): void {
    tail.stance = STANCE.aligned;
    this.#isEstablished = true;
    this.#isBroken = false;
    this.#asked = NO_LINE;
    this.#frozenAt = Number.NaN;
    if (tail.cursor === this.journal.head) this.#needsRepair = false;
  }

  #leave(tail: LineTail): void {
    tail.clear(this.set.held);
    tail.stance = STANCE.absent;
  }

  /** No line serves the book from here on. */
  #freeze(now: number): void {
    this.#frozenAt = now;
    this.#evaluate(now);
  }

  /** @returns true where the strategy is to be told that the book is stale. */
  #break(): boolean {
    const told = !this.#isBroken;
    this.#isBroken = true;
    this.#frozenAt = Number.NaN;
    return told;
  }

  /** Asks for a snapshot of a line that is not behind the head, or of any, where no line serves the book. */
  #evaluate(now: number, any = false): void {
    this.#isBehind = false;
    if (this.#asked !== NO_LINE || this.isServed) return;
    let best = NO_LINE;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (!this.#isLive(line) || (!any && tail.lastKey < this.journal.headKey)) continue;
      if (!any && this.isBehindHead(line, tail.lastKey, now)) {
        this.#isBehind = true;
        this.putOffTo = now + LOOK_AGAIN_NS;
        continue;
      }
      if (best === NO_LINE || tail.lastKey > this.tails[best]!.lastKey) best = line;
    }
    if (best !== NO_LINE) this.#ask(best);
  }

  /** When to ask again for a book that was behind; ns. */
  #lookAgainAt(): number {
    return this.#isBehind && !Number.isNaN(this.#frozenAt) ? this.putOffTo : Number.POSITIVE_INFINITY;
  }

  #ask(line: number): void {
    this.#asked = line;
    this.#requests++;
    this.set.due.addRequest(DUE.snapshot, this, line);
  }

  #isLive(line: number): boolean {
    return (
      this.set.isOpen[line]! &&
      this.tails[line]!.stance !== STANCE.absent &&
      !Number.isNaN(this.tails[line]!.lastAt)
    );
  }

  #hasLive(): boolean {
    for (let line = 0; line < LINES_MAX; line++) if (this.#isLive(line)) return true;
    return false;
  }

  /** A line that goes on while those that are aligned are silent. */
  #couldTakeOver(tail: LineTail): boolean {
    return tail.stance === STANCE.unaligned && tail.records > 0 && !(tail.lastKey <= this.journal.headKey);
  }

  #takeOverAt(tail: LineTail): number {
    return Math.max(tail.oldestAt, this.servedAt()) + this.set.silenceNs;
  }
}
