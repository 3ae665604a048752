/** Arguments of one `fromCharCode` call: far below what engines allow. */
const PIECE = 1024;

/** The bytes `from` to `end` as text, one character each. It loses nothing: `latin1Bytes` gives them back. */
export function latin1Text(bytes: Uint8Array, from = 0, end = bytes.length): string {
  let text = '';
  for (let at = from; at < end; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + PIECE)));
  return text;
}

/** One byte per character. The caller has made sure that none is above U+00FF; of such a one the low byte is left. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Text in ASCII, for a terminal or a log: what is not printable there becomes `\xNN` or `\u{N}`. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e]/gu, escaped);

/** Text of which only the control characters are escaped: those of ISO 8859-1 move a terminal's cursor, too. */
export const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, escaped);

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const digits = code.toString(16);
  return code < 0x100 ? '\\x' + digits.padStart(2, '0') : `\\u{${digits}}`;
}
