import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../src/shared/units.ts';
import type { CodecContext } from '../../../src/workers/exchanges/exchange.ts';
import { CODECS } from '../../../src/workers/exchanges/exchange-catalogue.ts';
import {
  COMPILED_MAX,
  COUNTS_AT,
  LISTS,
  LONG_AT,
  SLOT_BYTES,
  SLOTS,
  SLOTS_AT,
} from '../../../src/workers/scanner/layout.ts';
import { ScannedSymbols } from '../../../src/workers/scanner/scanned-symbols.ts';
import { countIndex, ROW_VALUES, rowValueIndex, Scanner } from '../../../src/workers/scanner/scanner.ts';
import {
  either,
  integer,
  maybe,
  oneOf,
  price,
  programOf,
  qty,
  rows,
  type Shape,
  seconds,
  shapeKey,
  signed,
  sortedRows,
  symbol,
  text,
  time,
  unsigned,
} from '../../../src/workers/scanner/shape.ts';
import { createScanner, threadScanner } from '../../../src/workers/thread-scanner.ts';
import { Random } from '../../support/random.ts';

const SHAPES = 80;
const MESSAGES_PER_SHAPE = 300;
const NAMES = ['BTC/USD', 'ETH/USD'];
/** Nothing that a number begins or goes on with. */
const LETTERS = 'abcdefgh{}:;"=<>_';

interface Compiler {
  scannerSources(programs: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, string>;
  compileScanner(sources: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>>;
}

/** A shape, and messages of it. */
interface Sample {
  readonly shape: Shape;
  message(): string;
}

const random = new Random(20);
/** A different one each time, so that branches and lists are told apart by their first character. */
const literal = (first = random.pick([...LETTERS])): string =>
  first +
  Array.from({ length: random.pick([0, 1, 2, 3, 5, 7, 9, 15, 16, 30]) }, () =>
    random.pick([...LETTERS]),
  ).join('');
const digits = (most: number): string => String(1 + random.below(9)) + random.digits(random.below(most));
const decimal = (): string =>
  random.percent(5)
    ? `${digits(16)}.${random.digits(9)}`
    : `${digits(6)}${random.percent(70) ? `.${random.digits(1 + random.below(8))}` : ''}`;

/** One value, the literal before it included. */
function value(slot: number): Sample {
  const before = literal();
  const of = (part: Shape, sample: () => string): Sample => ({
    shape: [text(before), ...part],
    message: () => before + sample(),
  });
  switch (random.below(8)) {
    case 0:
      return of([symbol(slot), text('"'), integer(slot + 1)], () => `${random.pick(NAMES)}"${digits(4)}`);
    case 1:
      return of([signed(slot)], () => (random.percent(50) ? '-' : '') + decimal());
    case 2:
      return of([integer(slot)], () => digits(15));
    case 3:
      return of([price(slot), text(','), qty(slot + 1)], () => `${decimal()},${decimal()}`);
    case 4:
      return of(
        [time(slot)],
        () => `2026-11-2${random.below(10)}T12:34:5${random.below(10)}.${random.digits(6)}Z`,
      );
    case 5:
      return of([seconds(slot)], () => `17${random.digits(8)}.${random.digits(6)}`);
    case 6: {
      const choices = Array.from({ length: 2 + random.below(3) }, (_, n) => literal(LETTERS[n]!));
      return of([oneOf(slot, ...choices)], () => random.pick(choices));
    }
    default:
      return of([unsigned(slot)], decimal);
  }
}

function sequence(samples: readonly Sample[]): Sample {
  return {
    shape: samples.flatMap(({ shape }) => shape),
    message: () => samples.map((sample) => sample.message()).join(''),
  };
}

const values = (first: number): Sample =>
  sequence(Array.from({ length: 1 + random.below(2) }, (_, n) => value(first + 2 * n)));

function optional(slot: number): Sample {
  const before = literal('~');
  return {
    shape: [maybe(before, integer(slot))],
    message: () => (random.percent(50) ? before + digits(6) : ''),
  };
}

function branches(slot: number): Sample {
  const all = ['p', 'q', 'r']
    .slice(0, 2 + random.below(2))
    .map((first) => ({ begin: literal(first), rest: values(slot + 1) }));
  return {
    shape: [either(slot, ...all.map(({ begin, rest }) => [begin, ...rest.shape] as const))],
    message: () => {
      const { begin, rest } = random.pick(all);
      return begin + rest.message();
    },
  };
}

const joined = (row: () => string): string => Array.from({ length: random.below(6) }, row).join(',');

function list(): Sample {
  const row = sequence([
    values(0),
    ...(random.percent(50) ? [optional(4)] : []),
    { shape: [text('|')], message: () => '|' },
  ]);
  return {
    shape: [text('['), rows(random.below(LISTS), ']', ',', ...row.shape), text(']')],
    message: () => `[${joined(() => row.message())}]`,
  };
}

function sortedLists(): Sample {
  const all = [1, 0, 2].map((of) => ({
    of,
    begin: literal('xyz'[of]!),
    rest: sequence([values(0), optional(4)]),
  }));
  return {
    shape: [
      text('['),
      sortedRows(
        ']',
        ',',
        ...all.map(({ of, begin, rest }) => [of, begin, ...rest.shape, text('|')] as const),
      ),
      text(']'),
    ],
    message: () =>
      `[${joined(() => {
        const { begin, rest } = random.pick(all);
        return `${begin}${rest.message()}|`;
      })}]`,
  };
}

function sampleShape(): Sample {
  const parts = [optional(10), branches(12), random.percent(50) ? list() : sortedLists(), values(20)];
  const end = literal();
  const last = { shape: [text(end)], message: () => end };
  return sequence([values(0), ...parts.filter(() => random.percent(75)), last]);
}

/** All that a scan leaves behind, as bits. */
function found({ int32 }: Scanner): number[] {
  const words = (from: number, count: number): number[] => [...int32.subarray(from / 4, from / 4 + count)];
  const all = [
    ...words(SLOTS_AT, (SLOTS * SLOT_BYTES) / 4),
    ...words(COUNTS_AT, LISTS),
    ...words(LONG_AT, 4),
  ];
  for (let n = 0; n < LISTS; n++) {
    const first = 2 * rowValueIndex(n, 0);
    all.push(...int32.subarray(first, first + int32[countIndex(n)]! * 2 * ROW_VALUES));
  }
  return all;
}

test(`${SHAPES} random shapes find the same in any bytes, compiled and interpreted`, async () => {
  const samples = Array.from({ length: SHAPES }, sampleShape);
  const programs = new Map(
    samples.map(({ shape }) => {
      const program = programOf(shape);
      return [shapeKey(program), program];
    }),
  );
  const compiler = new URL('../../../../scripts/scanner-compiler.mjs', import.meta.url).href;
  const { scannerSources, compileScanner } = (await import(compiler)) as Compiler;
  const program = await compileScanner(scannerSources(programs));
  const scanners = [
    createScanner(program),
    new Scanner({ ...createScanner(program).module, compiled: new Map() }),
  ];
  const tables = scanners.map((scanner) => {
    const symbols = new ScannedSymbols(scanner);
    for (const [n, name] of NAMES.entries()) {
      symbols.add(name, n as InstrumentId);
      symbols.setDecimals(n as InstrumentId, 2, 8);
    }
    return symbols.at;
  });
  let taken = 0;
  for (const { shape, message } of samples) {
    const [compiled, interpreted] = scanners.map((scanner) => scanner.shape(shape));
    assert.ok(
      compiled! < COMPILED_MAX && interpreted! > COMPILED_MAX,
      'one is compiled and the other one is not',
    );
    for (let n = 0; n < MESSAGES_PER_SHAPE; n++) {
      const sent = Buffer.from(message());
      for (let changes = random.below(3); changes > 0; changes--)
        sent[random.below(sent.length)] = random.percent(50) ? random.below(256) : random.pick([...sent]);
      const results = scanners.map((scanner, i) =>
        scanner.scan(scanner.shape(shape), tables[i]!, sent, 0, sent.length),
      );
      assert.equal(results[0], results[1], sent.toString('latin1'));
      if (results[0] === 0) continue;
      taken++;
      assert.deepEqual(found(scanners[0]!), found(scanners[1]!), sent.toString('latin1'));
    }
  }
  assert.ok(taken > (SHAPES * MESSAGES_PER_SHAPE) / 4, `${taken} messages were of their shape`);
});

test('the shapes of all exchanges are compiled', () => {
  const scanner = threadScanner();
  const shapes: number[] = [];
  const collector = new Proxy(scanner, {
    get(of, name: keyof Scanner) {
      const member = of[name];
      if (typeof member !== 'function') return member;
      if (name !== 'shape') return member.bind(of);
      return (shape: Shape) => shapes.push(of.shape(shape));
    },
  });
  const context = { sink: {}, notices: {}, events: {}, books: {}, scanner: collector } as CodecContext;
  for (const { createCodec } of Object.values(CODECS)) createCodec(context);
  assert.ok(shapes.length > 30, `${shapes.length} shapes`);
  assert.deepEqual(
    shapes.filter((shape) => shape >= COMPILED_MAX),
    [],
  );
});
