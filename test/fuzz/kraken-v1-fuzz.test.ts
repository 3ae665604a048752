import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BOOK_SNAPSHOT,
  EMPTY_SNAPSHOT,
  HEARTBEAT,
  OHLC,
  SPREAD,
  TICKER,
  TRADES,
} from '../workers/exchanges/kraken-v1/messages.ts';
import { book, Reading, readBothWays } from '../workers/exchanges/kraken-v1/reading.ts';

const SEED = Number(process.env['SEED'] ?? 20260527);
const OPTIONS = { pairs: ['XBT/USD', 'ETH/XBT'], subscriptions: [book(0, 10), book(1, 25)] };

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

const pick = <T>(next: Random, from: readonly T[]): T => from[next(from.length)]!;
const many = (next: Random, most: number, make: () => string): string =>
  Array.from({ length: next(most + 1) }, make).join();

/** Decimals of every kind: short, long, padded, with exponents, and now and then none at all. */
function decimal(next: Random): string {
  const digits = (length: number): string => Array.from({ length }, () => next(10)).join('');
  switch (next(60)) {
    case 0:
      return `${next(10)}e${next(9) - 4}`;
    case 1:
      return `${digits(10)}.${digits(10)}`;
    case 2:
      return `0.${'0'.repeat(next(12))}${digits(3)}`;
    case 3:
    case 4:
    case 5:
      return '0.00000000';
    case 6:
      return digits(1 + next(12));
    case 7:
      return pick(next, ['', '-1.0', '.5', '5.', '1.2.3', '+1', 'NaN', ' 1', '9'.repeat(129), '00012.50']);
    default:
      return `${100 + next(50)}.${digits(5)}`;
  }
}

const time = (next: Random): string =>
  next(60) === 0
    ? pick(next, ['', '1', '1534614057.1', '99999999999.000000'])
    : `15346140${10 + next(90)}.${100000 + next(900000)}`;

const level = (next: Random): string =>
  `["${decimal(next)}","${decimal(next)}","${time(next)}"${pick(next, ['', '', '', ',"r"', ',"r"', next(9) === 0 ? ',"x"' : ''])}]`;

function payload(next: Random, channel: string): string {
  const quoted = (): string => `"${decimal(next)}"`;
  const pair = (): string => `[${quoted()},${quoted()}]`;
  const side = (): string => `[${quoted()},${next(100)},${quoted()}]`;
  const levels = (): string => `[${many(next, 4, () => level(next))}]`;
  const checksum = (): string => `"c":"${next(2) === 0 ? 0 : next(2 ** 32)}"`;
  switch (channel) {
    case 'trade':
      return `[${many(next, 3, () => `[${quoted()},${quoted()},"${time(next)}","${pick(next, ['b', 's', 's', 'x'])}","${pick(next, ['m', 'l', 'l', 'q'])}",""]`)}]`;
    case 'spread':
      return `[${quoted()},${quoted()},"${time(next)}",${quoted()},${quoted()}]`;
    case 'ticker':
      return `{"a":${side()},"b":${side()},"c":${pair()},"v":${pair()},"p":${pair()},"t":[${next(9)},${next(2000)}],"l":${pair()},"h":${pair()},"o":${pair()}}`;
    case 'ohlc-5':
    case 'ohlc-1440':
      return `["${time(next)}","${time(next)}",${Array.from({ length: 6 }, quoted).join()},${pick(next, [0, 1, 4294967295, 4294967296, 2500000000])}]`;
    default:
      return pick(next, [
        () => `{"as":${levels()},"bs":${levels()}}`,
        () => `{"a":${levels()},${checksum()}}`,
        () => `{"b":${levels()},${checksum()}}`,
        () => `{"a":${levels()}},{"b":${levels()},${checksum()}}`,
        () => `{"a":${levels()},"b":${levels()},${checksum()}}`,
      ])();
  }
}

function message(next: Random): string {
  const pair = next(30) === 0 ? 'SC/EUR' : pick(next, ['XBT/USD', 'XBT/USD', 'ETH/XBT']);
  const depth = next(30) === 0 ? 100 : pair === 'ETH/XBT' ? 25 : 10;
  const kind = pick(next, ['trade', 'spread', 'ticker', 'ohlc-5', 'ohlc-1440', 'book', 'book', 'book']);
  const channel = kind === 'book' ? `book-${depth}` : kind;
  return `[${pick(next, [0, 341, 119930890])},${payload(next, channel)},"${channel}","${pair}"]`;
}

const WHOLE = [
  TRADES,
  TICKER,
  SPREAD,
  OHLC,
  HEARTBEAT,
  BOOK_SNAPSHOT,
  EMPTY_SNAPSHOT,
  '[0,{"a":[["7.5","1.0","1534614248.123678","r"]]},{"b":[["7.4","1.0","1534614248.123678"]],"c":"4294967295"},"book-10","XBT/USD"]',
  '{"channelName":"book-10","event":"subscriptionStatus","pair":"XBT/USD","reqid":1,"status":"subscribed","subscription":{"depth":10,"name":"book"}}',
  '{"connectionID":17843232920108168701,"event":"systemStatus","status":"online","version":"1.9.1"}',
];
/** Bytes that mean something in these messages are likelier to find a hole than any others. */
const LIKELY = new TextEncoder().encode('0123456789"\\,.[]{}:-eE+ abcrst');

function mutate(next: Random, bytes: Uint8Array): Uint8Array {
  const at = next(bytes.length);
  const other = next(4) === 0 ? next(256) : LIKELY[next(LIKELY.length)]!;
  switch (next(5)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
    case 2:
      return Uint8Array.of(...bytes.subarray(0, at), other, ...bytes.subarray(at));
    default: {
      const changed = bytes.slice();
      changed[at] = other;
      return changed;
    }
  }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Reads them in groups, so that a difference shows the few messages that make it. */
function compare(messages: readonly Uint8Array[]): { cold: number; malformed: number; records: number } {
  const sum = { cold: 0, malformed: 0, records: 0 };
  for (let from = 0; from < messages.length; from += 10) {
    const group = messages.slice(from, from + 10);
    const { hot, cold } = readBothWays(OPTIONS, group);
    const shown = group.map((bytes) => new TextDecoder().decode(bytes)).join('\n');
    assert.deepEqual(hot.outcome(), cold.outcome(), `SEED=${SEED}, messages:\n${shown}`);
    sum.cold += hot.cold;
    sum.malformed += hot.malformed;
    sum.records += hot.sink.records.length;
    hot.close();
    cold.close();
  }
  return sum;
}

test('generated messages read the same hot and cold', () => {
  const next = random(SEED);
  const messages = Array.from({ length: 6000 }, () => encode(message(next)));
  const { cold, records } = compare(messages);
  assert.ok(cold > 1000 && cold < 5000 && records > 1000, 'both paths are taken, and often');
});

test('messages with a byte changed, left out, put in or cut off read the same hot and cold', () => {
  const next = random(SEED + 1);
  const messages = Array.from({ length: 8000 }, () => {
    let bytes = encode(next(3) === 0 ? message(next) : pick(next, WHOLE));
    for (let n = next(3); n >= 0 && bytes.length > 0; n--) bytes = mutate(next, bytes);
    return bytes;
  });
  const { malformed } = compare(messages);
  assert.ok(malformed > 1000);
});

test('each single byte changed to each likely one reads the same hot and cold', () => {
  const messages = WHOLE.slice(2, 8).flatMap((text) => {
    const bytes = encode(text);
    return Array.from(bytes, (_, at) => {
      const changed = bytes.slice();
      changed[at] = LIKELY[(at * 7) % LIKELY.length]!;
      return changed;
    });
  });
  compare(messages);
});

test('any bytes are counted as malformed and never thrown', () => {
  const next = random(SEED + 2);
  const reading = new Reading(OPTIONS);
  const count = 2000;
  for (let n = 0; n < count; n++)
    reading.read(
      Uint8Array.from({ length: next(200) }, () => (next(2) === 0 ? next(256) : pick(next, [...LIKELY]))),
    );
  assert.equal(reading.malformed, count);
  assert.deepEqual(reading.sink.records, []);
});

const HOSTILE: readonly (readonly [title: string, message: string])[] = [
  ['a million opening brackets', '['.repeat(1_000_000)],
  ['a million opening braces', '{"a":'.repeat(200_000)],
  ['a number of a million digits', TRADES.replace('5541.20000', `0.1${'0'.repeat(1_000_000)}1`)],
  ['a channel id of a million digits', TRADES.replace('[0', `[${'9'.repeat(1_000_000)}`)],
  [
    'a hundred thousand levels',
    `[0,{"as":[${Array.from({ length: 100_000 }, () => '["1.0","1.0","1534614248.123678"]').join()}],"bs":[]},"book-10","XBT/USD"]`,
  ],
  ['a million elements', `[${'0,'.repeat(1_000_000)}"book-10","XBT/USD"]`],
  [
    'members named like those of every object',
    '{"__proto__":{"event":"pong"},"constructor":1,"event":"__proto__"}',
  ],
  ['a pair named like a member of every object', TRADES.replace('XBT/USD', '__proto__')],
  ['a channel named like a member of every object', TRADES.replace('"trade"', '"constructor"')],
  ['a checksum of infinite digits', `[0,{"a":[],"c":"${'9'.repeat(100_000)}"},"book-10","XBT/USD"]`],
];

for (const [title, text] of HOSTILE)
  test(`${title} end in one fault, and the next message is read`, () => {
    const reading = new Reading(OPTIONS);
    reading.read(text);
    reading.read(TRADES);
    const faults = title.startsWith('a channel id') ? 0 : 1;
    assert.equal(reading.malformed, faults);
    assert.equal(reading.sink.named('trade').length, faults === 1 ? 2 : 4);
  });
