// Shapes as AssemblyScript: one function for each, with every literal as a constant, which takes less time than
// interpreting it op by op. `layout.ts` says what the ops are, `wasm/scan.ts` what they do.
import * as layout from '../dist/src/workers/scanner/layout.js';

const WORD = 4;

/** Which function of `wasm/values.ts` reads what an op reads. */
const TAKE = new Map([
  [layout.OP_SYMBOL, 'takeSymbol'],
  [layout.OP_UNSIGNED, 'takeUnsigned'],
  [layout.OP_SIGNED, 'takeSigned'],
  [layout.OP_INTEGER, 'takeInteger'],
  [layout.OP_PRICE, 'takePrice'],
  [layout.OP_QTY, 'takeQty'],
  [layout.OP_TIME, 'takeTime'],
  [layout.OP_SECONDS, 'takeSeconds'],
]);

const padded = (length) => (length + 15) & ~15;
/** Bytes as one number, the first one lowest. */
const constant = (bytes) =>
  `0x${[...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}`;

/** An expression that is true where a literal does not stand at `at`. */
function differs(literal) {
  const { length } = literal;
  if (length === 1) return `load<u8>(at) != ${constant(literal)}`;
  if (length === 2) return `load<u16>(at) != ${constant(literal)}`;
  if (length === 4) return `load<u32>(at) != ${constant(literal)}`;
  if (length === 8) return `load<u64>(at) != ${constant(literal)}`;
  // What is read behind the literal is cut off.
  if (length === 3) return `(load<u32>(at) & 0xffffff) != ${constant(literal)}`;
  if (length < 8) return `(load<u64>(at) & 0x${'ff'.repeat(length)}) != ${constant(literal)}`;
  // The last bytes together with some of those before.
  if (length < 16) {
    const last = length - 8;
    return `((load<u64>(at) ^ ${constant(literal.subarray(0, 8))}) | (load<u64>(at + ${last}) ^ ${constant(literal.subarray(last))})) != 0`;
  }
  let different = '';
  for (let i = 0; i < length; i += 16) {
    const from = Math.min(i, length - 16);
    const part = `v128.xor(v128.load(at + ${from}), i8x16(${literal.subarray(from, from + 16).join(', ')}))`;
    different = different === '' ? part : `v128.or(${different}, ${part})`;
  }
  return `v128.any_true(${different})`;
}

/** Writes the function of one shape, in the order of its ops. */
class ShapeWriter {
  #program;
  #words;
  #lines = [];
  #indent = 1;
  /** Slots are those of a row. */
  #isInRow = false;

  constructor(program) {
    this.#program = program;
    this.#words = new DataView(program.buffer, program.byteOffset, program.byteLength);
  }

  write(number) {
    this.#ops(0, this.#program.length);
    return [
      `function shape${number}(symbols: usize, start: usize, end: usize): i32 {`,
      '  let at = start;',
      '  begin();',
      ...this.#lines,
      '}',
    ].join('\n');
  }

  #word(at, n) {
    return this.#words.getInt32(at + WORD * n, true);
  }

  #op(at) {
    const length = this.#word(at, 1);
    const literal = this.#program.subarray(at + layout.OP_BYTES, at + layout.OP_BYTES + length);
    const behind = at + layout.OP_BYTES + padded(length);
    const head = this.#word(at, 0);
    return {
      at,
      code: head & 255,
      argument: head >> 8,
      literal,
      first: this.#word(at, 2),
      second: this.#word(at, 3),
      behind,
    };
  }

  /** The literals of a choice, and where what is behind all of them begins. */
  #choices({ at, first: count, behind }) {
    const choices = [];
    let head = behind;
    for (let n = 0; n < count; n++) {
      const length = this.#word(head, 0);
      const literal = this.#program.subarray(head + layout.OP_BYTES, head + layout.OP_BYTES + length);
      choices.push({ literal, goesOnAt: at + this.#word(head, 1), mark: this.#word(head, 2) });
      head += layout.OP_BYTES + padded(length);
    }
    return { choices, end: head };
  }

  #line(text) {
    this.#lines.push('  '.repeat(this.#indent) + text);
  }

  #block(open, body) {
    this.#line(open);
    this.#indent++;
    body();
    this.#indent--;
  }

  #slot(argument) {
    return this.#isInRow
      ? `row + ${argument * layout.SLOT_BYTES}`
      : `${layout.SLOTS_AT + argument * layout.SLOT_BYTES}`;
  }

  #clear(lists) {
    for (let list = 0; list < layout.LISTS; list++)
      if ((lists & (1 << list)) !== 0) this.#line(`store<i32>(${layout.COUNTS_AT + list * WORD}, 0);`);
  }

  /** Everything from one op up to another. What an op skips is behind the branches that it is one of. */
  #ops(from, to) {
    for (let at = from; at < to; ) {
      const op = this.#op(at);
      if (op.code === layout.OP_MAYBE) {
        at = this.#maybe(op);
        continue;
      }
      if (op.literal.length > 0) {
        this.#line(`if (${differs(op.literal)}) return 0;`);
        this.#line(`at += ${op.literal.length};`);
      }
      at = op.behind;
      if (TAKE.has(op.code)) this.#take(op);
      else if (op.code === layout.OP_CHOICE) at = this.#choice(op);
      else if (op.code === layout.OP_SORT) at = this.#sort(op);
      else if (op.code === layout.OP_ROWS) at = this.#rows(op);
      else if (op.code === layout.OP_NEXT_ROW) this.#nextRow(op);
      else if (op.code === layout.OP_END) this.#line('return at == end ? found : 0;');
      else if (op.code !== layout.OP_SKIP) throw new Error(`no op ${op.code}`);
    }
  }

  #take({ code, argument }) {
    const symbols = code === layout.OP_SYMBOL ? ', symbols' : '';
    this.#line(`at = ${TAKE.get(code)}(at, ${this.#slot(argument)}${symbols});`);
    this.#line('if (at == 0) return 0;');
  }

  #maybe({ at, literal, first, behind }) {
    const left = this.#op(behind);
    this.#block(`if (${differs(literal)}) {`, () => {
      if (left.code === layout.OP_ROWS) this.#clear(left.argument >> 8);
      else {
        this.#line(`store<f64>(${this.#slot(left.argument)}, NaN);`);
        this.#line(`store<i64>(${this.#slot(left.argument)} + 8, 0);`);
      }
    });
    this.#block('} else {', () => {
      this.#line(`at += ${literal.length};`);
      this.#ops(behind, at + first);
    });
    this.#line('}');
    return at + first;
  }

  #choice(op) {
    return this.#branches(op, (mark) => this.#line(`store<i32>(${this.#slot(op.argument)} + 8, ${mark});`));
  }

  #sort(op) {
    return this.#branches(op, (list) => {
      const count = layout.COUNTS_AT + list * WORD;
      this.#line(`count = ${count};`);
      this.#line(
        `row = ${layout.LISTS_AT + list * layout.LIST_BYTES} + <usize>load<i32>(count) * ${layout.ROW_BYTES};`,
      );
    });
  }

  /** @returns where it goes on behind all of them. */
  #branches(op, chosen) {
    const { choices, end } = this.#choices(op);
    const hasParts = choices.some(({ goesOnAt }) => goesOnAt !== end);
    const behind = hasParts ? this.#endOf(choices[0].goesOnAt, choices[1]?.goesOnAt) : end;
    for (const [n, { literal, goesOnAt, mark }] of choices.entries())
      this.#block(`${n === 0 ? '' : '} else '}if (!(${differs(literal)})) {`, () => {
        this.#line(`at += ${literal.length};`);
        chosen(mark);
        if (hasParts) this.#ops(goesOnAt, choices[n + 1]?.goesOnAt ?? behind);
      });
    this.#line('} else return 0;');
    return behind;
  }

  /** Where the branch that begins at `from` goes on, the last op before `to` being one that skips the others. */
  #endOf(from, to) {
    let skip;
    for (let at = from; at < to; ) {
      skip = this.#op(at);
      at = skip.code === layout.OP_CHOICE ? this.#choices(skip).end : skip.behind;
    }
    return skip.at + skip.first;
  }

  #rows({ at, argument, first: none, second, behind }) {
    const list = argument & 255;
    this.#clear(argument >> 8);
    this.#block(`if (load<u8>(at) != ${none}) {`, () => {
      this.#line(`let row: usize = ${layout.LISTS_AT + list * layout.LIST_BYTES};`);
      this.#line(`let count: usize = ${layout.COUNTS_AT + list * WORD};`);
      this.#isInRow = true;
      this.#block('for (;;) {', () => this.#ops(behind, at + second));
      this.#isInRow = false;
      this.#line('}');
    });
    this.#line('}');
    return at + second;
  }

  #nextRow({ argument: separator }) {
    this.#line('const rows = load<i32>(count) + 1;');
    this.#line('store<i32>(count, rows);');
    this.#line(`if (at >= end || load<u8>(at) != ${separator}) break;`);
    this.#line(`if (rows >= ${layout.ROWS_MAX}) return 0;`);
    this.#line('at++;');
    this.#line(`row += ${layout.ROW_BYTES};`);
  }
}

/**
 * The source of `wasm/shapes.ts`.
 *
 * @param programs of the shapes, by their keys.
 */
export function compileShapes(programs) {
  if (programs.size >= layout.COMPILED_MAX)
    throw new Error(`${programs.size} shapes, where ${layout.COMPILED_MAX - 1} may be compiled`);
  const all = [...programs];
  return [
    `import { begin, found, ${[...TAKE.values()].join(', ')} } from './values';`,
    ...all.map(([key], n) => `export const shape_${key}: i32 = ${n + 1};`),
    ...all.map(([, program], n) => new ShapeWriter(program).write(n + 1)),
    'export function scanCompiled(shape: i32, symbols: usize, start: usize, end: usize): i32 {',
    '  switch (shape) {',
    ...all.map((_, n) => `    case ${n + 1}:\n      return shape${n + 1}(symbols, start, end);`),
    '    default:',
    '      return 0;',
    '  }',
    '}',
    '',
  ].join('\n');
}
