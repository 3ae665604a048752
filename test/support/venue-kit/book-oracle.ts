import { PlainBook } from './plain-book.ts';
import { type BookRules, type BookStatement, isAbsent } from './venue-case.ts';

export type OracleState = 'absent' | 'live' | 'stale';

/**
 * What has to become of one book, found by the venue's rules from the messages' JSON: when it is live, when
 * it can be trusted no longer, what it holds, and which messages are in it.
 */
export class BookOracle {
  state: OracleState = 'absent';
  readonly book: PlainBook;
  /** Ids of what is in the book, in their order; -1 where the venue counts nothing. */
  readonly applied: number[] = [];
  /** Messages that were received and of which nothing may be shown. */
  discarded = 0;
  /** Messages that a snapshot had in it already. */
  covered = 0;
  readonly #symbol: string;
  readonly #rules: BookRules;
  /** Id of the newest message; NaN before the first. */
  #newest = Number.NaN;
  #snapshotId = Number.NaN;
  #kept: BookStatement[] = [];

  constructor(symbol: string, depth: number, rules: BookRules) {
    this.#symbol = symbol;
    this.#rules = rules;
    this.book = new PlainBook(depth);
  }

  take(statement: BookStatement): void {
    if (statement.snapshot) this.#takeSnapshot(statement);
    else this.#takeUpdate(statement);
  }

  /** Updates that wait for their snapshot. */
  get waiting(): number {
    return this.#kept.length;
  }

  /** Something of the connection is missing, and it may have been of this book. */
  lose(): void {
    if (this.state === 'live') this.state = 'stale';
  }

  /** The book is unsubscribed and subscribed again. */
  restart(): void {
    this.state = 'absent';
    this.#newest = Number.NaN;
    this.#kept = [];
  }

  #takeSnapshot(snapshot: BookStatement): void {
    if (this.#rules.beforeSnapshot !== 'is kept') {
      this.#newest = snapshot.id ?? Number.NaN;
      this.state = 'live';
      this.#apply(snapshot);
      return;
    }
    // Asked for when updates had begun to come: what it has already is left out, the others follow it. One
    // that is older than the first of them is of no use, and another is asked for.
    const kept = this.#kept;
    const snapshotId = snapshot.id ?? Number.NaN;
    if (this.state !== 'absent' || (kept[0]?.follows ?? 0) > snapshotId) return;
    this.#kept = [];
    this.#snapshotId = snapshotId;
    this.state = 'live';
    this.#apply(snapshot);
    const later = kept.filter(({ id }) => id! > snapshotId);
    this.covered += kept.length - later.length;
    for (const update of later) this.#apply(update);
  }

  #takeUpdate(update: BookStatement): void {
    const { beforeSnapshot } = this.#rules;
    if (this.state === 'stale') {
      this.#discard(update);
      return;
    }
    if (update.follows !== undefined && this.#breaksSequence(update)) {
      this.#break(update);
      return;
    }
    this.#newest = update.id ?? Number.NaN;
    if (this.state === 'live') {
      if (beforeSnapshot === 'is kept' && update.id! <= this.#snapshotId) this.covered++;
      else if (beforeSnapshot === 'is kept' && this.applied.at(-1)! < update.follows!) this.#break(update);
      else this.#apply(update);
    } else if (beforeSnapshot === 'is kept') this.#kept.push(update);
    else this.#discard(update);
  }

  #breaksSequence({ follows }: BookStatement): boolean {
    if (Number.isNaN(this.#newest))
      return this.state === 'absent' && this.#rules.beforeSnapshot === 'is a gap';
    return follows !== this.#newest;
  }

  #apply(statement: BookStatement): void {
    if (this.state !== 'live') {
      this.#discard(statement);
      return;
    }
    if (statement.isSilent === true) return;
    const { book } = this;
    const { bids, asks, snapshot, checksum, id = -1 } = statement;
    book.apply(bids, asks, snapshot);
    const { checksum: compute } = this.#rules;
    const holds =
      checksum === undefined || isAbsent(compute)
        ? !book.isCrossed
        : compute(book, this.#symbol) === checksum;
    if (holds) this.applied.push(id);
    else this.#break(statement);
  }

  #break(statement: BookStatement): void {
    this.state = 'stale';
    for (const kept of this.#kept) this.#discard(kept);
    this.#kept = [];
    this.#discard(statement);
  }

  #discard({ isSilent }: BookStatement): void {
    if (isSilent !== true) this.discarded++;
  }
}
