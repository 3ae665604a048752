import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FrameReading } from '../../../../src/main/cli/dump/frame-reading.ts';
import { UNPACKED_BYTES_MAX } from '../../../../src/main/cli/dump/unpacked-text.ts';
import type { FrameOpcode } from '../../../../src/shared/client/client-contract.ts';

type Sent = readonly [opcode: FrameOpcode, fin: boolean, payload: string | Uint8Array];

/** Each as `name: text`, `name (gzip): text`, or `name` alone where there is no text. */
function read(frames: readonly Sent[]): string[] {
  const reading = new FrameReading();
  return frames.map(([opcode, fin, payload]) => {
    const { name, packing, text } = reading.read({ opcode, fin, bytes: Buffer.from(payload as Uint8Array) });
    return `${name}${packing === undefined ? '' : ` (${packing})`}${text === undefined ? '' : `: ${text}`}`;
  });
}

const gzip = gzipSync('packed');
const cut = Buffer.from('café').subarray(0, -1);

const CASES: readonly (readonly [title: string, frames: readonly Sent[], shown: readonly string[]])[] = [
  ['a text', [[1, true, 'hello']], ['text: hello']],
  ['a text of nothing', [[1, true, '']], ['text: ']],
  ['a text that is no UTF-8', [[1, true, cut]], ['text']],
  ['bytes that would be a text', [[2, true, 'hello']], ['binary']],
  ['packed bytes', [[2, true, gzip]], ['binary (gzip): packed']],
  ['a text that begins like gzip', [[1, true, gzip]], ['text']],
  [
    'a text in fragments, with a ping between them',
    [
      [1, false, 'he'],
      [9, true, 'ping'],
      [0, false, 'll'],
      [0, true, 'o'],
    ],
    ['text: he', 'ping', 'cont: ll', 'cont: o'],
  ],
  [
    'a text whose fragments part a character',
    [
      [1, false, cut],
      [0, true, Uint8Array.of(0xa9)],
    ],
    ['text', 'cont'],
  ],
  [
    'packed bytes in fragments, whose last one tells all of it',
    [
      [2, false, gzip.subarray(0, 5)],
      [9, true, ''],
      [0, false, gzip.subarray(5, 6)],
      [0, true, gzip.subarray(6)],
      [2, true, gzip],
    ],
    ['binary', 'ping', 'cont', 'cont (gzip): packed', 'binary (gzip): packed'],
  ],
  [
    'fragments that are too much to be kept, and what comes after them',
    [
      [2, false, gzip],
      [0, false, new Uint8Array(UNPACKED_BYTES_MAX)],
      [0, true, new Uint8Array(0)],
      [2, false, gzip.subarray(0, 5)],
      [0, true, gzip.subarray(5)],
    ],
    ['binary', 'cont', 'cont', 'binary', 'cont (gzip): packed'],
  ],
  [
    'control frames, packed or not',
    [
      [9, true, 'hello'],
      [10, true, gzip],
    ],
    ['ping', 'pong'],
  ],
];

for (const [title, frames, shown] of CASES)
  test(`${title} is read as it came`, () => {
    assert.deepEqual(read(frames), shown);
  });
