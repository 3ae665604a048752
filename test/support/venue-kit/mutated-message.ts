import type { Random } from '../random.ts';

/** What is put into messages of any venue: the JSON's own signs, and numbers at the edges. */
const PIECES = [
  ...'"\\{}[],:09-. \u0000\u00ffeEZ',
  'null',
  '"0.5",',
  '00',
  '-0',
  '1e-08',
  '],["',
  '},{',
  ']},{',
  '9007199254740993',
  '4503599627370497',
  '18446744073709551616',
];

/** Up to three edits of the bytes: flip, delete, insert, truncate, repeat a piece, put in a piece of another message. */
export function mutate(
  message: string,
  other: string,
  random: Random,
  pieces: readonly string[] = [],
): Uint8Array {
  let bytes = Buffer.from(message);
  for (let edits = 1 + random.below(3); edits > 0 && bytes.length > 0; edits--) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(random.percent(50) ? 3 : 40);
    const [before, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.below(7)) {
      case 0:
        bytes = Buffer.from(bytes);
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        bytes = Buffer.concat([before, rest.subarray(length)]);
        break;
      case 2: {
        const piece = pieces.length > 0 && random.percent(30) ? random.pick(pieces) : random.pick(PIECES);
        bytes = Buffer.concat([before, Buffer.from(piece, 'latin1'), rest]);
        break;
      }
      case 3:
        bytes = Buffer.from(before);
        break;
      case 4:
        bytes = Buffer.concat([before, rest.subarray(0, length), rest]);
        break;
      case 5:
        bytes = Buffer.concat([before, Buffer.from(other).subarray(at, at + length), rest.subarray(length)]);
        break;
      default: {
        // Another digit for a digit: the message stays well-formed and says something else.
        const digit = bytes.findIndex((byte, i) => i >= at && byte >= 0x30 && byte <= 0x39);
        bytes = Buffer.from(bytes);
        if (digit >= 0) bytes[digit] = 0x30 + random.below(10);
      }
    }
  }
  return bytes;
}
