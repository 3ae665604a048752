import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fields, RecordLayout } from '../../../src/shared/layout/define-record.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../../src/shared/records/book.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { TICKER } from '../../../src/shared/records/ticker.ts';
import { TRADE } from '../../../src/shared/records/trade.ts';
import type { ExchangeUs, InstrumentId, MonotonicNs } from '../../../src/shared/units.ts';
import { DUE, type DueKind } from '../../../src/workers/lines/due-queue.ts';
import { LineArbiter } from '../../../src/workers/lines/line-arbiter.ts';
import type { ArbiterOptions } from '../../../src/workers/lines/line-set.ts';
import { VERDICT } from '../../../src/workers/lines/verdict.ts';
import { Random } from '../../support/random.ts';

const BTC = 3 as InstrumentId;
const NAMES = Object.keys(VERDICT);
const ms = (at: number): MonotonicNs => (at * 1e6) as MonotonicNs;

/** What is done at one time; what comes of it is told as words. */
type Step = readonly [atMs: number, what: string, line?: number, n?: number, more?: string];

/**
 * Plays steps: `open`, `subscribed`, `close`, `trade n` (at the exchange time given), `ticker n` (at the exchange time n,
 * or the one given), `update n`, `snapshot n`, `stale`, `live`, `handedOver` to that line, `settled`, `tick`, `write`
 * the book asked for. What begins with `&` is in one message with the next step.
 */
function play(steps: readonly Step[], options: Partial<ArbiterOptions> = {}): string[] {
  const arbiter = new LineArbiter(options);
  const told: string[] = [];
  const view = new DataView(new ArrayBuffer(1024));
  let isInMessage = false;
  for (const [at, step, line = 0, n = 0, more = ''] of steps) {
    const now = ms(at);
    const what = step.replace('& ', '');
    if (!isInMessage) {
      arbiter.advance(now);
      drain(arbiter, told, at);
    }
    isInMessage = what !== step;
    const say = (word: string): void => {
      told.push(`${at} ${word}`);
    };
    if (what === 'open') arbiter.open(line);
    else if (what === 'subscribed') arbiter.subscribed(line, now);
    else if (what === 'close') arbiter.close(line, now);
    else if (what === 'seed') arbiter.seedTrade(BTC, n);
    else if (what === 'stale') say(`stale ${arbiter.bookStale(line, BTC, now) ? 'told' : 'hidden'}`);
    else if (what === 'live') say(`live ${arbiter.bookLive(line, BTC) ? 'told' : 'hidden'}`);
    else if (what === 'write') arbiter.bookWritten(line, BTC, more !== 'failed');
    else if (what === 'handedOver') say(`handed over: ${arbiter.handedOver(1 - line, line, now)}`);
    else if (what === 'settled') say(`settled: ${arbiter.isSettled(now)}`);
    else if (what !== 'tick') {
      if (what === 'trade') writeTrade(view, n, more === 'history', Number(more) || 0);
      else if (what === 'ticker') writeTicker(view, n, more);
      else if (more === 'numbered') writeNumberedBook(view, n, what === 'snapshot');
      else if (more.startsWith('bare ')) writeBareBook(view, n, what === 'snapshot', Number(more.slice(5)));
      else writeBook(view, n, what === 'snapshot', more === 'deep' ? 25 : 10);
      HEADER.field.receivedAtNs.set(view, 0, now);
      say(`${what} ${n} of ${line}: ${NAMES[arbiter.offer(line, view, 0)]}`);
    }
    if (!isInMessage) drain(arbiter, told, at);
  }
  return told;
}

function drain(arbiter: LineArbiter, told: string[], at: number): void {
  const { due } = arbiter;
  for (let kind: DueKind = due.take(); kind !== DUE.nothing; kind = due.take()) {
    if (kind === DUE.record) told.push(`${at} due: ${numberOf(due.view)}`);
    else if (kind === DUE.gap) told.push(`${at} due: gap of ${due.missing}`);
    else if (kind === DUE.snapshot)
      told.push(`${at} due: snapshot of ${due.line}${arbiter.isAnnounced(BTC) ? ', live' : ''}`);
    else if (kind === DUE.suspect) told.push(`${at} due: suspect ${due.line}`);
    else told.push(`${at} due: stale`);
  }
}

function numberOf(view: DataView): number {
  const us = HEADER.field.exchangeAtUs.get(view, 0);
  if (HEADER.field.typeId.get(view, 0) === TRADE.typeId) return HEADER.field.sequence.get(view, 0);
  return us < 0 ? view.getFloat64(BOOK.size, true) : us;
}

function write<F extends Fields>(view: DataView, layout: RecordLayout<F>, us: number, bytes: number): void {
  for (let i = 0; i < bytes; i++) view.setUint8(i, 0);
  HEADER.field.bytes.set(view, 0, bytes);
  HEADER.field.typeId.set(view, 0, layout.typeId);
  HEADER.field.instrument.set(view, 0, BTC);
  HEADER.field.exchangeAtUs.set(view, 0, us as ExchangeUs);
  HEADER.field.sequence.set(view, 0, -1);
}

function writeTrade(view: DataView, id: number, isHistory: boolean, us = 0): void {
  write(view, TRADE, us, TRADE.size);
  HEADER.field.sequence.set(view, 0, id);
  HEADER.field.flags.set(view, 0, isHistory ? FLAG.snapshot : 0);
}

function writeTicker(view: DataView, n: number, more: string): void {
  write(view, TICKER, more === 'untimed' ? -1 : more === '' ? n : Number(more), TICKER.size);
  TICKER.field.last.set(view, 0, n);
}

/** The book at the exchange time n has the checksum n. */
function writeBook(view: DataView, n: number, isSnapshot: boolean, depth: number): void {
  write(view, BOOK, n, bookBytes(1));
  HEADER.field.flags.set(view, 0, isSnapshot ? FLAG.snapshot : 0);
  BOOK.field.hasChecksum.set(view, 0, 1);
  BOOK.field.checksum.set(view, 0, n);
  BOOK.field.depth.set(view, 0, depth);
  BOOK.field.bidCount.set(view, 0, 1);
  view.setFloat64(BOOK.size, n, true);
  view.setFloat64(BOOK.size + LEVEL_BYTES - 8, isSnapshot ? 2 : 1, true);
}

/** Of a venue whose updates are numbered and have no checksum, all of one time, and whose snapshots have none. */
function writeNumberedBook(view: DataView, n: number, isSnapshot: boolean): void {
  write(view, BOOK, isSnapshot ? -1 : 7, bookBytes(0));
  HEADER.field.flags.set(view, 0, isSnapshot ? FLAG.snapshot : 0);
  HEADER.field.sequence.set(view, 0, n);
}

/** Of a venue whose updates say nothing but what changes; and a digest of the book after it. */
function writeBareBook(view: DataView, n: number, isSnapshot: boolean, digest: number): void {
  write(view, BOOK, -1, bookBytes(1));
  HEADER.field.flags.set(view, 0, isSnapshot ? FLAG.snapshot : 0);
  BOOK.field.checksum.set(view, 0, digest);
  BOOK.field.bidCount.set(view, 0, 1);
  view.setFloat64(BOOK.size, n, true);
  view.setFloat64(BOOK.size + 8, isSnapshot ? 2 : 1, true);
}

const TWO_LINES: readonly Step[] = [
  [0, 'open', 0],
  [0, 'open', 1],
];

test('the first arrival of a trade is delivered and the second is dropped', () => {
  assert.deepEqual(
    play([...TWO_LINES, [1, 'trade', 0, 7], [2, 'trade', 1, 7], [3, 'trade', 1, 8], [4, 'trade', 0, 8]]),
    [
      '1 trade 7 of 0: deliver',
      '2 trade 7 of 1: duplicate',
      '3 trade 8 of 1: deliver',
      '4 trade 8 of 0: duplicate',
    ],
  );
});

test('a trade that one line lost is filled in by the other before what follows', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'trade', 0, 7],
      [2, 'trade', 0, 9],
      [3, 'trade', 0, 10],
      [4, 'trade', 1, 7],
      [5, 'trade', 1, 8],
      [6, 'trade', 1, 9],
    ]),
    [
      '1 trade 7 of 0: deliver',
      '2 trade 9 of 0: held',
      '3 trade 10 of 0: held',
      '4 trade 7 of 1: duplicate',
      '5 trade 8 of 1: deliver',
      '5 due: 9',
      '5 due: 10',
      '6 trade 9 of 1: duplicate',
    ],
  );
});

test('a trade that every line is past is given up at once and announced', () => {
  assert.deepEqual(play([...TWO_LINES, [1, 'trade', 0, 7], [2, 'trade', 0, 9], [3, 'trade', 1, 9]]), [
    '1 trade 7 of 0: deliver',
    '2 trade 9 of 0: held',
    '3 trade 9 of 1: duplicate',
    '3 due: gap of 1',
    '3 due: 9',
  ]);
});

test('a trade that nobody fills in is given up after the hold time, and is late from then on', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'trade', 0, 7],
      [2, 'trade', 0, 9],
      [51, 'tick'],
      [52, 'tick'],
      [53, 'trade', 1, 8],
    ]),
    [
      '1 trade 7 of 0: deliver',
      '2 trade 9 of 0: held',
      '52 due: gap of 1',
      '52 due: 9',
      '53 trade 8 of 1: late',
    ],
  );
});

test('what a new line says before the old one is heard waits for the old one', () => {
  assert.deepEqual(play([...TWO_LINES, [1, 'trade', 1, 8], [2, 'trade', 0, 7]]), [
    '1 trade 8 of 1: held',
    '2 trade 7 of 0: deliver',
    '2 due: 8',
  ]);
  assert.deepEqual(play([...TWO_LINES, [1, 'trade', 1, 8], [2, 'trade', 0, 9]]), [
    '1 trade 8 of 1: held',
    '2 trade 9 of 0: deliver',
  ]);
});

test('history of a new line fills a hole and is otherwise dropped', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [0, 'seed', 0, 6],
      [1, 'trade', 1, 6, 'history'],
      [1, 'trade', 1, 7, 'history'],
      [2, 'trade', 0, 7],
    ]),
    ['1 trade 6 of 1: duplicate', '1 trade 7 of 1: deliver', '2 trade 7 of 0: duplicate'],
  );
});

test('a trade that only the history of a new line has is a trade like any other', () => {
  const arbiter = new LineArbiter();
  arbiter.open(0);
  arbiter.open(1);
  arbiter.seedTrade(BTC, 6);
  const view = new DataView(new ArrayBuffer(TRADE.size));
  writeTrade(view, 7, true);
  assert.equal(arbiter.offer(1, view, 0), VERDICT.deliver);
  assert.equal(HEADER.field.flags.get(view, 0), 0);
  // So it is where it has to wait for the old line.
  writeTrade(view, 9, true);
  assert.equal(arbiter.offer(1, view, 0), VERDICT.held);
  writeTrade(view, 8, false);
  assert.equal(arbiter.offer(0, view, 0), VERDICT.deliver);
  assert.equal(arbiter.due.take(), DUE.record);
  assert.deepEqual([numberOf(arbiter.due.view), HEADER.field.flags.get(arbiter.due.view, 0)], [9, 0]);
});

test('one id far too great stops the trades of an instrument for a bounded time only', () => {
  const far = 2 ** 50;
  const told = play([
    [0, 'open', 0],
    [1, 'trade', 0, 7],
    [2, 'trade', 0, far],
    [3, 'trade', 0, 8],
    [5_002, 'trade', 0, 9],
    [5_004, 'trade', 0, 10],
    [5_005, 'trade', 0, 11],
  ]);
  assert.deepEqual(told.slice(-4), [
    '5004 trade 10 of 0: held',
    '5004 due: gap of NaN',
    '5004 due: 10',
    '5005 trade 11 of 0: deliver',
  ]);
});

test('ids that turn out not to be dense are no longer waited for', () => {
  const steps: Step[] = [...TWO_LINES];
  for (let n = 0; n < 40; n++) steps.push([n, 'trade', 0, n * 3], [n, 'trade', 1, n * 3]);
  const told = play([...steps, [50, 'trade', 0, 900]]);
  assert.equal(told.at(-1), '50 trade 900 of 0: deliver');
});

test('of a venue whose ids are not counted one by one a jump is no hole, and each trade is delivered once', () => {
  assert.deepEqual(
    play(
      [
        ...TWO_LINES,
        [1, 'trade', 0, 70],
        [2, 'trade', 0, 95],
        [3, 'trade', 1, 70],
        [4, 'trade', 1, 95],
        [5, 'trade', 1, 90_000],
        [6, 'trade', 0, 90_000],
        [7, 'trade', 0, 90_001],
        [8, 'trade', 1, 90_001],
        [2_000, 'tick'],
      ],
      { denseTrades: false },
    ),
    [
      '1 trade 70 of 0: deliver',
      '2 trade 95 of 0: deliver',
      '3 trade 70 of 1: duplicate',
      '4 trade 95 of 1: duplicate',
      '5 trade 90000 of 1: deliver',
      '6 trade 90000 of 0: duplicate',
      '7 trade 90001 of 0: deliver',
      '8 trade 90001 of 1: duplicate',
    ],
  );
});

test('of such a venue a line that runs ahead waits until its place is known, and nothing is late', () => {
  assert.deepEqual(
    play(
      [
        ...TWO_LINES,
        [1, 'trade', 0, 70],
        [2, 'trade', 1, 95],
        [3, 'trade', 1, 96],
        [4, 'trade', 0, 80],
        [5, 'trade', 0, 95],
        [6, 'trade', 1, 97],
        [7, 'trade', 0, 96],
        [8, 'trade', 0, 97],
      ],
      { denseTrades: false },
    ),
    [
      '1 trade 70 of 0: deliver',
      '2 trade 95 of 1: hidden',
      '3 trade 96 of 1: hidden',
      '4 trade 80 of 0: deliver',
      '5 trade 95 of 0: deliver',
      '5 due: 96',
      '6 trade 97 of 1: deliver',
      '7 trade 96 of 0: duplicate',
      '8 trade 97 of 0: duplicate',
    ],
  );
});

test('of such a venue the first trade that only the new line said is not lost when it takes over', () => {
  assert.deepEqual(
    play(
      [
        ...TWO_LINES,
        [1, 'subscribed', 1],
        [1, 'trade', 1, 60, 'history'],
        [2, 'trade', 1, 70],
        [300, 'close', 0],
        [301, 'trade', 1, 80],
      ],
      { denseTrades: false },
    ),
    ['1 trade 60 of 1: hidden', '2 trade 70 of 1: hidden', '300 due: 70', '301 trade 80 of 1: deliver'],
  );
});

test('nor is one that comes after what the old line said, which is silent since', () => {
  assert.deepEqual(
    play(
      [
        ...TWO_LINES,
        [1, 'subscribed', 1],
        [2, 'trade', 0, 60],
        [3, 'trade', 1, 70],
        [800, 'tick'],
        [801, 'handedOver', 1],
        [802, 'trade', 1, 80],
      ],
      { denseTrades: false },
    ),
    [
      '2 trade 60 of 0: deliver',
      '3 trade 70 of 1: hidden',
      '800 due: 70',
      '801 handed over: true',
      '802 trade 80 of 1: deliver',
    ],
  );
});

test('a ticker older than the last one delivered is late', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'ticker', 0, 10],
      [2, 'ticker', 1, 10],
      [3, 'ticker', 0, 12],
      [4, 'ticker', 1, 11],
      [5, 'ticker', 1, 12],
      [6, 'ticker', 1, 13],
    ]),
    [
      '1 ticker 10 of 0: deliver',
      '2 ticker 10 of 1: duplicate',
      '3 ticker 12 of 0: deliver',
      '4 ticker 11 of 1: late',
      '5 ticker 12 of 1: duplicate',
      '6 ticker 13 of 1: deliver',
    ],
  );
});

test('a ticker held for its equal time is dropped once a newer one is delivered', () => {
  const told = play([
    ...TWO_LINES,
    [1, 'ticker', 0, 10],
    [1, 'ticker', 1, 10],
    [2, 'ticker', 0, 11, '20'],
    [3, 'ticker', 1, 12, '20'],
    [4, 'ticker', 0, 13, '30'],
    [100, 'tick'],
    [101, 'ticker', 1, 14, '40'],
  ]);
  assert.deepEqual(told.slice(-3), [
    '3 ticker 12 of 1: held',
    '4 ticker 13 of 0: deliver',
    '101 ticker 14 of 1: deliver',
  ]);
});

test('what a new line says ahead of the old one is delivered once the old one says the same', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'ticker', 1, 11],
      [2, 'ticker', 1, 12],
      [3, 'ticker', 0, 10],
      [4, 'ticker', 0, 11],
      [5, 'ticker', 0, 12],
    ]),
    [
      '1 ticker 11 of 1: hidden',
      '2 ticker 12 of 1: hidden',
      '3 ticker 10 of 0: deliver',
      '4 ticker 11 of 0: deliver',
      '4 due: 12',
      '5 ticker 12 of 0: duplicate',
    ],
  );
});

test('the same content twice in a row is two events where no time is sent', () => {
  const told = play([
    ...TWO_LINES,
    ...[1, 2, 2, 2, 3].flatMap((n, i): Step[] => [
      [i, 'ticker', 0, n, 'untimed'],
      [i, 'ticker', 1, n, 'untimed'],
    ]),
  ]);
  assert.equal(told.filter((each) => each.endsWith('of 0: deliver')).length, 5);
  assert.equal(told.filter((each) => each.endsWith('of 1: deliver')).length, 0);
});

test('a line that repeats equal content is where it is, not where the content was first', () => {
  const untimed = (at: number, line: number, n: number): Step => [at, 'ticker', line, n, 'untimed'];
  const both = (n: number): Step[] => [untimed(n, 0, n), untimed(n, 1, n)];
  assert.deepEqual(
    play([...TWO_LINES, ...both(1), ...both(2), untimed(3, 0, 2), untimed(3, 1, 2), untimed(4, 1, 3)]).slice(
      -3,
    ),
    ['3 ticker 2 of 0: deliver', '3 ticker 2 of 1: duplicate', '4 ticker 3 of 1: deliver'],
  );
});

test('what one record sets free on two lines goes out once and in order', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [0, 'open', 2],
      [1, 'ticker', 1, 10],
      [2, 'ticker', 1, 11],
      [3, 'ticker', 2, 10],
      [4, 'ticker', 0, 10],
      [5, 'ticker', 2, 11],
      [6, 'ticker', 2, 12],
    ]).slice(-4),
    ['4 ticker 10 of 0: deliver', '4 due: 11', '5 ticker 11 of 2: duplicate', '6 ticker 12 of 2: deliver'],
  );
});

test('a ticker that tells a new line how things stand is not delivered after a quiet hand-over', () => {
  assert.deepEqual(
    play([
      [0, 'open', 0],
      [1, 'ticker', 0, 10],
      [2, 'open', 1],
      [3, 'subscribed', 1],
      [504, 'handedOver', 1],
      [504, 'close', 0],
      [505, 'ticker', 1, 10],
      [506, 'ticker', 1, 11],
    ]),
    [
      '1 ticker 10 of 0: deliver',
      '504 handed over: true',
      '505 ticker 10 of 1: duplicate',
      '506 ticker 11 of 1: deliver',
    ],
  );
});

test('an update that does not follow the last one delivered is not delivered', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'live', 0],
      [1, 'snapshot', 0, 10],
      [2, 'snapshot', 1, 12],
      [3, 'update', 1, 13],
      [4, 'update', 0, 11],
      [5, 'update', 0, 12],
      [6, 'update', 1, 14],
      [7, 'update', 0, 13],
    ]),
    [
      '1 live told',
      '1 snapshot 10 of 0: deliver',
      '2 snapshot 12 of 1: hidden',
      '3 update 13 of 1: hidden',
      '4 update 11 of 0: deliver',
      // The book of the new line is at 12, so that what it says since comes after it.
      '5 update 12 of 0: deliver',
      '5 due: 13',
      '6 update 14 of 1: deliver',
      '7 update 13 of 0: duplicate',
    ],
  );
});

test('a book that goes stale on one line goes on with the other and nothing is told', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 10],
      [2, 'snapshot', 1, 10],
      [3, 'update', 0, 11],
      [4, 'stale', 0],
      [5, 'update', 1, 11],
      [6, 'update', 1, 12],
      [7, 'live', 0],
      [7, 'snapshot', 0, 12],
      [8, 'update', 0, 13],
    ]),
    [
      '1 snapshot 10 of 0: deliver',
      '2 snapshot 10 of 1: hidden',
      '3 update 11 of 0: deliver',
      '4 stale hidden',
      '5 update 11 of 1: duplicate',
      '6 update 12 of 1: deliver',
      '7 live hidden',
      '7 snapshot 12 of 0: hidden',
      '8 update 13 of 0: deliver',
    ],
  );
});

test('where no line can go on, a book that is not behind is written anew', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 10],
      [2, 'snapshot', 1, 14],
      [3, 'update', 0, 11],
      [4, 'stale', 0],
      [4, 'write', 1],
      [5, 'update', 1, 15],
    ]),
    [
      '1 snapshot 10 of 0: deliver',
      '2 snapshot 14 of 1: hidden',
      '3 update 11 of 0: deliver',
      '4 stale hidden',
      '4 due: snapshot of 1',
      '5 update 15 of 1: deliver',
    ],
  );
});

test('a level that changes back and forth does not make a line that is ahead one at the head', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 100, 'bare 1'],
      [1, 'snapshot', 1, 101, 'bare 3'],
      [2, 'update', 0, 1, 'bare 2'],
      [3, 'update', 0, 2, 'bare 3'],
      // The other line is past these, and says what was delivered last for the second time.
      [4, 'update', 1, 3, 'bare 4'],
      [4, 'update', 1, 2, 'bare 5'],
      [4, 'update', 1, 4, 'bare 6'],
      [5, 'update', 0, 3, 'bare 4'],
      [6, 'update', 0, 2, 'bare 5'],
      [7, 'update', 0, 4, 'bare 6'],
      [8, 'update', 0, 5, 'bare 7'],
      [9, 'update', 1, 5, 'bare 7'],
    ]),
    [
      '1 snapshot 100 of 0: deliver',
      '1 snapshot 101 of 1: hidden',
      '2 update 1 of 0: deliver',
      '3 update 2 of 0: deliver',
      '4 update 3 of 1: hidden',
      '4 update 2 of 1: hidden',
      '4 update 4 of 1: hidden',
      '5 update 3 of 0: deliver',
      '5 due: 2',
      '5 due: 4',
      '6 update 2 of 0: duplicate',
      '7 update 4 of 0: duplicate',
      '8 update 5 of 0: deliver',
      '9 update 5 of 1: duplicate',
    ],
  );
});

test('without a time a line that is left alone before it has found its place is heard once it cannot be behind', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 100, 'bare 1'],
      [1, 'snapshot', 1, 101, 'bare 1'],
      [2, 'update', 0, 1, 'bare 2'],
      [300, 'update', 0, 2, 'bare 3'],
      [301, 'close', 0],
      // Not behind the head by any word of its own, and yet it is.
      [302, 'update', 1, 1, 'bare 2'],
      [303, 'update', 1, 2, 'bare 3'],
      [304, 'update', 1, 3, 'bare 4'],
    ]),
    [
      '1 snapshot 100 of 0: deliver',
      '1 snapshot 101 of 1: hidden',
      '2 update 1 of 0: deliver',
      '300 update 2 of 0: deliver',
      '302 update 1 of 1: hidden',
      '303 update 2 of 1: duplicate',
      '304 update 3 of 1: deliver',
    ],
  );
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 100, 'bare 1'],
      [1, 'snapshot', 1, 101, 'bare 2'],
      [2, 'update', 0, 1, 'bare 2'],
      [300, 'close', 0],
      [501, 'tick'],
      [515, 'tick'],
      [515, 'write', 1],
      [516, 'update', 1, 2, 'bare 3'],
    ]).slice(3),
    ['515 due: snapshot of 1', '516 update 2 of 1: deliver'],
  );
});

test('a book that cannot be written anew is stale after a bounded time', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 10],
      [2, 'snapshot', 1, 14],
      [4, 'stale', 0],
      [4, 'write', 1, 0, 'failed'],
      [504, 'tick'],
      [505, 'tick'],
    ]).slice(-3),
    ['4 stale hidden', '4 due: snapshot of 1', '504 due: stale'],
  );
});

test('a book no line has is stale, and its next snapshot is announced', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 10],
      [2, 'stale', 0],
      [3, 'live', 0],
      [3, 'snapshot', 0, 12],
      [3, 'write', 0],
      [4, 'update', 0, 13],
    ]),
    [
      '1 snapshot 10 of 0: deliver',
      '2 stale told',
      '3 live hidden',
      '3 snapshot 12 of 0: hidden',
      '3 due: snapshot of 0, live',
      '4 update 13 of 0: deliver',
    ],
  );
});

test('a deep book that lacks an update is written anew from the line that has it', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'snapshot', 0, 10, 'deep'],
      [2, 'snapshot', 1, 10, 'deep'],
      [3, 'update', 0, 11, 'deep'],
      [4, 'update', 1, 11, 'deep'],
      [5, 'update', 0, 13, 'deep'],
      [6, 'update', 1, 12, 'deep'],
      [7, 'update', 1, 13, 'deep'],
    ]).slice(-4),
    ['6 update 12 of 1: late', '6 due: suspect 0', '7 update 13 of 1: duplicate', '7 due: snapshot of 1'],
  );
});

/** Line 1 has a book that is ahead; line 0 begins anew and finds its place, all in one message. */
const BEGUN_ANEW: readonly Step[] = [
  ...TWO_LINES,
  [1, 'snapshot', 0, 1, 'deep'],
  [2, 'update', 0, 2, 'deep'],
  [3, 'update', 0, 3, 'deep'],
  [4, 'snapshot', 1, 9, 'deep'],
  [5, '& stale', 0],
  [5, '& snapshot', 0, 2, 'deep'],
  [5, '& update', 0, 3, 'deep'],
  [5, '& update', 0, 4, 'deep'],
];

test('a book that is ahead is not written before records that came after it was asked for', () => {
  const told = play([...BEGUN_ANEW, [5, 'stale', 0], [5, 'write', 1], [6, 'update', 1, 10, 'deep']]);
  assert.deepEqual(told.slice(4), [
    '5 stale hidden',
    '5 snapshot 2 of 0: hidden',
    '5 update 3 of 0: hidden',
    '5 update 4 of 0: held',
    '5 stale hidden',
    '5 due: 4',
    '5 due: snapshot of 1',
    '6 update 10 of 1: deliver',
  ]);
});

test('while records wait to be written there is no book to write anew, and that it is stale comes after them', () => {
  const told = play([...BEGUN_ANEW, [5, '& stale', 1], [5, 'stale', 0]]);
  assert.deepEqual(told.slice(7), [
    '5 update 4 of 0: held',
    '5 stale hidden',
    '5 stale hidden',
    '5 due: 4',
    '5 due: stale',
  ]);
});

test('the book of a line is one to write anew only where all it said was delivered', () => {
  const arbiter = new LineArbiter();
  const view = new DataView(new ArrayBuffer(1024));
  const say = (line: number, n: number, isSnapshot = false): void => {
    writeBook(view, n, isSnapshot, 25);
    HEADER.field.receivedAtNs.set(view, 0, ms(1));
    arbiter.offer(line, view, 0);
  };
  const lineOf = (): readonly [line: number, isTrusted: boolean] => [
    arbiter.bookLine(BTC),
    arbiter.isBookTrusted(BTC),
  ];
  assert.deepEqual(lineOf(), [-1, false], 'no line');
  arbiter.open(0);
  arbiter.open(1);
  say(0, 1, true);
  say(0, 2);
  say(1, 2, true);
  say(1, 3);
  say(1, 4);
  assert.deepEqual(lineOf(), [0, true], 'line 1 is ahead');
  say(0, 3);
  assert.deepEqual(lineOf(), [-1, true], 'what line 1 said is still to be written');
  assert.equal(arbiter.due.take(), DUE.record);
  assert.deepEqual(lineOf(), [1, true], 'line 0 is behind');
  arbiter.bookStale(1, BTC, ms(2));
  assert.deepEqual(lineOf(), [-1, true], 'line 0 will come there');
  arbiter.bookStale(0, BTC, ms(2));
  assert.deepEqual(lineOf(), [-1, false], 'no line has the book');
});

test('what finds no room leaves no hole in what a line is to go on with', () => {
  const updates = (line: number, from: number, to: number): Step[] =>
    Array.from({ length: to - from + 1 }, (_, n) => [3, 'update', line, from + n]);
  const told = play(
    [
      ...TWO_LINES,
      [1, 'snapshot', 0, 1],
      [2, 'snapshot', 1, 2],
      ...updates(1, 3, 400),
      ...updates(0, 2, 350),
      ...updates(1, 401, 402),
    ],
    { heldBytesMax: 0 },
  );
  const delivered = told
    .map((each) => /due: (\d+)$|update (\d+) of \d: deliver$/.exec(each))
    .filter((match) => match !== null)
    .map(([, due, update]) => Number(due ?? update));
  assert.deepEqual(
    delivered,
    Array.from({ length: 401 }, (_, n) => n + 2),
  );
});

test('a snapshot without a time is known by its number to be behind, and equal times by theirs to be in order', () => {
  const steps: readonly Step[] = [
    ...TWO_LINES,
    [1, 'snapshot', 0, 1, 'numbered'],
    [2, 'update', 0, 2, 'numbered'],
    [3, 'update', 0, 4, 'numbered'],
    [4, 'snapshot', 1, 1, 'numbered'],
    [5, 'stale', 0],
    [6, 'update', 1, 3, 'numbered'],
    [7, 'update', 1, 4, 'numbered'],
    [8, 'update', 1, 5, 'numbered'],
  ];
  assert.deepEqual(play(steps, { numberedBooks: true }).slice(4), [
    '5 stale hidden',
    '6 update 3 of 1: hidden',
    '7 update 4 of 1: hidden',
    '8 update 5 of 1: deliver',
  ]);
});

test('a hole is kept open while the line that may fill it speaks and has not come that far', () => {
  const steps: readonly Step[] = [
    ...TWO_LINES,
    [1, 'trade', 0, 7, '100'],
    [2, 'trade', 1, 7, '100'],
    [3, 'trade', 1, 9, '300'],
    [40, 'ticker', 0, 150],
    [400, 'ticker', 0, 200],
  ];
  const of = (more: readonly Step[]): string[] =>
    play([...steps, ...more]).filter((each) => !each.includes('ticker'));
  const before = ['1 trade 7 of 0: deliver', '2 trade 7 of 1: duplicate', '3 trade 9 of 1: held'];
  assert.deepEqual(of([[600, 'trade', 0, 8, '250']]), [...before, '600 trade 8 of 0: deliver', '600 due: 9']);
  // It has come that far.
  assert.deepEqual(
    of([
      [500, 'ticker', 0, 350],
      [511, 'tick'],
    ]),
    [...before, '511 due: gap of 1', '511 due: 9'],
  );
  // It has fallen silent.
  assert.deepEqual(
    of([
      [899, 'tick'],
      [911, 'tick'],
    ]),
    [...before, '911 due: gap of 1', '911 due: 9'],
  );
});

test('a line that gives up waiting loses nothing of what was delivered of a later time', () => {
  assert.deepEqual(
    play([
      ...TWO_LINES,
      [1, 'ticker', 0, 1, '10'],
      [1, 'ticker', 1, 1, '10'],
      [2, 'ticker', 0, 2, '20'],
      [2, 'ticker', 0, 3, '20'],
      [3, 'ticker', 1, 2, '20'],
      [3, 'ticker', 1, 4, '20'],
      [4, 'ticker', 0, 5, '30'],
      [60, 'tick'],
      [61, 'ticker', 1, 5, '30'],
    ]).slice(-3),
    ['3 ticker 4 of 1: held', '4 ticker 5 of 0: deliver', '61 ticker 5 of 1: duplicate'],
  );
});

test('a line is handed over once the other has been there for a while and knows its place', () => {
  const told = play([
    [0, 'open', 0],
    [1, 'trade', 0, 7],
    [1, 'snapshot', 0, 10],
    [2, 'open', 1],
    [3, 'subscribed', 1],
    [3, 'snapshot', 1, 10],
    [4, 'handedOver', 1],
    [400, 'trade', 0, 8],
    [404, 'handedOver', 1],
    [503, 'handedOver', 1],
    [504, 'trade', 1, 8],
    [505, 'handedOver', 1],
    [505, 'close', 0],
    [505, 'settled'],
    [506, 'trade', 1, 9],
  ]);
  assert.deepEqual(
    told.filter((each) => !each.includes('snapshot')),
    [
      '1 trade 7 of 0: deliver',
      '4 handed over: false',
      '400 trade 8 of 0: deliver',
      '404 handed over: false',
      '503 handed over: false',
      '504 trade 8 of 1: duplicate',
      '505 handed over: true',
      '505 settled: true',
      '506 trade 9 of 1: deliver',
    ],
  );
});

test('a hand-over that cannot be aligned goes on after a bounded time, the book by a snapshot', () => {
  const told = play([
    [0, 'open', 0],
    [1, 'snapshot', 0, 10],
    [2, 'open', 1],
    [3, 'subscribed', 1],
    [3, 'snapshot', 1, 900],
    ...[1_000, 2_000, 4_000, 6_000].flatMap((at): Step[] => [
      [at, 'update', 0, at],
      [at, 'handedOver', 1],
    ]),
    [6_001, 'close', 0],
    [6_400, 'tick'],
    [6_501, 'tick'],
    [6_501, 'write', 1],
    [6_502, 'update', 1, 6_003],
  ]);
  assert.deepEqual(told.slice(-6), [
    '4000 handed over: false',
    '6000 update 6000 of 0: deliver',
    '6000 handed over: true',
    // The line that is left is behind what was delivered, so the strategy has to know before it goes back.
    '6501 due: stale',
    '6501 due: snapshot of 1, live',
    '6502 update 6003 of 1: deliver',
  ]);
});

test('two lines that lose independently lose together only what both lost', () => {
  const chance = new Random(5);
  const arbiter = new LineArbiter();
  arbiter.open(0);
  arbiter.open(1);
  const view = new DataView(new ArrayBuffer(TRADE.size));
  const TRADES = 100_000;
  const LOSS = 0.02;
  const arrivals: { at: number; line: number; id: number }[] = [];
  let lostByBoth = 0;
  const latencies: number[][] = [[], []];
  for (let id = 1; id <= TRADES; id++) {
    let lost = 0;
    for (const line of [0, 1]) {
      if (id > 1 && chance.below(1e6) < LOSS * 1e6) {
        lost++;
        continue;
      }
      const latency = 10 + chance.below(5_000) / 1000;
      latencies[line]!.push(latency);
      arrivals.push({ at: id * 20 + latency, line, id });
    }
    if (lost === 2) lostByBoth++;
  }
  arrivals.sort((x, y) => x.at - y.at);
  const got: number[] = [];
  const took: number[] = [];
  const take = (id: number, at: number): void => {
    got.push(id);
    took.push(at - id * 20);
  };
  let announced = 0;
  const drainAt = (at: number): void => {
    const { due } = arbiter;
    for (let kind: DueKind = due.take(); kind !== DUE.nothing; kind = due.take()) {
      if (kind === DUE.gap) announced += due.missing;
      else take(numberOf(due.view), at);
    }
  };
  for (const { at, line, id } of arrivals) {
    while (arbiter.nextDeadline() <= ms(at)) {
      const deadline = arbiter.nextDeadline();
      arbiter.advance(deadline as MonotonicNs);
      drainAt(deadline / 1e6);
    }
    writeTrade(view, id, false);
    HEADER.field.receivedAtNs.set(view, 0, ms(at));
    if (arbiter.offer(line, view, 0) === VERDICT.deliver) take(id, at);
    drainAt(at);
  }
  assert.ok(got.every((id, n) => n === 0 || id > got[n - 1]!));
  assert.equal(got.length, TRADES - lostByBoth);
  assert.equal(announced, lostByBoth);
  assert.ok(Math.abs(lostByBoth / TRADES - LOSS * LOSS) < 3 * Math.sqrt((LOSS * LOSS) / TRADES));
  const p99 = (of: number[]): number => of.sort((x, y) => x - y)[Math.floor(of.length * 0.99)]!;
  assert.ok(p99(took) <= Math.min(p99(latencies[0]!), p99(latencies[1]!)));
  const [first, second] = [arbiter.statistics(0), arbiter.statistics(1)];
  assert.ok(Math.abs(first.lossShare - LOSS) < LOSS / 2);
  assert.equal(first.wins + second.wins, got.length);
  assert.ok(first.lead.percentileUs(50) > 200 && first.lead.percentileUs(50) < 4_000);
});

test('a line that loses far more than the other is the one to replace', () => {
  const arbiter = new LineArbiter();
  arbiter.open(0);
  arbiter.open(1);
  const view = new DataView(new ArrayBuffer(TRADE.size));
  for (let id = 1; id < 4_000; id++)
    for (const line of [0, 1]) {
      if (line === 1 && id % 100 === 0) continue;
      writeTrade(view, id, false);
      HEADER.field.receivedAtNs.set(view, 0, ms(id));
      arbiter.offer(line, view, 0);
      while (arbiter.due.take() !== DUE.nothing);
    }
  assert.equal(arbiter.worstLine(), 1);
});
