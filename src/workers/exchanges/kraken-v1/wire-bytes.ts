/** Bytes of the JSON that Kraken v1 sends, which has no spaces. */
export const BYTE = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** The bytes of ASCII text, to compare with. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** @returns the index after `literal`, or -1 where the bytes at `at` are others. */
export function skipLiteral(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let n = 0; n < literal.length; n++) if (bytes[at + n] !== literal[n]) return -1;
  return at + literal.length;
}

/**
 * Passes over a JSON integer without a sign, and without leading zeros, which JSON forbids.
 *
 * @returns the index after it, or -1 where there is none.
 */
export function skipInteger(bytes: Uint8Array, at: number): number {
  let i = at;
  while (isDigit(bytes[i]!)) i++;
  if (i === at || (bytes[at] === BYTE.zero && i > at + 1)) return -1;
  return i;
}

export const isDigit = (byte: number): boolean => byte >= BYTE.zero && byte <= 0x39;
