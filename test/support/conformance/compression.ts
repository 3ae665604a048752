import { constants, deflateRawSync } from 'node:zlib';
import { type ConformanceCase, hexOf } from './conformance-case.ts';

/** "Hello" as RFC 7692, section 7.2.3, compresses it. */
const HELLO = 'f248cdc9c90700';

/** @returns a message compressed by itself, its empty block cut off. */
function deflated(bytes: Uint8Array, windowBits = 15): string {
  const out = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, windowBits });
  return out.subarray(0, out.length - 4).toString('hex');
}

const deflate = {};
const ZEROS = Buffer.alloc(1000);

export const COMPRESSION: readonly ConformanceCase[] = [
  {
    name: 'a message compressed in one block, as RFC 7692, section 7.2.3.1, has it',
    deflate,
    receives: [`c1 ${HELLO}`],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'the same in two fragments',
    deflate,
    receives: ['41 f248cd', '80 c9c90700'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a message that refers to the one before it, as section 7.2.3.2 has it',
    deflate,
    receives: [`c1 ${HELLO}`, 'c1 f200110000'],
    events: ['81 48656c6c6f', '81 48656c6c6f'],
  },
  {
    name: 'a message in a block without compression, as section 7.2.3.3 has it',
    deflate,
    receives: ['c1 000500faff48656c6c6f00'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a message in a final block, as section 7.2.3.4 has it',
    deflate,
    receives: ['c1 f348cdc9c9070000'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a message in two blocks, as section 7.2.3.5 has it',
    deflate,
    receives: ['c1 f248050000 00ffff cac9c90700'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a message that was not compressed, between two that were',
    deflate,
    receives: [`c1 ${HELLO}`, `81 ${hexOf('Hello')}`, 'c1 f200110000'],
    events: ['81 48656c6c6f', '81 48656c6c6f', '81 48656c6c6f'],
  },
  {
    name: 'a message in fragments that was not compressed',
    deflate,
    receives: ['01 61', '80 62'],
    events: ['01 61', '80 62'],
  },
  {
    name: 'an empty message',
    deflate,
    receives: ['c1 00', 'c2 00'],
    events: ['81', '82'],
  },
  {
    name: 'an empty message without even a block',
    deflate,
    receives: ['c1', `c1 ${HELLO}`],
    events: ['81', '81 48656c6c6f'],
  },
  {
    name: 'an empty message in fragments',
    deflate,
    receives: ['41', '00', '80 00'],
    events: ['81'],
  },
  {
    name: 'a compressed message in fragments of one byte, with pings between',
    deflate,
    receives: ['41 f2', '89', '00 48', '00 cd', '89', '00 c9', '00 c9', '00 07', '80 00'],
    events: ['89', '89', '81 48656c6c6f'],
    sends: ['8a', '8a'],
  },
  {
    name: 'binary data, compressed',
    deflate,
    receives: [`c2 ${HELLO}`],
    events: ['82 48656c6c6f'],
  },
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((remoteBits) => ({
    name: `a peer with a window of ${remoteBits} bits`,
    deflate: { remoteBits },
    receives: [`c2 ${deflated(ZEROS, Math.max(9, remoteBits))}`, `c1 ${HELLO}`, 'c1 f200110000'],
    events: ['82 00*1000', '81 48656c6c6f', '81 48656c6c6f'],
  })),
  {
    name: 'a peer that does not refer to earlier messages',
    deflate: { takeover: false },
    receives: [`c1 ${HELLO}`, `c1 ${HELLO}`],
    events: ['81 48656c6c6f', '81 48656c6c6f'],
  },
  {
    name: 'a reference to an earlier message where that was given up',
    deflate: { takeover: false },
    receives: [`c1 ${HELLO}`, 'c1 f200110000'],
    events: ['81 48656c6c6f'],
    fails: [1002, 'decompression failed'],
  },
  {
    name: 'a reference to before the first message',
    deflate,
    receives: ['c1 f200110000'],
    events: [],
    fails: [1002, 'decompression failed'],
  },
  {
    name: 'a block of the reserved type',
    deflate,
    receives: ['c1 0700'],
    events: [],
    fails: [1002, 'decompression failed'],
  },
  {
    name: 'a stored block whose length is not confirmed',
    deflate,
    receives: ['c1 000500faf048656c6c6f00'],
    events: [],
    fails: [1002, 'decompression failed'],
  },
  ...['a1', '91', 'e1', 'f1'].map((first) => ({
    name: `reserved bits besides RSV1, in ${first}`,
    deflate,
    receives: [`${first} ${HELLO}`],
    events: [],
    fails: [1002, 'reserved bits must be 0'] as const,
  })),
  ...['c9', 'ca', 'c8'].map((first) => ({
    name: `RSV1 in the control frame ${first}`,
    deflate,
    receives: [first],
    events: [],
    fails: [1002, 'reserved bits must be 0'] as const,
  })),
  {
    name: 'RSV1 in a continuation of a compressed message',
    deflate,
    receives: ['41 f248cd', 'c0 c9c90700'],
    events: [],
    fails: [1002, 'reserved bits must be 0'],
  },
  {
    name: 'RSV1 in a continuation of a message that is not compressed',
    deflate,
    receives: ['01 61', `c0 ${HELLO}`],
    events: ['01 61'],
    fails: [1002, 'reserved bits must be 0'],
  },
  {
    name: 'a compressed text that is no UTF-8',
    deflate,
    receives: [`c1 ${deflated(Buffer.from('6161ff', 'hex'))}`],
    events: [],
    fails: [1007, 'invalid start byte at position 2'],
  },
  {
    name: 'a compressed text that ends inside a character',
    deflate,
    receives: [`c1 ${deflated(Buffer.from('61e282', 'hex'))}`],
    events: [],
    fails: [1007, 'unexpected end of data at position 1'],
  },
  {
    name: 'a compressed message as long as the limit',
    maxSize: 1000,
    deflate,
    receives: [`c2 ${deflated(ZEROS)}`],
    events: ['82 00*1000'],
  },
  {
    name: 'a compressed message that becomes longer than the limit',
    maxSize: 999,
    deflate,
    receives: [`c2 ${deflated(ZEROS)}`],
    events: [],
    fails: [1009, 'frame exceeds limit of 999 bytes'],
  },
  {
    name: 'a bomb in fragments',
    maxSize: 2000,
    deflate,
    receives: [
      `42 ${deflated(Buffer.alloc(1_000_000)).slice(0, 100)}`,
      `80 ${deflated(Buffer.alloc(1_000_000)).slice(100)}`,
    ],
    events: [],
    fails: [1009, 'frame exceeds limit of 2000 bytes'],
  },
  {
    name: 'a compressed message longer than the limit before it is inflated',
    maxSize: 6,
    deflate,
    receives: [`c1 ${HELLO}`],
    events: [],
    fails: [1009, 'frame with 7 bytes exceeds limit of 6 bytes'],
  },
  {
    name: 'a close frame inside a compressed message',
    deflate,
    receives: ['41 f248cd', '88 03e8'],
    events: [],
    fails: [1002, 'incomplete fragmented message'],
    closeCode: 1000,
    closed: 'received 1000 (OK); then sent 1002 (protocol error) incomplete fragmented message',
  },
  {
    name: 'a limit of zero and an empty compressed message',
    maxSize: [0, null],
    deflate,
    receives: ['c2'],
    events: ['82'],
  },
];
