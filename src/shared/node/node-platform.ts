import { constants as BUFFER, isUtf8 } from 'node:buffer';
import { createHash, randomFillSync } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ProtocolPlatform } from '../protocol/platform.ts';

/** What a flush ends in; both sides leave it out. Source: RFC 7692, section 7.2.1. */
const EMPTY_BLOCK = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/**
 * zlib cannot compress raw with a window of 256 bytes. With one of 512 it refers back 250 bytes at most: it
 * keeps the last 262 for what lies ahead (`MAX_DIST` in its deflate.h). So the result fits the smaller one.
 */
const DEFLATE_WINDOW_BITS_MIN = 9;
/** As Python websockets does: half of zlib's usual memory for hardly longer results. */
const MEMORY_LEVEL = 5;

/**
 * Random bytes are fetched ahead: a call costs more than the four bytes of a masking key. Used ones are
 * wiped, so that no key can be read from a heap snapshot afterwards.
 */
const RANDOM_AHEAD = 4096;
const ahead = new Uint8Array(RANDOM_AHEAD);
let aheadAt = RANDOM_AHEAD;

function randomFill(bytes: Uint8Array): void {
  if (bytes.length > RANDOM_AHEAD / 4) {
    randomFillSync(bytes);
    return;
  }
  if (aheadAt + bytes.length > RANDOM_AHEAD) {
    randomFillSync(ahead);
    aheadAt = 0;
  }
  const to = aheadAt + bytes.length;
  for (let from = aheadAt, at = 0; from < to; from++, at++) {
    bytes[at] = ahead[from]!;
    ahead[from] = 0;
  }
  aheadAt = to;
}

function deflate(message: Uint8Array, windowBits: number): Uint8Array {
  const out = deflateRawSync(message, {
    finishFlush: constants.Z_SYNC_FLUSH,
    windowBits: Math.max(windowBits, DEFLATE_WINDOW_BITS_MIN),
    memLevel: MEMORY_LEVEL,
  });
  return out.subarray(0, out.length - EMPTY_BLOCK.length);
}

function inflate(
  message: Uint8Array,
  dictionary: Uint8Array,
  windowBits: number,
  maxLength: number,
): Uint8Array | undefined {
  const joined = new Uint8Array(message.length + EMPTY_BLOCK.length);
  joined.set(message);
  joined.set(EMPTY_BLOCK, message.length);
  try {
    const out = inflateRawSync(joined, {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits,
      // zlib takes no limit of zero.
      maxOutputLength: Math.min(Math.max(1, maxLength), BUFFER.MAX_LENGTH),
      ...(dictionary.length > 0 ? { dictionary } : {}),
    });
    return out.length <= maxLength ? out : undefined;
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      return undefined;
    throw error;
  }
}

/** The protocol's platform on Node, for either thread. */
export const NODE_PLATFORM: ProtocolPlatform = {
  randomFill,
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  isUtf8,
  deflate,
  inflate,
};
