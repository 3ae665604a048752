import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { JournalStream } from './journal-stream.ts';
import { NO_LINE } from './line-set.ts';
import { type LineTail, STANCE } from './line-tail.ts';
import type { RecordIdentity } from './record-identity.ts';
import { VERDICT, type Verdict } from './verdict.ts';

const { flags: FLAGS } = HEADER.field;

/**
 * Tickers, quotes, candles of one interval, and trades whose ids are not counted one by one, or that have none.
 *
 * A line at the head is next. One behind the head says again what was delivered, which is dropped. If what
 * it says is not in front of it in the journal, then either the lines before it lost this record, or it lost
 * all of theirs; the time the exchange states, or the id, decides: older than the head is late and is dropped, because a
 * state that goes back is worse than one that is missing; newer is next. Without a time, or with the same,
 * the record is held until the line says something that is recognised (it was late), or another line says
 * the same (it was next), or the hold time is over (it is taken to be next).
 *
 * A line whose place is not known is not heard: some of what it missed by coming later may be on its way on
 * another line. It is aligned by the first record that is delivered once in the journal; where records carry
 * no time, and the same content may come again, by two different ones in a row.
 */
export class OrderedStream extends JournalStream {
  protected override readonly mayJump = true;
  #holdNs = Number.NaN;

  get waits(): boolean {
    for (let line = 0; line < LINES_MAX; line++) if (this.tails[line]!.count > 0) return true;
    return false;
  }

  takeRequest(): boolean {
    return false;
  }

  offer(line: number, view: DataView, at: number): Verdict {
    const tail = this.tails[line]!;
    tail.heard(this.set.id);
    const verdict =
      tail.stance === STANCE.aligned ? this.#follow(line, tail, view, at) : this.#align(line, tail, view, at);
    tail.said(this.set.id);
    return verdict;
  }

  tick(now: number): void {
    // What a line that knows its place holds goes before what another one may have of the same.
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (tail.stance !== STANCE.aligned || tail.count === 0) continue;
      if (now >= this.#deadlineOf(tail) && !this.putsOff(line, tail, now))
        this.#skipAhead(line, tail, tail.newestKey);
    }
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (tail.stance === STANCE.aligned || tail.count === 0) continue;
      if (now >= this.#deadlineOf(tail) && !this.putsOff(line, tail, now)) this.#promote(line, tail);
    }
  }

  deadline(): number {
    let at = Number.POSITIVE_INFINITY;
    for (let line = 0; line < LINES_MAX; line++) {
      const tail = this.tails[line]!;
      if (tail.count > 0) at = Math.min(at, this.#deadlineOf(tail));
    }
    return Math.max(at, this.putOffTo);
  }

  closed(line: number, now: number): void {
    const wasQuiet = this.#isQuiet(this.tails[line]!, now);
    this.opened(line);
    if (this.isServed) return;
    const next = this.#nextToServe();
    if (next === NO_LINE) return;
    const tail = this.tails[next]!;
    // Between what was delivered and what this line has there may be records that were lost with the other.
    if (!wasQuiet && this.journal.head > 0) this.set.due.addGap(this, next, Number.NaN);
    this.#promote(next, tail);
  }

  handedOver(from: number, to: number, now: number): boolean {
    const old = this.tails[from]!;
    const tail = this.tails[to]!;
    if (tail.stance === STANCE.aligned) return tail.count === 0;
    // What the other one alone said may be on its way here, unless it was said long ago and this one is not behind.
    if (this.set.isBehind(to, this.headUs, now)) return false;
    if (Number.isNaN(old.lastAt)) return this.#isQuiet(tail, now);
    return this.#isQuiet(old, now);
  }

  /** Where there is no time, only a change from one content to another tells the place. */
  protected override indexOf(tail: LineTail, id: RecordIdentity): number {
    if (!Number.isNaN(id.key) || tail.stance === STANCE.aligned) return tail.indexOf(id);
    return tail.indexOfChange(id, this.journal, this.journal.head - 1);
  }

  #follow(line: number, tail: LineTail, view: DataView, at: number): Verdict {
    const { id, statistics } = this.set;
    const { journal } = this;
    if (tail.isGuessed && this.#isBack(tail)) {
      statistics[line]!.duplicates++;
      return VERDICT.duplicate;
    }
    if (tail.cursor === journal.head && tail.count === 0) return this.publish(line, view, at);
    const position = this.ahead(tail);
    if (position > 0) {
      // What it said in between was before this.
      statistics[line]!.late += tail.count;
      tail.clear(this.set.held);
      this.recognise(line, tail, position);
      return VERDICT.duplicate;
    }
    if (id.key < journal.headKey) {
      // History is older than what was delivered, and no word against it.
      if ((FLAGS.get(view, at) & FLAG.snapshot) === 0) this.#blame(tail.cursor + 1);
      statistics[line]!.late++;
      return VERDICT.late;
    }
    if (id.key > journal.headKey) {
      this.#skipAhead(line, tail, id.key);
      return this.publish(line, view, at);
    }
    if (tail.count === 0) this.#holdNs = this.set.holdNs();
    if (!this.remember(tail, view, at)) {
      statistics[line]!.late++;
      return VERDICT.late;
    }
    return VERDICT.held;
  }

  /** Whether a line whose place was settled by silence says something that the strategy knows already. */
  #isBack(tail: LineTail): boolean {
    const { id } = this.set;
    const { journal } = this;
    const isFirst = id.at === tail.firstAt;
    if (id.key < journal.headKey) return true;
    if ((isFirst || !Number.isNaN(id.key)) && journal.find(id, 0) > 0) return true;
    if (isFirst && journal.head === 0 && this.typeId !== TYPE.trade) return true;
    tail.isGuessed = isFirst;
    return false;
  }

  #align(line: number, tail: LineTail, view: DataView, at: number): Verdict {
    const { id, statistics, held } = this.set;
    const { journal } = this;
    statistics[line]!.hidden++;
    const isTimed = !Number.isNaN(id.key);
    const position = journal.find(id, 0);
    if (position > 0 && journal.find(id, position) === 0) {
      // What was delivered long ago comes again rather than late.
      const isSame =
        isTimed || (this.#isChange(tail, position) && journal.ageNs(position, id) < this.set.silenceNs);
      if (isSame) {
        tail.clear(held);
        this.recognise(line, tail, position);
        return VERDICT.duplicate;
      }
    }
    if (position > 0 && isTimed) return VERDICT.hidden;
    // History and what is older than the head cannot be next.
    const isHistory = (FLAGS.get(view, at) & FLAG.snapshot) !== 0;
    if (isHistory || id.key < journal.headKey) return VERDICT.hidden;
    if (!this.isServed) {
      this.#promote(line, tail);
      return this.publish(line, view, at);
    }
    this.remember(tail, view, at);
    return VERDICT.hidden;
  }

  /** Whether this line, too, said before this what the journal has before that position, and something else. */
  #isChange(tail: LineTail, position: number): boolean {
    const { id } = this.set;
    const isOther = tail.lastA !== id.a || tail.lastB !== id.b;
    return isOther && this.journal.is(position - 1, tail.lastA, tail.lastB);
  }

  /**
   * The line lost all that is delivered in front of it up to what it said last, of this key; what it remembers is
   * next. What was delivered of a later time it may say yet.
   */
  #skipAhead(line: number, tail: LineTail, key: number): void {
    const { statistics, held } = this.set;
    const { journal } = this;
    const { headKey } = journal;
    const position = journal.upTo(key, tail.cursor);
    statistics[line]!.lose(position - tail.cursor);
    tail.cursor = position;
    // Others may have gone on past it while it was held.
    for (; tail.count > 0 && tail.oldestKey < headKey; tail.shift(held)) statistics[line]!.late++;
    this.release(line, tail);
  }

  /**
   * The line's next record is next. What came with its first message says how things stood when it was
   * subscribed, which the strategy knows; unless the exchange's time says it is newer, or it is a trade: trades of
   * before are history, and not remembered.
   */
  #promote(line: number, tail: LineTail): void {
    const { held } = this.set;
    const { headKey } = this.journal;
    let known = 0;
    for (let n = 0; n < tail.count; n++) {
      tail.read(n, this.released);
      if (this.journal.find(this.released, 0) > 0) known = n + 1;
    }
    for (; known > 0; known--) tail.shift(held);
    if (this.typeId === TYPE.trade) while (tail.count > 0 && tail.oldestKey <= headKey) tail.shift(held);
    else
      while (tail.count > 0 && tail.oldestAt === tail.firstAt && !(tail.oldestKey > headKey))
        tail.shift(held);
    tail.stance = STANCE.aligned;
    tail.isGuessed = true;
    tail.cursor = this.journal.head;
    this.release(line, tail);
  }

  /** A record that another line has is not among what was delivered; whose records are has lost it. */
  #blame(position: number): void {
    this.set.statistics[this.journal.line(position)]!.lose(1);
  }

  #deadlineOf(tail: LineTail): number {
    if (tail.stance === STANCE.aligned) return tail.oldestAt + this.#holdNs;
    let at = Math.max(tail.oldestAt, this.servedAt()) + this.set.silenceNs;
    for (let line = 0; line < LINES_MAX; line++) {
      const other = this.tails[line]!;
      if (other.stance === STANCE.aligned && other.count > 0)
        at = Math.max(at, other.oldestAt + this.#holdNs);
    }
    return at;
  }

  /** Nothing came for so long that nothing more is on its way. */
  #isQuiet(tail: LineTail, now: number): boolean {
    return !(now - tail.lastAt < this.set.silenceNs);
  }

  /** The line that was heard last. */
  #nextToServe(): number {
    let next = NO_LINE;
    for (let line = 0; line < LINES_MAX; line++) {
      if (!this.set.isOpen[line]) continue;
      if (next === NO_LINE || this.tails[line]!.lastAt > this.tails[next]!.lastAt) next = line;
    }
    return next;
  }
}
