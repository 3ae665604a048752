import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScannedDecimal, scanDecimal, scanDecimalWithCrc } from '../../../src/shared/decimal/scan-decimal.ts';
import type { InstrumentId } from '../../../src/shared/units.ts';
import { TimeScanner } from '../../../src/workers/exchanges/scan-time.ts';
import { COPY_BYTES, LONG_AT, ROWS_MAX } from '../../../src/workers/scanner/layout.ts';
import { ScannedSymbols } from '../../../src/workers/scanner/scanned-symbols.ts';
import {
  countIndex,
  FOUND_MORE_DECIMALS,
  ROW_VALUES,
  rowValueIndex,
  valueIndex,
  wordIndex,
} from '../../../src/workers/scanner/scanner.ts';
import {
  either,
  integer,
  maybe,
  oneOf,
  price,
  qty,
  rows,
  type Shape,
  seconds,
  signed,
  sortedRows,
  symbol,
  text,
  time,
  unsigned,
} from '../../../src/workers/scanner/shape.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';
import { Random } from '../../support/random.ts';

const scanner = threadScanner();
const symbols = new ScannedSymbols(scanner);
symbols.add('BTC/USD', 7 as InstrumentId);
const readBuffer = new Uint8Array(
  scanner.readBytes.buffer,
  scanner.readBytes.byteOffset,
  scanner.readBytes.length,
);
const encoder = new TextEncoder();

/** Scans a message where it lies and as a copy, other bytes behind it, which must agree. */
function scan(shape: Shape, message: string, behind = '5555"}]}'): number {
  const at = scanner.shape(shape);
  const bytes = encoder.encode(`xx${message}${behind}`);
  const end = 2 + encoder.encode(message).length;
  readBuffer.set(bytes);
  const inPlace = scanner.scan(at, symbols.at, readBuffer, 2, end);
  assert.equal(scanner.scan(at, symbols.at, bytes, 2, end), inPlace, `${message}: a copy is the same`);
  return inPlace;
}

const value = (slot: number): number => scanner.float64[valueIndex(slot)]!;
const word = (slot: number): number => scanner.int32[wordIndex(slot)]!;

const SIGNED: Shape = [text('<'), signed(1), text('>')];
const UNSIGNED: Shape = [text('<'), unsigned(1), text('>')];
const INTEGER: Shape = [text('<'), integer(1), text('>')];
const LEVEL: Shape = [text('<'), symbol(0), text('"'), price(1), text(','), qty(2), text('>')];

/** Reads a number all ways, and compares with the readers that take a digit at a time. */
function compare(number: string, decimals: number): void {
  const bytes = encoder.encode(`${number}>`);
  const plain = new ScannedDecimal();
  const isNumber = !/^-?0\d/.test(number) && scanDecimal(bytes, 0, plain) === number.length;
  assert.equal(scan(SIGNED, `<${number}>`) !== 0, isNumber, `${number} signed`);
  if (isNumber) assert.deepEqual([value(1), word(1)], [plain.value, plain.decimals], number);

  const isUnsigned = isNumber && !number.startsWith('-');
  assert.equal(scan(UNSIGNED, `<${number}>`) !== 0, isUnsigned, `${number} unsigned`);
  if (isUnsigned) assert.deepEqual([value(1), word(1)], [plain.value, plain.decimals], number);

  const isInteger = isUnsigned && !number.includes('.') && plain.value < 2 ** 52;
  assert.equal(scan(INTEGER, `<${number}>`) !== 0, isInteger, `${number} as an integer`);

  symbols.setDecimals(7 as InstrumentId, decimals, decimals);
  const found = scan(LEVEL, `<BTC/USD"${number},${number}>`);
  assert.equal(found !== 0, isUnsigned, `${number} as a level`);
  if (!isUnsigned) return;
  const register = new ScannedDecimal();
  scanDecimalWithCrc(bytes, 0, decimals, register);
  const { decimals: read } = register;
  scanDecimalWithCrc(bytes, 0, decimals, register);
  assert.deepEqual([value(1), word(1) & 255], [register.value, read], `price ${number}`);
  assert.deepEqual(
    [value(2), word(2) & 255, word(2) >> 8, scanner.int32[wordIndex(2) + 1]],
    [register.value, read, register.crcDigits, register.crc],
    `quantity ${number} to ${decimals}`,
  );
}

test('numbers of every form are read as by the readers of single digits', () => {
  const numbers =
    ' - . 0 -0 -0.0 00 01 0. .5 1. 1..2 1.2.3 1e5 1.5e-8 +1 0.0 0.00000000 0.0001 0.00010 0.00000001 0.01000000 ' +
    '0.10000000 0.000000001 1234 12345 12345678 123456789 1234567890 999999999.999999999 0.123456789 ' +
    '0.1234567890 4503599627370495 4503599627370496 45035996273.70495 45035996273.70496 12a4 1234a 1.234a 0x1 ' +
    '00000000000001 12345678901234567890 888410096.36620085 123456.12345678 1234567.12345678 12345678.12345678 ' +
    '123456789012345 1234567890123456 12345678901234.5 1234567890123.45 0.12345678901234 0.123456789012345';
  for (const number of numbers.split(' ')) for (const decimals of [0, 1, 8, 12]) compare(number, decimals);
});

test('random numbers are read as by the readers of single digits', () => {
  const random = new Random(31);
  const part = (): string => '0'.repeat(random.below(4)) + random.digits(random.below(11));
  for (let n = 0; n < 20_000; n++) {
    const number = random.percent(80) ? `${part()}.${part()}` : part();
    compare(random.percent(20) ? `-${number}` : number, random.below(12));
  }
});

test('numbers of sixteen digits are read at once, of nineteen here, of more by the caller', () => {
  const isLeft = (number: string): boolean => {
    assert.notEqual(scan(UNSIGNED, `<${number}>`), 0, number);
    return scanner.int32[LONG_AT / 4]! > 0;
  };
  const here =
    '30319529.27677631 3.031952927677631 303195292767763.1 4503599627370.495 4503599627370.496 4503599627370496';
  for (const number of [
    ...here.split(' '),
    '30319529.276776312',
    '1234567890.123456789',
    '1234567890123456789',
  ])
    assert.ok(!isLeft(number), number);
  for (const number of [
    '0.123456789012345678',
    '1.1234567890123456',
    '12345678901234567890',
    '12345678901.123456789',
  ])
    assert.ok(isLeft(number), number);
  for (const none of ['3031952927677631.', '1234567890.123.456789', '01234567890.12345678'])
    assert.equal(scan(UNSIGNED, `<${none}>`), 0, none);
});

test('what is left out of a message says nothing of the message before', () => {
  const optional: Shape = [
    text('<'),
    integer(0),
    maybe(',', integer(1)),
    maybe(';', rows(0, ']', ',', integer(0))),
    text('>'),
  ];
  assert.notEqual(scan(optional, '<1,2;3,4>'), 0);
  assert.deepEqual([value(0), value(1), scanner.int32[countIndex(0)]], [1, 2, 2]);
  assert.notEqual(scan(optional, '<5>'), 0);
  assert.deepEqual([value(0), value(1), word(1), scanner.int32[countIndex(0)]], [5, Number.NaN, 0, 0]);
});

test('more decimals than a symbol is known to have are told', () => {
  symbols.setDecimals(7 as InstrumentId, 1, 8);
  for (const [level, more] of [
    ['1.5,0.12345678', false],
    ['1.25,0.12345678', true],
    ['1.5,0.123456789', true],
    ['1.5,888410096.366200851', true],
  ] as const) {
    const found = scan(LEVEL, `<BTC/USD"${level}>`);
    assert.equal((found & FOUND_MORE_DECIMALS) !== 0, more, level);
    assert.notEqual(found, 0, level);
  }
});

const TIME: Shape = [text('<'), time(1), text('>')];

test('times of six digits are read as by the reader of any time, whatever lies between', () => {
  const random = new Random(21);
  const alone = new TimeScanner();
  let ms = Date.UTC(2026, 7, 2);
  let read = 0;
  for (let n = 0; n < 20_000; n++) {
    ms = random.percent(10) ? random.below(4e12) : ms + random.below(9000) - 2000;
    let given = new Date(ms).toISOString().replace('Z', `${random.digits(3)}Z`);
    const at = random.below(given.length);
    if (random.percent(30))
      given = given.slice(0, at) + random.pick(['5', '9', ':', 'Z', '.', ' ']) + given.slice(at + 1);
    const isTime = alone.scan(encoder.encode(`${given}>`), 0) === given.length;
    assert.equal(scan(TIME, `<${given}>`) !== 0, isTime, given);
    if (isTime) assert.equal(value(1), alone.us, given);
    read += Number(isTime);
  }
  assert.ok(read > 10_000);
});

test('a date that there is not is no time, and does not stay behind', () => {
  const days = ['02-29', '04-31', '13-01', '00-10', '10-00', '01-32', '12-31', '02-28'];
  assert.deepEqual(
    days.map((day) => scan(TIME, `<2023-${day}T00:00:00.000000Z>`) !== 0),
    [false, false, false, false, false, false, true, true],
  );
  for (const time of ['2024-02-29T00:00:00.000000Z', '2000-02-29T23:59:59.999999Z'])
    assert.notEqual(scan(TIME, `<${time}>`), 0, time);
  for (const time of [
    '2100-02-29T00:00:00.000000Z',
    '1969-12-31T00:00:00.000000Z',
    '2023-10-06T24:00:00.000000Z',
  ])
    assert.equal(scan(TIME, `<${time}>`), 0, time);
});

const SECONDS: Shape = [text('<'), seconds(1), text('>')];

test('seconds of ten digits and six decimals are microseconds to the last one, and nothing else is', () => {
  const random = new Random(22);
  let read = 0;
  for (let n = 0; n < 20_000; n++) {
    let given = `${random.digits(10)}.${random.digits(6)}`;
    const at = random.below(given.length);
    if (random.percent(30))
      given = given.slice(0, at) + random.pick(['/', ':', '.', ' ', '', '5', 'ÿ']) + given.slice(at + 1);
    const us = /^\d{10}\.\d{6}$/.test(given) ? BigInt(given.replace('.', '')) : 2n ** 53n;
    assert.equal(scan(SECONDS, `<${given}>`) !== 0, us < 2n ** 53n, given);
    if (us < 2n ** 53n) assert.equal(BigInt(value(1)), us, given);
    read += Number(us < 2n ** 53n);
  }
  assert.ok(read > 10_000);
  assert.notEqual(scan(SECONDS, '<9007199254.740991>'), 0);
  assert.equal(scan(SECONDS, '<9007199254.740992>'), 0);
});

test('literals of every length are compared to their last byte', () => {
  for (let length = 1; length <= 100; length++) {
    const literal = Array.from({ length }, (_, n) => String.fromCharCode(0x21 + ((n * 7) % 90))).join('');
    const shape: Shape = [text(literal)];
    assert.notEqual(scan(shape, literal), 0);
    assert.equal(scan(shape, literal.slice(1), literal[0]), 0);
    for (let at = 0; at < length; at++)
      assert.equal(scan(shape, `${literal.slice(0, at)} ${literal.slice(at + 1)}`), 0, `${length}: ${at}`);
  }
});

test('one of several literals is told by its index, and an optional part may be left out', () => {
  const shape: Shape = [
    text('{'),
    oneOf(0, 'buy:', 'sell:', 'bu'),
    unsigned(1),
    maybe(',more:', unsigned(2), text('!'), unsigned(3)),
    text('}'),
  ];
  const read = (message: string): number[] | undefined =>
    scan(shape, message) === 0 ? undefined : [word(0), value(1)];
  assert.deepEqual(read('{sell:5}'), [1, 5]);
  assert.deepEqual(read('{buy:6,more:7!8}'), [0, 6]);
  assert.deepEqual([value(2), value(3)], [7, 8]);
  assert.deepEqual(read('{bu6}'), [2, 6]);
  for (const none of ['{hold:5}', '{buy:}', '{buy:6,more:}', '{buy:6,more:7}', '{buy:6,mor:7!8}', '{buy:6'])
    assert.equal(read(none), undefined, none);
});

const LISTS: Shape = [
  text('['),
  rows(0, ']', ',', text('('), unsigned(0), text(')')),
  text(']['),
  rows(1, ']', ',', text('('), unsigned(0), text('/'), unsigned(1), text(')')),
  text(']'),
];

test('rows are counted and read, and none is a list as well', () => {
  const column = (list: number, slot: number): number[] =>
    Array.from(
      { length: scanner.int32[countIndex(list)]! },
      (_, n) => scanner.float64[rowValueIndex(list, slot) + n * ROW_VALUES]!,
    );
  assert.notEqual(scan(LISTS, '[(1),(2),(3)][(4/5)]'), 0);
  assert.deepEqual([column(0, 0), column(1, 0), column(1, 1)], [[1, 2, 3], [4], [5]]);
  assert.notEqual(scan(LISTS, '[][]'), 0);
  assert.deepEqual([column(0, 0), column(1, 0)], [[], []]);
  for (const none of ['[(1),][]', '[,(1)][]', '[(1)(2)][]', '[(1),(2)', '[(1)][(4)]'])
    assert.equal(scan(LISTS, none), 0, none);
});

const EITHER: Shape = [
  text('<'),
  unsigned(0),
  text('['),
  either(
    3,
    ['a', unsigned(1), text('!')],
    ['b,', maybe('x', unsigned(1)), text(','), oneOf(4, 'p', 'q'), text('.')],
    ['c'],
    ['ccc', unsigned(1), text(';')],
    ['d', unsigned(2), text('?')],
  ),
  text(']'),
  unsigned(5),
  text('>'),
];

test('a branch is read as its literal says, and what stands behind all of them after it', () => {
  const rows: readonly [message: string, ...kind: number[]][] = [
    ['<7[a12!]8>', 0, 12],
    ['<7[b,x5,q.]8>', 1, 5],
    ['<7[b,,p.]8>', 1, Number.NaN],
    ['<7[c]8>', 2, Number.NaN],
    ['<7[d3?]8>', 4, Number.NaN],
  ];
  for (const [message, kind, number] of rows) {
    scanner.float64[valueIndex(1)] = Number.NaN;
    assert.notEqual(scan(EITHER, message), 0, message);
    assert.deepEqual([value(0), word(3), value(1), value(5)], [7, kind, number, 8], message);
  }
  // The first literal that fits is taken, as a choice says.
  for (const none of [
    '<7[e]8>',
    '<7[a12?]8>',
    '<7[a]8>',
    '<7[b,x5,q]8>',
    '<7[ccc1;]8>',
    '<7[a12!8>',
    '<7[d3!]8>',
  ])
    assert.equal(scan(EITHER, none), 0, none);
});

test('rows may each be of another branch', () => {
  const shape: Shape = [
    text('['),
    rows(
      0,
      ']',
      ',',
      either(2, ['(', unsigned(0), text(')')], ['{', unsigned(0), text(':'), unsigned(1), text('}')]),
    ),
    text(']'),
  ];
  assert.notEqual(scan(shape, '[(1),{2:3},(4)]'), 0);
  const first = rowValueIndex(0, 0);
  assert.deepEqual(
    [0, 1, 2].map((row) => scanner.float64[first + row * ROW_VALUES]),
    [1, 2, 4],
  );
  assert.equal(scan(shape, '[(1),{2),(4)]'), 0);
});

test('numbers of up to nineteen digits and nine decimals are read here, all others of many digits by the caller', () => {
  const random = new Random(37);
  let here = 0;
  for (let n = 0; n < 40_000; n++) {
    const digits = `${1 + random.below(9)}${random.digits(14 + random.below(5))}${'0'.repeat(random.below(3))}`;
    const places = random.below(11);
    const number = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    compare(number, 8);
    scan(UNSIGNED, `<${number}>`);
    const isLeft = scanner.int32[LONG_AT / 4] !== 0;
    assert.equal(isLeft, digits.length > 19 || (places > 9 && digits.length > 15 && isLeft), number);
    if (!isLeft) here++;
  }
  assert.ok(here > 20_000, `${here} were read here`);
});

test('rows go to the list that they begin with, each list in its order', () => {
  const shape: Shape = [
    text('<'),
    sortedRows(
      ']',
      ',',
      [1, 'a', unsigned(0), maybe('/', integer(2)), text(';')],
      [0, 'b', unsigned(0), text(';')],
      [2, 'c', oneOf(1, 'x', 'y')],
    ),
    text(']>'),
  ];
  const rowsOf = (list: number): unknown[] =>
    Array.from({ length: scanner.int32[countIndex(list)]! }, (_, n) => {
      const at = rowValueIndex(list, 0) + n * ROW_VALUES;
      return list === 2 ? scanner.int32[2 * (at + 2) + 2] : scanner.float64[at];
    });
  const lists = (): unknown[] => [0, 1, 2].map(rowsOf);
  assert.notEqual(scan(shape, '<b1.5;,a2;,cy,b3;,a4/5;,cx,a6;]>'), 0);
  assert.deepEqual(lists(), [
    [1.5, 3],
    [2, 4, 6],
    [1, 0],
  ]);
  const ms = [0, 1, 2].map((n) => scanner.float64[rowValueIndex(1, 2) + n * ROW_VALUES]);
  assert.deepEqual(ms, [Number.NaN, 5, Number.NaN]);
  assert.notEqual(scan(shape, '<a7;]>'), 0);
  assert.deepEqual(lists(), [[], [7], []]);
  assert.notEqual(scan(shape, '<]>'), 0);
  assert.deepEqual(lists(), [[], [], []]);
  for (const none of ['<d1;]>', '<a1;,]>', '<a1;b2;]>', '<a1;,b2]>', '<,a1;]>', '<cz]>', '<a1;,b2;'])
    assert.equal(scan(shape, none), 0, none);
});

test('none of several lists is longer than a list may be', () => {
  const shape: Shape = [text('['), sortedRows(']', ',', [0, 'a'], [1, 'b']), text(']')];
  const message = (letters: string): string => `[${[...letters].join()}]`;
  const full = 'a'.repeat(ROWS_MAX);
  assert.notEqual(scan(shape, message('b'.repeat(ROWS_MAX - 1) + full)), 0);
  assert.deepEqual([scanner.int32[countIndex(0)], scanner.int32[countIndex(1)]], [ROWS_MAX, ROWS_MAX - 1]);
  for (const letters of [`${full}a`, `${full}b`, `b${full}ba`])
    assert.equal(scan(shape, message(letters)), 0);
});

test('rows that end a message end with it, whatever follows in the chunk', () => {
  const shape: Shape = [rows(0, ']', ',', text('('), unsigned(0), text(')'))];
  assert.notEqual(scan(shape, '(1),(2)', ',(3)'), 0);
  assert.equal(scanner.int32[countIndex(0)], 2);
  assert.equal(scan(shape, '(1),(2),', '(3)'), 0);
});

test('a list that is too long is not of the shape', () => {
  const list = (length: number): string => `[${Array.from({ length }, () => '(1)').join()}][]`;
  assert.notEqual(scan(LISTS, list(ROWS_MAX)), 0);
  assert.equal(scan(LISTS, list(ROWS_MAX + 1)), 0);
});

const MESSAGE: Shape = [
  text('{"symbol":"'),
  symbol(0),
  text('","levels":['),
  rows(0, ']', ',', text('['), price(0), text(','), qty(1), text(']')),
  text('],"at":"'),
  time(1),
  text('"}'),
];
const EXAMPLE =
  '{"symbol":"BTC/USD","levels":[[1.5,2],[2.5,888410096.36620085]],"at":"2026-11-21T12:00:00.000001Z"}';

test('a message ends where it ends, whatever follows it in the chunk', () => {
  assert.notEqual(scan(MESSAGE, EXAMPLE), 0);
  for (let length = 0; length < EXAMPLE.length; length++)
    assert.equal(scan(MESSAGE, EXAMPLE.slice(0, length), EXAMPLE.slice(length)), 0, `cut to ${length}`);
  assert.equal(scan(MESSAGE, `${EXAMPLE} `), 0);
});

test('no bytes make it fail otherwise than by saying no', () => {
  const random = new Random(41);
  let found = 0;
  for (let n = 0; n < 30_000; n++) {
    const bytes = encoder.encode(EXAMPLE);
    for (let changes = random.below(3); changes >= 0; changes--)
      bytes[random.below(bytes.length)] = random.percent(50) ? random.below(256) : random.pick([...bytes]);
    readBuffer.set(bytes, readBuffer.length - bytes.length);
    const at = readBuffer.length - bytes.length;
    if (scanner.scan(scanner.shape(MESSAGE), symbols.at, readBuffer, at, readBuffer.length) !== 0) found++;
  }
  assert.ok(found > 100 && found < 30_000, `${found} were still of the shape`);
});

test('a message longer than there is room for is not of any shape', () => {
  const bytes = encoder.encode(EXAMPLE.padEnd(COPY_BYTES + 1));
  assert.equal(scanner.scan(scanner.shape(MESSAGE), symbols.at, bytes, 0, bytes.length), 0);
});
