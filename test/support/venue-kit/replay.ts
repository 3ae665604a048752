import assert from 'node:assert/strict';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import type { ListedRecord } from '../list-sink.ts';
import { BookOracle, type OracleState } from './book-oracle.ts';
import { CodecHarness, instrumentsOf } from './codec-harness.ts';
import { PlainBook } from './plain-book.ts';
import { connect, type Session, type Step, subscriptionsOf } from './session.ts';
import type { TallySink } from './tally-sink.ts';
import type { TextLevel, VenueCase } from './venue-case.ts';

/** In the order of `BOOK_STATE`. */
const STATES: readonly OracleState[] = ['absent', 'live', 'stale'];
/** Levels that are compared after every message; all of them are at the end. */
const TOP = 10;

/** A session read by a codec, and beside it what has to come of it by the kit's own account. */
export class Replay {
  readonly harness: CodecHarness;
  readonly session: Session;
  /** By the symbol's place in the session. */
  readonly oracles: readonly BookOracle[];
  readonly #venue: VenueCase;
  readonly #tally: TallySink | undefined;
  /** Books rebuilt from the records, as a strategy would. */
  readonly #shown: PlainBook[];
  #recordsSeen = 0;
  /** Of the next message of the connection, where they are counted. */
  #nextCount = 0;
  /** Answers over REST that have come and were not asked for yet. */
  readonly #answers = new Map<string, Step>();
  readonly #ids: ReadonlyMap<string, number>;

  /** @param tally counts the records of the books instead of keeping all; the books shown are then not compared. */
  constructor(venue: VenueCase, session: Session, hot: boolean, tally?: TallySink) {
    this.#tally = tally;
    const { symbols, channels } = session;
    this.#venue = venue;
    this.session = session;
    this.#ids = new Map(symbols.map((symbol, id) => [symbol, id]));
    this.harness = new CodecHarness({
      createCodec: (context, mayBeHot) => venue.createCodec(context, mayBeHot),
      instruments: instrumentsOf(symbols),
      hot,
      ...(tally === undefined ? {} : { sink: tally }),
    });
    const depth = channels.find(({ channel }) => channel === 'book')?.depth ?? 0;
    this.oracles = symbols.map((symbol) => new BookOracle(symbol, depth, venue.books));
    this.#shown = symbols.map(() => new PlainBook(depth));
    connect(venue, this.harness.codec, subscriptionsOf(channels, symbols));
  }

  idOf(symbol: string): number {
    const id = this.#ids.get(symbol);
    assert.ok(id !== undefined, `${symbol} is no symbol of the session ${this.session.name}`);
    return id;
  }

  play(steps: readonly Step[]): this {
    for (const step of steps) this.read(step);
    return this;
  }

  read(step: Step): void {
    if (step.path !== undefined) this.#answers.set(this.#keyOf(step.path), step);
    else {
      this.harness.read(step.bytes);
      this.#account(step);
    }
    this.#answer();
  }

  /** What the codec takes this book for. */
  state(id: number): OracleState {
    return STATES[this.harness.books.state(id as InstrumentId)]!;
  }

  /** What it ought to be. */
  expected(id: number): OracleState {
    return this.oracles[id]!.state;
  }

  /** Books that the codec gave up, in that order and each once, as their symbols. */
  get stale(): string[] {
    const ids = this.harness.events.flatMap((line) => /^book stale book (\d+) /.exec(line)?.[1] ?? []);
    return [...new Set(ids)].map((id) => this.session.symbols[Number(id)]!);
  }

  get hasStale(): boolean {
    return this.harness.staleTold > 0;
  }

  /** Whether the codec said that something is missing on the connection. */
  get wantsAnother(): boolean {
    return this.hasStale || this.harness.events.includes('outdated');
  }

  /** A session unsubscribes and subscribes a book whose state is lost. @returns the requests for it. */
  resubscribe(id: number): string[] {
    const { codec } = this.harness;
    const books = subscriptionsOf(this.session.channels, this.session.symbols).filter(
      ({ channel, instrument }) => channel === 'book' && instrument === id,
    );
    this.oracles[id]!.restart();
    return [...codec.unsubscribe(books), ...codec.subscribe(books)];
  }

  /** Compares the books of these symbols with what they have to be, and with what the records show. */
  compare(ids: Iterable<number>, where: string, levels = TOP): void {
    assert.ok(this.#tally === undefined, 'books are compared where their records are kept');
    this.#show();
    for (const id of ids) {
      const symbol = this.session.symbols[id];
      const oracle = this.oracles[id]!;
      assert.equal(this.state(id), oracle.state, `the state of ${symbol} ${where}`);
      if (oracle.state !== 'live') continue;
      const shown = this.#shown[id]!;
      assert.ok(!shown.isCrossed, `${symbol} is not crossed ${where}`);
      assert.deepEqual(shown.top(levels), oracle.book.top(levels), `the book of ${symbol} ${where}`);
    }
  }

  /** Every message of a book is shown, or was in the snapshot already, or is counted as discarded. */
  compareAccounts(where: string): void {
    for (const [id, oracle] of this.oracles.entries()) {
      const symbol = this.session.symbols[id];
      assert.deepEqual(this.#sequencesOf(id), oracle.applied, `the messages shown of ${symbol} ${where}`);
      assert.equal(this.#discardedOf(id), oracle.discarded, `the messages discarded of ${symbol} ${where}`);
    }
  }

  /** Every trade, ticker, candle and quote of these steps is a record. */
  compareMarket(steps: readonly Step[]): void {
    const { sink } = this.harness;
    const said = steps.flatMap(({ statements }) => statements);
    for (const [id, symbol] of this.session.symbols.entries()) {
      const own = said.filter((statement) => statement.symbol === symbol);
      const trades = own.filter(({ kind }) => kind === 'trade') as { price: string; qty: string }[];
      assert.deepEqual(
        sink
          .named('trade')
          .filter(isOf(id))
          .map(({ values }) => `${values['price']} ${values['qty']}`)
          .sort(),
        trades.map(({ price, qty }) => `${Number(price)} ${Number(qty)}`).sort(),
        `the trades of ${symbol}`,
      );
      for (const kind of ['ticker', 'candle', 'quote'] as const)
        assert.equal(
          sink.named(kind).filter(isOf(id)).length,
          own.filter((statement) => statement.kind === kind).length,
          `records of kind ${kind} of ${symbol}`,
        );
    }
  }

  /** Every record but notices, byte for byte, since the last connection began. */
  recordBytes(): string[] {
    return this.harness.sink.records
      .filter(({ name }) => name !== 'status')
      .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  }

  /** The connection is lost, another one is made, and everything is subscribed again. */
  reconnect(): void {
    const { harness, session } = this;
    harness.codec.reset();
    harness.books.reset();
    harness.clear();
    harness.asked.length = 0;
    this.#answers.clear();
    this.#recordsSeen = 0;
    for (const oracle of this.oracles) oracle.restart();
    this.#nextCount = 0;
    connect(this.#venue, harness.codec, subscriptionsOf(session.channels, session.symbols));
  }

  close(): void {
    this.harness.close();
  }

  #sequencesOf(id: number): unknown[] {
    if (this.#tally !== undefined) return this.#tally.sequencesOf(id);
    const books = this.harness.sink.named('book').filter(isOf(id));
    return books.map(({ values }) => values['sequence']);
  }

  #discardedOf(id: number): number {
    if (this.#tally !== undefined) return this.#tally.discardedOf(id);
    return this.harness.sink.discards
      .filter(({ name, instrument }) => name === 'book' && instrument === id)
      .reduce((sum, { records }) => sum + records, 0);
  }

  #keyOf(path: string): string {
    return this.#venue.restKey?.(path) ?? path;
  }

  /** Answers what is asked and has come. */
  #answer(): void {
    const { asked } = this.harness;
    for (let left = asked.length; left > 0; left--) {
      const key = this.#keyOf(asked[0]!.path);
      const answer = this.#answers.get(key);
      if (answer === undefined) {
        asked.push(asked.shift()!);
        continue;
      }
      this.#answers.delete(key);
      this.harness.answer(answer.text);
      this.#account(answer);
    }
  }

  #account({ statements, count }: Step): void {
    if (count !== undefined) {
      if (count !== this.#nextCount) for (const oracle of this.oracles) oracle.lose();
      this.#nextCount = count + 1;
    }
    for (const statement of statements)
      if (statement.kind === 'book') this.oracles[this.idOf(statement.symbol)]!.take(statement);
  }

  #show(): void {
    const { records } = this.harness.sink;
    for (; this.#recordsSeen < records.length; this.#recordsSeen++) {
      const record = records[this.#recordsSeen]!;
      if (record.name !== 'book') continue;
      const { instrument, flags = 0 } = record.values;
      const texts = (levels: ListedRecord['bids'] = []): TextLevel[] =>
        levels.map(([price, qty]) => [String(price), String(qty)]);
      this.#shown[instrument!]!.apply(texts(record.bids), texts(record.asks), (flags & FLAG.snapshot) !== 0);
    }
  }
}

const isOf =
  (id: number) =>
  ({ values }: ListedRecord): boolean =>
    values['instrument'] === id;
