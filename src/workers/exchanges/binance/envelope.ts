/** `{"stream":"` before the name of a stream, and what is between that name and the payload. */
const BEFORE = Uint8Array.from('{"stream":"', (character) => character.charCodeAt(0));
const BETWEEN = Uint8Array.from('","data":', (character) => character.charCodeAt(0));

/** Longest name of a stream that is looked for. */
const NAME_MAX = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LAST_ASCII = 0x7e;
const CLOSING = 0x7d;
/** Where the first letter of the first key stands. */
const KEY_AT = 2;
const LETTER_S = 0x73;

/**
 * Finds the payload in the envelope of a combined stream, `{"stream":"btcusdt@trade","data":…}`.
 *
 * @returns where it begins; `start` where there is no such envelope, and -1 where it is written otherwise than
 * Binance writes it. With an envelope the payload ends one byte before the message.
 */
export function payloadStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + KEY_AT] !== LETTER_S) return start;
  if (bytes[end - 1] !== CLOSING) return -1;
  for (let i = 0; i < BEFORE.length; i++) if (bytes[start + i] !== BEFORE[i]) return -1;
  let at = start + BEFORE.length;
  for (const limit = Math.min(at + NAME_MAX, end); at < limit; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) break;
    if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return -1;
  }
  for (let i = 0; i < BETWEEN.length; i++) if (bytes[at + i] !== BETWEEN[i]) return -1;
  at += BETWEEN.length;
  return at < end ? at : -1;
}
