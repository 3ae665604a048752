import type { Random } from './random.ts';

export interface SaidMessage {
  readonly kind: 'text' | 'binary' | 'ping' | 'pong';
  /** Fragments of a message, one of everything else. */
  readonly parts: readonly Uint8Array[];
}

const CHARACTERS = [
  'a',
  'B',
  '0',
  ' ',
  'µ',
  'ß',
  'Ω',
  '€',
  '語',
  '\u{1f600}',
  '\u{10ffff}',
  '\u0000',
  '\u07ff',
];

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

/** @returns that many characters as UTF-8. */
export function randomText(random: Random, length: number): Uint8Array {
  let text = '';
  const ascii = random.percent(50);
  for (let n = 0; n < length; n++) text += ascii ? 'x' : random.pick(CHARACTERS);
  return Buffer.from(text);
}

/** @returns messages of every length that matters, some of them in fragments that end anywhere. */
export function randomConversation(random: Random): SaidMessage[] {
  const said: SaidMessage[] = [];
  for (let n = 3 + random.below(10); n > 0; n--) {
    const kind = random.pick(['text', 'binary', 'text', 'binary', 'ping', 'pong'] as const);
    if (kind === 'ping' || kind === 'pong') {
      said.push({ kind, parts: [randomBytes(random, random.pick([0, 1, 4, 125]))] });
      continue;
    }
    const length = random.pick([0, 1, 30, 125, 126, 127, 1000, 5000, 65535, 65536, 70_000]);
    const data = kind === 'text' ? randomText(random, length) : repetitive(random, length);
    said.push({ kind, parts: fragments(random, data) });
  }
  return said;
}

/** Bytes that compress in part: some at random, some repeated from before. */
function repetitive(random: Random, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const run = Math.min(length - at, 1 + random.below(400));
    if (at > 0 && random.percent(60)) bytes.copy(bytes, at, random.below(at), Math.min(at, length));
    else bytes.set(randomBytes(random, run), at);
    at += run;
  }
  return bytes;
}

function fragments(random: Random, data: Uint8Array): Uint8Array[] {
  if (random.percent(60)) return [data];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let n = random.below(5); n > 0; n--) {
    const next = at + random.below(data.length - at + 1);
    parts.push(data.slice(at, next));
    at = next;
  }
  return [...parts, data.slice(at)];
}

/** @returns the stream with a few bits turned, bytes cut out, put in or repeated. */
export function mutated(stream: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(stream);
  for (let n = random.below(4); n >= 0 && bytes.length > 0; n--) {
    const at = random.below(bytes.length);
    const count = 1 + random.below(random.pick([1, 8, 100]));
    const kind = random.below(5);
    if (kind <= 1) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), randomBytes(random, count), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at + count), bytes.subarray(at)]);
  }
  return bytes;
}
