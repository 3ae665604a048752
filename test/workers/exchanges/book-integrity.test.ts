import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumLevel } from '../../../src/shared/book/book-checksum.ts';
import { CRC_START, crcOf, registerOf } from '../../../src/shared/book/crc32.ts';
import { Level } from '../../../src/shared/book/level.ts';
import { OrderBook } from '../../../src/shared/book/order-book.ts';
import type { Subscription } from '../../../src/shared/contract.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../../src/shared/counters/feed-counters.ts';
import { SYMBOL, SymbolCounters } from '../../../src/shared/counters/symbol-counters.ts';
import { checksumDigits, readDecimal, ScannedDecimal } from '../../../src/shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import { BOOK } from '../../../src/shared/records/book.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { BookIntegrity } from '../../../src/workers/exchanges/book-integrity.ts';
import { BookMessage, type LevelList } from '../../../src/workers/exchanges/book-message.ts';
import { CHECKSUM_VECTORS } from '../../support/checksum-vectors.ts';
import { ListEvents } from '../../support/list-events.ts';
import { ListSink } from '../../support/list-sink.ts';
import { Random } from '../../support/random.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';

type Texts = readonly (readonly [price: string, qty: string])[];

interface Sent {
  readonly kind: 'snapshot' | 'update';
  readonly bids?: Texts;
  readonly asks?: Texts;
  /** Left out where the exchange sends none. */
  readonly checksum?: number;
  readonly instrument?: number;
}

const BOOK_5: Subscription = { channel: 'book', instrument: 5 as InstrumentId, depth: 10 };

/** A feed's books with everything they say collected, and a way to hand them messages as a codec does. */
class Desk {
  readonly sink = new ListSink();
  readonly symbols = new SymbolCounters(SymbolCounters.memory());
  readonly counters = { local: new Float64Array(FEED_COUNTER_WORDS) };
  readonly books = new BookIntegrity(
    this.sink,
    this.sink,
    new ListEvents(this.sink.log),
    this.symbols,
    this.counters,
  );
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(subscription: Subscription | undefined = BOOK_5) {
    if (subscription !== undefined) this.books.open(subscription);
  }

  take({ kind, bids = [], asks = [], checksum, instrument = 5 }: Sent): void {
    const message = this.#message;
    message.begin(instrument as InstrumentId, kind === 'snapshot');
    message.exchangeAtUs = (1e15 + this.sink.records.length) as ExchangeUs;
    message.sequence = this.sink.records.length;
    this.#read(bids, message.bids, message.instrument);
    this.#read(asks, message.asks, message.instrument);
    if (checksum !== undefined) {
      message.hasChecksum = true;
      message.checksum = checksum;
    }
    this.books.take(message);
  }

  /** What was said since the last time. */
  said(): string[] {
    const said = [...this.sink.log];
    this.sink.clear();
    return said;
  }

  counts(instrument = 5): Record<string, number> {
    const of = (word: number): number => this.symbols.get(instrument as InstrumentId, word);
    assert.equal(this.counters.local[FEED.checksumsChecked], of(SYMBOL.checksumsChecked));
    assert.equal(this.counters.local[FEED.checksumsFailed], of(SYMBOL.checksumsFailed));
    assert.equal(of(SYMBOL.bookState), this.books.state(instrument as InstrumentId));
    return {
      held: of(SYMBOL.checksumsChecked) - of(SYMBOL.checksumsFailed),
      failed: of(SYMBOL.checksumsFailed),
      state: of(SYMBOL.bookState),
    };
  }

  #read(texts: Texts, list: LevelList, instrument: InstrumentId): void {
    const level = this.#level;
    const number = this.#number;
    for (const [price, qty] of texts) {
      readDecimal(price, number);
      level.price = number.value;
      level.priceDecimals = number.decimals;
      readDecimal(qty, number);
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      checksumLevel(
        level,
        price,
        qty,
        this.books.priceDecimals(instrument),
        this.books.qtyDecimals(instrument),
      );
      list.add(level);
    }
  }
}

/** The checksum of these levels, gathered as the exchange's documentation says. */
const checksumOf = (asks: Texts, bids: Texts): number =>
  crcOf(
    registerOf(
      [...asks.slice(0, 10), ...bids.slice(0, 10)]
        .flat()
        .map((text) => checksumDigits(text, 0))
        .join(''),
      CRC_START,
    ),
  );

const ASKS: Texts = [
  ['10.2', '1.0'],
  ['10.3', '2.0'],
];
const BIDS: Texts = [
  ['10.1', '3.0'],
  ['10.0', '4.0'],
];
const SNAPSHOT: Sent = { kind: 'snapshot', asks: ASKS, bids: BIDS, checksum: checksumOf(ASKS, BIDS) };
const UPDATE: Sent = {
  kind: 'update',
  bids: [['10.1', '5.0']],
  checksum: checksumOf(ASKS, [
    ['10.1', '5.0'],
    ['10.0', '4.0'],
  ]),
};
const BAD_UPDATE: Sent = { ...UPDATE, checksum: 1 };
const BAD_SNAPSHOT: Sent = { ...SNAPSHOT, checksum: 2 };

const LIVE = ['status live of 5', 'book snapshot of 5: 2 bids, 2 asks', 'event book live book of 5'];

interface Scenario {
  readonly title: string;
  readonly steps: readonly (readonly [
    step: Sent | ((books: BookIntegrity) => void),
    said: readonly string[],
  ])[];
  readonly counts: { readonly held: number; readonly failed: number; readonly state: 0 | 1 | 2 };
}

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'the first snapshot makes a book live, and updates that hold are delivered',
    steps: [
      [SNAPSHOT, LIVE],
      [UPDATE, ['book update of 5: 1 bids, 0 asks']],
    ],
    counts: { held: 2, failed: 0, state: 1 },
  },
  {
    title: 'updates before the first snapshot are counted as discarded',
    steps: [
      [UPDATE, ['discard 1 book of 5: BOOK_INVALID']],
      [SNAPSHOT, LIVE],
    ],
    counts: { held: 1, failed: 0, state: 1 },
  },
  {
    title: 'messages of a book that nobody subscribed are counted as discarded',
    steps: [
      [{ ...SNAPSHOT, instrument: 4 }, ['discard 1 book of 4: BOOK_INVALID']],
      [{ ...UPDATE, instrument: 4000 }, ['discard 1 book of 4000: BOOK_INVALID']],
      [{ ...UPDATE, instrument: NO_INSTRUMENT }, [`discard 1 book of ${NO_INSTRUMENT}: BOOK_INVALID`]],
      [(books) => books.close(5 as InstrumentId), []],
      [SNAPSHOT, ['discard 1 book of 5: BOOK_INVALID']],
    ],
    counts: { held: 0, failed: 0, state: 0 },
  },
  {
    title: 'a failed check makes the book stale until a snapshot that holds, even if updates match again',
    steps: [
      [SNAPSHOT, LIVE],
      [
        BAD_UPDATE,
        [
          'status stale of 5 CHECKSUM_MISMATCH',
          'discard 1 book of 5: CHECKSUM_MISMATCH',
          'event book stale book of 5: CHECKSUM_MISMATCH',
        ],
      ],
      [UPDATE, ['discard 1 book of 5: CHECKSUM_MISMATCH']],
      [SNAPSHOT, LIVE],
      [UPDATE, ['book update of 5: 1 bids, 0 asks']],
    ],
    counts: { held: 3, failed: 1, state: 1 },
  },
  {
    title:
      'updates between closing a stale book and its new snapshot are discarded for the reason it is stale',
    steps: [
      [SNAPSHOT, LIVE],
      [
        BAD_UPDATE,
        [
          'status stale of 5 CHECKSUM_MISMATCH',
          'discard 1 book of 5: CHECKSUM_MISMATCH',
          'event book stale book of 5: CHECKSUM_MISMATCH',
        ],
      ],
      [(books) => books.close(5 as InstrumentId), []],
      [UPDATE, ['discard 1 book of 5: CHECKSUM_MISMATCH']],
      [(books) => books.open(BOOK_5), []],
      [UPDATE, ['discard 1 book of 5: CHECKSUM_MISMATCH']],
      [SNAPSHOT, LIVE],
      [(books) => books.close(5 as InstrumentId), []],
      [UPDATE, ['discard 1 book of 5: BOOK_INVALID']],
    ],
    counts: { held: 2, failed: 1, state: 0 },
  },
  {
    title: 'a snapshot that fails asks for another one each time, and says stale once',
    steps: [
      [
        BAD_SNAPSHOT,
        [
          'status stale of 5 CHECKSUM_MISMATCH',
          'discard 1 book of 5: CHECKSUM_MISMATCH',
          'event book stale book of 5: CHECKSUM_MISMATCH',
        ],
      ],
      [
        BAD_SNAPSHOT,
        ['discard 1 book of 5: CHECKSUM_MISMATCH', 'event book stale book of 5: CHECKSUM_MISMATCH'],
      ],
      [SNAPSHOT, LIVE],
      [
        BAD_SNAPSHOT,
        [
          'status stale of 5 CHECKSUM_MISMATCH',
          'discard 1 book of 5: CHECKSUM_MISMATCH',
          'event book stale book of 5: CHECKSUM_MISMATCH',
        ],
      ],
    ],
    counts: { held: 1, failed: 3, state: 2 },
  },
  {
    title: 'a snapshot replaces a live book without a word',
    steps: [
      [SNAPSHOT, LIVE],
      [SNAPSHOT, ['book snapshot of 5: 2 bids, 2 asks']],
    ],
    counts: { held: 2, failed: 0, state: 1 },
  },
  {
    title: 'a message without a checksum must leave the book uncrossed',
    steps: [
      [{ kind: 'snapshot', asks: ASKS, bids: BIDS }, LIVE],
      [{ kind: 'update', asks: [['10.15', '1']] }, ['book update of 5: 0 bids, 1 asks']],
      [
        { kind: 'update', bids: [['10.15', '1']] },
        [
          'status stale of 5 BOOK_INVALID',
          'discard 1 book of 5: BOOK_INVALID',
          'event book stale book of 5: BOOK_INVALID',
        ],
      ],
      [
        { kind: 'snapshot', asks: BIDS, bids: ASKS },
        ['discard 1 book of 5: BOOK_INVALID', 'event book stale book of 5: BOOK_INVALID'],
      ],
    ],
    counts: { held: 0, failed: 0, state: 2 },
  },
  {
    title: 'a crossed book that has the exchange’s checksum is the exchange’s book',
    steps: [
      [
        {
          kind: 'snapshot',
          asks: BIDS.toReversed(),
          bids: ASKS.toReversed(),
          checksum: checksumOf(BIDS.toReversed(), ASKS.toReversed()),
        },
        LIVE,
      ],
    ],
    counts: { held: 1, failed: 0, state: 1 },
  },
  {
    title: 'the same price twice in one message is applied in order, and removing what is not there is legal',
    steps: [
      [SNAPSHOT, LIVE],
      [
        {
          kind: 'update',
          bids: [
            ['10.1', '0.0'],
            ['10.1', '7.0'],
            ['9.9', '0.0'],
            ['10.1', '5.0'],
          ],
          checksum: UPDATE.checksum!,
        },
        ['book update of 5: 4 bids, 0 asks'],
      ],
    ],
    counts: { held: 2, failed: 0, state: 1 },
  },
  {
    title: 'one side may be empty, and both',
    steps: [
      [
        { kind: 'snapshot', asks: ASKS, checksum: checksumOf(ASKS, []) },
        ['status live of 5', 'book snapshot of 5: 0 bids, 2 asks', 'event book live book of 5'],
      ],
      [
        {
          kind: 'update',
          asks: [
            ['10.2', '0.0'],
            ['10.3', '0.00'],
          ],
          checksum: 0,
        },
        ['book update of 5: 0 bids, 2 asks'],
      ],
      [{ kind: 'snapshot' }, ['book snapshot of 5: 0 bids, 0 asks']],
    ],
    counts: { held: 2, failed: 0, state: 1 },
  },
  {
    title: 'a reason found elsewhere makes a book stale, and is repeated as an event only',
    steps: [
      [(books) => books.invalidate(6 as InstrumentId, FAULTS.SEQUENCE_GAP.id, 'skipped 3'), []],
      [SNAPSHOT, LIVE],
      [
        (books) => books.invalidate(5 as InstrumentId, FAULTS.SEQUENCE_GAP.id, 'skipped 3'),
        ['status stale of 5 SEQUENCE_GAP', 'event book stale book of 5: SEQUENCE_GAP'],
      ],
      [
        (books) => books.invalidate(5 as InstrumentId, FAULTS.MESSAGE_MALFORMED.id, 'no levels'),
        ['event book stale book of 5: MESSAGE_MALFORMED'],
      ],
      [UPDATE, ['discard 1 book of 5: MESSAGE_MALFORMED']],
    ],
    counts: { held: 1, failed: 0, state: 2 },
  },
  {
    title: 'on a new connection every book waits for its snapshot again',
    steps: [
      [SNAPSHOT, LIVE],
      [
        BAD_UPDATE,
        [
          'status stale of 5 CHECKSUM_MISMATCH',
          'discard 1 book of 5: CHECKSUM_MISMATCH',
          'event book stale book of 5: CHECKSUM_MISMATCH',
        ],
      ],
      [(books) => books.reset(), []],
      [UPDATE, ['discard 1 book of 5: BOOK_INVALID']],
      [SNAPSHOT, LIVE],
    ],
    counts: { held: 2, failed: 1, state: 1 },
  },
  {
    title: 'opening a book that is open leaves it as it is, unless its depth is another',
    steps: [
      [SNAPSHOT, LIVE],
      [(books) => books.open({ ...BOOK_5 }), []],
      [UPDATE, ['book update of 5: 1 bids, 0 asks']],
      [(books) => books.open({ ...BOOK_5, depth: 25 }), []],
      [UPDATE, ['discard 1 book of 5: BOOK_INVALID']],
    ],
    counts: { held: 2, failed: 0, state: 0 },
  },
  {
    title: 'a message with more levels than its book can need is not sorted',
    steps: [
      [
        { kind: 'snapshot', bids: Array.from({ length: 1105 }, (_, n) => [String(n + 1), '1'] as const) },
        [
          'status stale of 5 BOOK_INVALID',
          'discard 1 book of 5: BOOK_INVALID',
          'event book stale book of 5: BOOK_INVALID',
        ],
      ],
    ],
    counts: { held: 0, failed: 0, state: 2 },
  },
];

for (const { title, steps, counts } of SCENARIOS)
  test(title, () => {
    const desk = new Desk();
    for (const [step, said] of steps) {
      if (typeof step === 'function') step(desk.books);
      else desk.take(step);
      assert.deepEqual(desk.said(), said);
    }
    assert.deepEqual(desk.counts(), counts);
  });

test('a stale status tells both checksums and how many levels they are over', () => {
  const desk = new Desk();
  desk.take(SNAPSHOT);
  desk.take(BAD_UPDATE);
  const [, stale] = desk.sink.named('status');
  assert.equal(stale!.text, `update says checksum 1, the book has ${UPDATE.checksum} over 2 asks and 2 bids`);
});

test('a book record carries the message as sent: order, texts’ decimals, checksum, time, sequence, depth', () => {
  const desk = new Desk();
  desk.take(SNAPSHOT);
  desk.take({
    kind: 'update',
    bids: [
      ['10.1', '0.00000000'],
      ['10.1', '5.0'],
    ],
    asks: [['1e1', '0']],
    checksum: UPDATE.checksum!,
  });
  const { values, bids, asks } = desk.sink.named('book')[1]!;
  assert.deepEqual(bids, [
    [10.1, 0, 1, 8],
    [10.1, 5, 1, 1],
  ]);
  assert.deepEqual(asks, [[10, 0, 0, 0]]);
  assert.deepEqual(
    { ...values },
    {
      bytes: values['bytes'],
      typeId: 3,
      flags: 0,
      feed: 3,
      instrument: 5,
      epoch: 7,
      receivedAtNs: 0,
      exchangeAtUs: 1e15 + 2,
      sequence: 2,
      checksum: UPDATE.checksum,
      depth: 10,
      hasChecksum: 1,
      bidCount: 2,
      askCount: 1,
    },
  );
});

test('sides are cut to the depth after the whole message, and the cut levels do not come back', () => {
  const desk = new Desk({ ...BOOK_5, depth: 2 });
  const bids = (of: readonly string[]): Texts => of.map((price) => [price, '1']);
  const take = (kind: Sent['kind'], changed: Texts, left: readonly string[]): void =>
    desk.take({ kind, bids: changed, checksum: checksumOf([], bids(left)) });
  take('snapshot', bids(['9', '8', '7']), ['9', '8']);
  take('update', bids(['10']), ['10', '9']);
  // If 8 had been kept beyond the depth it would be back now.
  take('update', [['10', '0']], ['9']);
  // Cut in between, 9 would be gone.
  take('update', [...bids(['11', '12']), ['11', '0']], ['12', '9']);
  assert.deepEqual(desk.counts(), { held: 4, failed: 0, state: 1 });
});

for (const { name, asks, bids, checksum } of CHECKSUM_VECTORS)
  test(`the snapshot "${name}" holds without its precision being known`, () => {
    const desk = new Desk();
    desk.take({ kind: 'snapshot', asks, bids, checksum });
    assert.deepEqual(desk.counts(), { held: 1, failed: 0, state: 1 });
  });

// Source of both checksums: docs.kraken.com/api/docs/websocket-v2/book, read 2026-05-27.
const STRIPPED = CHECKSUM_VECTORS.find(({ checksum }) => checksum === 2_439_117_997)!;
const STRIPPED_UPDATE: Sent = {
  kind: 'update',
  bids: [['0.5657', '1098.3947558']],
  checksum: 2_114_181_697,
};

for (const known of ['before', 'from the snapshot', 'too high, before'] as const)
  test(`an update with stripped zeros holds when the precision is known ${known}`, () => {
    const desk = new Desk(undefined);
    const { books } = desk;
    if (known === 'before') books.raisePrecision(BOOK_5.instrument, 4, 8);
    if (known === 'too high, before') books.raisePrecision(BOOK_5.instrument, 9, 200);
    books.open(BOOK_5);
    desk.take({ kind: 'snapshot', asks: STRIPPED.asks, bids: STRIPPED.bids, checksum: STRIPPED.checksum });
    desk.take(STRIPPED_UPDATE);
    assert.deepEqual(desk.counts(), { held: 2, failed: 0, state: 1 });
    assert.deepEqual([books.priceDecimals(BOOK_5.instrument), books.qtyDecimals(BOOK_5.instrument)], [4, 8]);
  });

test('a precision learned while the book is held pads the levels that are held', () => {
  const desk = new Desk();
  const { books } = desk;
  desk.take({ kind: 'snapshot', asks: [['0.5', '1']], bids: [['0.4', '2']] });
  books.raisePrecision(BOOK_5.instrument, 3, 2);
  // A lower one teaches nothing.
  books.raisePrecision(BOOK_5.instrument, 1, 1);
  assert.deepEqual([books.priceDecimals(BOOK_5.instrument), books.qtyDecimals(BOOK_5.instrument)], [3, 2]);
  desk.take({
    kind: 'update',
    bids: [['0.41', '3']],
    checksum: checksumOf(
      [['0.500', '1.00']],
      [
        ['0.410', '3.00'],
        ['0.400', '2.00'],
      ],
    ),
  });
  assert.deepEqual(desk.counts(), { held: 1, failed: 0, state: 1 });
});

test('the precision of an instrument that is no row of the table is nothing to remember', () => {
  const { books } = new Desk();
  books.raisePrecision(NO_INSTRUMENT, 3, 3);
  assert.deepEqual([books.priceDecimals(NO_INSTRUMENT), books.qtyDecimals(NO_INSTRUMENT)], [0, 0]);
});

test('a snapshot written from here has the whole book, and what the last message said of it', () => {
  const desk = new Desk();
  const { books, sink } = desk;
  assert.equal(books.writeSnapshot(BOOK_5.instrument), false);
  assert.equal(books.writeSnapshot(NO_INSTRUMENT), false);
  desk.take(SNAPSHOT);
  desk.take(UPDATE);
  const { values: last } = sink.records.at(-1)!;
  assert.equal(books.writeSnapshot(BOOK_5.instrument), true);
  assert.equal(sink.log.at(-1), 'book refreshed of 5: 2 bids, 2 asks');
  const { values, bids, asks } = sink.records.at(-1)!;
  assert.deepEqual([values['flags'], values['checksum'], values['hasChecksum']], [3, UPDATE.checksum, 1]);
  assert.deepEqual([values['exchangeAtUs'], values['sequence']], [last['exchangeAtUs'], last['sequence']]);
  assert.deepEqual(bids, [
    [10.1, 5, 1, 1],
    [10, 4, 1, 1],
  ]);
  assert.deepEqual(asks, [
    [10.2, 1, 1, 1],
    [10.3, 2, 1, 1],
  ]);
  desk.take(BAD_UPDATE);
  assert.equal(books.writeSnapshot(BOOK_5.instrument), false);
});

test('the book rebuilt from the records is the book that a snapshot written at any time has', () => {
  const random = new Random(8);
  const desk = new Desk();
  const live = new OrderBook();
  const fresh = new OrderBook();
  const apply = (book: OrderBook): void => {
    const { bytes } = desk.sink.named('book').at(-1)!;
    book.applyRecord(new DataView(bytes.buffer), 0);
  };
  const levels = (from: number): Texts =>
    Array.from({ length: 1 + random.below(4) }, () => [
      String(from + random.below(30)),
      random.percent(40) ? '0' : String(1 + random.below(99)),
    ]);
  desk.take({ kind: 'snapshot', bids: levels(100), asks: levels(200) });
  apply(live);
  for (let n = 0; n < 3000; n++) {
    desk.take({
      kind: random.below(100) === 0 ? 'snapshot' : 'update',
      bids: levels(100),
      asks: levels(200),
    });
    apply(live);
    if (n % 10 !== 0) continue;
    assert.equal(desk.books.writeSnapshot(BOOK_5.instrument), true);
    apply(fresh);
    assert.deepEqual(
      [live.levels('bids'), live.levels('asks')],
      [fresh.levels('bids'), fresh.levels('asks')],
    );
    desk.sink.clear();
  }
});

test('a checksum above 2^31 is in the record as it was sent', () => {
  const desk = new Desk();
  desk.take({ kind: 'snapshot', asks: STRIPPED.asks, bids: STRIPPED.bids, checksum: STRIPPED.checksum });
  const { bytes } = desk.sink.named('book')[0]!;
  assert.equal(BOOK.field.checksum.get(new DataView(bytes.buffer), 0), 2_439_117_997);
});

/** The books of a recorded Kraken v1 message, read as plainly as can be. */
function* readV1(raw: string): Generator<Sent & { symbol: string }> {
  const message: unknown = JSON.parse(raw);
  if (!Array.isArray(message) || !String(message.at(-2)).startsWith('book')) return;
  const parts: Record<string, Texts | string> = Object.assign({}, ...message.slice(1, -2));
  const side = (key: string): Texts => (parts[key] ?? []) as Texts;
  const snapshot = 'as' in parts || 'bs' in parts;
  yield {
    symbol: String(message.at(-1)),
    kind: snapshot ? 'snapshot' : 'update',
    bids: [...side('bs'), ...side('b')],
    asks: [...side('as'), ...side('a')],
    ...(parts['c'] === undefined ? {} : { checksum: Number(parts['c']) }),
  };
}

/** The same of Kraken v2, where numbers are taken from the text because JSON would lose their zeros. */
function* readV2(raw: string): Generator<Sent & { symbol: string }> {
  const shape =
    /^\{"channel":"book","type":"(snapshot|update)".*"symbol":"([^"]+)","bids":\[(.*?)\],"asks":\[(.*?)\],"checksum":(\d+)/;
  const [, kind, symbol, bids, asks, checksum] = shape.exec(raw) ?? [];
  if (kind === undefined) return;
  const side = (text = ''): Texts =>
    [...text.matchAll(/"price":([^,}]+),"qty":([^,}]+)\}/g)].map(([, price, qty]) => [price!, qty!]);
  yield {
    symbol: symbol!,
    kind: kind as Sent['kind'],
    bids: side(bids),
    asks: side(asks),
    checksum: Number(checksum),
  };
}

const RECORDED = [
  { file: 'kraken/v1-book1000-10pairs-20210417.jsonl', read: readV1, depth: 1000, held: 4269, failed: 0 },
  {
    file: 'kraken/v2-book10-btcusd-ethusd-20260802-part.jsonl',
    read: readV2,
    depth: 10,
    held: 68,
    failed: 0,
  },
  // Minutes are missing from this one: the first check after the hole fails, and no snapshot follows.
  { file: 'kraken/v2-book10-btcusd-20260720-sample.jsonl', read: readV2, depth: 10, held: 41, failed: 1 },
];

for (const { file, read, depth, held, failed } of RECORDED)
  test(`of the recorded session ${file} ${held} checksums hold and ${failed} do not`, (t) => {
    const folder = recordings();
    if (folder === undefined) return t.skip(NO_RECORDINGS);
    const desk = new Desk(undefined);
    const symbols = new Map<string, number>();
    for (const raw of recordedMessages(folder, file))
      for (const sent of read(raw)) {
        if (!symbols.has(sent.symbol)) {
          symbols.set(sent.symbol, symbols.size);
          desk.books.open({ channel: 'book', instrument: symbols.get(sent.symbol) as InstrumentId, depth });
        }
        desk.take({ ...sent, instrument: symbols.get(sent.symbol)! });
      }
    assert.equal(desk.counters.local[FEED.checksumsChecked], held + failed);
    assert.equal(desk.counters.local[FEED.checksumsFailed], failed);
  });

test('a record without a checksum says by a digest where it leads to, while lines are compared', () => {
  const desk = new Desk();
  const taken = (sent: Sent): unknown[] => {
    desk.take(sent);
    const { checksum, hasChecksum } = desk.sink.records.at(-1)!.values;
    return [checksum, hasChecksum];
  };
  assert.deepEqual(taken({ kind: 'snapshot', bids: [['1', '1']], asks: [['9', '1']] }), [0, 0]);
  desk.books.writesDigests = true;
  const back: Sent = { kind: 'update', bids: [['2', '0']] };
  const [first] = taken(back);
  taken({ kind: 'update', bids: [['2', '5']] });
  assert.deepEqual(taken(back), [first, 0], 'the same change to the same book');
  taken({ kind: 'update', asks: [['8', '5']] });
  assert.notEqual(taken(back)[0], first, 'the same change, and another book');
  desk.books.writesDigests = false;
  assert.deepEqual(taken(back), [0, 0]);
});
