import { type ConformanceCase, hexOf } from './conformance-case.ts';

/** Texts at the edges of what UTF-8 can say. */
const VALID: readonly (readonly [what: string, hex: string])[] = [
  ['U+0000', '00'],
  ['U+007F', '7f'],
  ['U+0080', 'c280'],
  ['U+07FF', 'dfbf'],
  ['U+0800', 'e0a080'],
  ['U+D7FF, the last before the surrogates', 'ed9fbf'],
  ['U+E000, the first after the surrogates', 'ee8080'],
  ['U+FFFD', 'efbfbd'],
  ['U+FFFE, which is no character and allowed', 'efbfbe'],
  ['U+FFFF', 'efbfbf'],
  ['U+10000', 'f0908080'],
  ['U+1FFFE', 'f09fbfbe'],
  ['U+10FFFF', 'f48fbfbf'],
  ['a byte order mark, which stays', 'efbbbf61'],
  ['a greeting of several scripts', hexOf('Hello-µ@ßöäüàá-UTF-8!!')],
  ['Greek', hexOf('κόσμε')],
];

const START = 'invalid start byte at position';
const CONTINUATION = 'invalid continuation byte at position';
const END = 'unexpected end of data at position';

/** What is no UTF-8, and the words with which it is refused. */
const INVALID: readonly (readonly [what: string, hex: string, reason: string])[] = [
  ['a continuation byte alone', '80', `${START} 0`],
  ['the last continuation byte alone', 'bf', `${START} 0`],
  ['a continuation byte after a letter', '6180', `${START} 1`],
  ['two bytes for U+0000', 'c080', `${START} 0`],
  ['two bytes for U+007F', 'c1bf', `${START} 0`],
  ['three bytes for U+0000', 'e08080', `${CONTINUATION} 0`],
  ['three bytes for U+07FF', 'e09fbf', `${CONTINUATION} 0`],
  ['four bytes for U+FFFF', 'f08fbfbf', `${CONTINUATION} 0`],
  ['the first surrogate', 'eda080', `${CONTINUATION} 0`],
  ['the last surrogate', 'edbfbf', `${CONTINUATION} 0`],
  ['a surrogate pair', 'eda080edb080', `${CONTINUATION} 0`],
  ['U+110000', 'f4908080', `${CONTINUATION} 0`],
  ['the byte f5', 'f5808080', `${START} 0`],
  ['five bytes', 'f888808080', `${START} 0`],
  ['six bytes', 'fc8480808080', `${START} 0`],
  ['the byte fe', '61fe', `${START} 1`],
  ['the byte ff', '6162ff', `${START} 2`],
  ['two bytes cut', 'c3', `${END} 0`],
  ['three bytes cut after one', '61e2', `${END} 1`],
  ['three bytes cut after two', '61e282', `${END} 1`],
  ['four bytes cut after three', 'f09f98', `${END} 0`],
  ['two bytes, the second a letter', 'c361', `${CONTINUATION} 0`],
  ['three bytes, the third a letter', 'e28261', `${CONTINUATION} 0`],
  ['Greek with a surrogate behind it', 'cebae1bdb9cf83cebcceb5eda080656469746564', `${CONTINUATION} 11`],
];

const bytesOf = (hex: string): string[] => hex.match(/../g) ?? [];

/** @returns a text in as many fragments as it has bytes. */
function inFragments(hex: string): string[] {
  const bytes = bytesOf(hex);
  return bytes.map((byte, at) => `${at === 0 ? '01' : at === bytes.length - 1 ? '80' : '00'} ${byte}`);
}

export const UTF8_TEXTS: readonly ConformanceCase[] = [
  ...VALID.map(([what, hex]) => ({
    name: `the text ${what}`,
    receives: [`81 ${hex}`],
    events: [`81 ${hex}`],
  })),
  ...VALID.filter(([, hex]) => hex.length > 2).map(([what, hex]) => ({
    name: `the text ${what}, a fragment for each byte`,
    receives: inFragments(hex),
    events: inFragments(hex),
  })),
  ...INVALID.map(([what, hex, reason]) => ({
    name: `${what} in a text`,
    receives: [`81 ${hex}`],
    events: [],
    fails: [1007, reason] as const,
  })),
  ...INVALID.map(([what, hex]) => ({
    name: `${what} in binary data`,
    receives: [`82 ${hex}`],
    events: [`82 ${hex}`],
  })),
  ...INVALID.map(([what, hex, reason]) => ({
    name: `${what} in the reason of a close frame`,
    receives: [`88 03e8 ${hex}`],
    events: [],
    fails: [1007, reason] as const,
  })),
  {
    name: 'a text is refused at the first byte that is wrong, before its frame has ended',
    side: 'client',
    receives: ['raw 81 7e 0100 6161 ff'],
    events: [],
    fails: [1007, `${START} 2`],
  },
  {
    name: 'a text is refused in the fragment that is wrong, before the message has ended',
    receives: ['01 cebae1bdb9cf83cebcceb5', '00 f4908080'],
    events: ['01 cebae1bdb9cf83cebcceb5'],
    fails: [1007, `${CONTINUATION} 11`],
  },
  {
    name: 'a text that ends inside a character is refused when its last fragment has ended',
    receives: ['01 61', '80 e282'],
    events: ['01 61'],
    fails: [1007, `${END} 1`],
  },
  {
    name: 'a character may begin in one fragment and end in another, with pings between',
    receives: ['01 f0', '89', '00 9f98', '89', '80 80'],
    events: ['01 f0', '89', '00 9f98', '89', '80 80'],
    sends: ['8a', '8a'],
  },
  {
    name: 'what a text left open does not reach the next',
    receives: ['02 e2', '80 82', '81 61'],
    events: ['02 e2', '80 82', '81 61'],
  },
  {
    name: 'a long text with one wrong byte at its end',
    receives: ['81 61*70000', `01 61*70000`, '80 c0'],
    events: ['81 61*70000', '01 61*70000'],
    fails: [1007, `${START} 70000`],
  },
];
