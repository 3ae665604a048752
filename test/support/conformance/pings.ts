import { type ConformanceCase, hexOf } from './conformance-case.ts';

const PAYLOADS: readonly (readonly [what: string, hex: string])[] = [
  ['nothing', ''],
  ['a text', hexOf('Hello, world!')],
  ['bytes that are no text', '00fffefdfcfb00ff'],
  ['125 bytes', 'fe*125'],
  ['one byte', '00'],
];

export const PINGS: readonly ConformanceCase[] = [
  ...PAYLOADS.map(([what, hex]) => ({
    name: `a ping with ${what} is answered with the same`,
    receives: [`89 ${hex}`],
    events: [`89 ${hex}`],
    sends: [`8a ${hex}`],
  })),
  ...PAYLOADS.map(([what, hex]) => ({
    name: `a pong with ${what} that nobody asked for is delivered and not answered`,
    receives: [`8a ${hex}`],
    events: [`8a ${hex}`],
  })),
  ...['89', '8a', '88'].flatMap((first) =>
    [126, 127, 65535, 65536].map((length) => ({
      name: `a control frame ${first} of ${length} bytes`,
      receives: [`${first} 2a*${length}`],
      events: [],
      fails: [1002, 'control frame too long'] as const,
    })),
  ),
  {
    name: 'ten pings are answered in their order',
    receives: Array.from({ length: 10 }, (_, n) => `89 0${n}`),
    events: Array.from({ length: 10 }, (_, n) => `89 0${n}`),
    sends: Array.from({ length: 10 }, (_, n) => `8a 0${n}`),
  },
  {
    name: 'a ping between the fragments of a message is answered before the message ends',
    receives: ['01 61', '89 70', '80 62'],
    events: ['01 61', '89 70', '80 62'],
    sends: ['8a 70'],
  },
  {
    name: 'a ping between two messages',
    receives: ['81 61', '89 70', '81 62'],
    events: ['81 61', '89 70', '81 62'],
    sends: ['8a 70'],
  },
  {
    name: 'a pong between the fragments of a character',
    receives: ['01 e2', '8a', '00 82', '8a', '80 ac'],
    events: ['01 e2', '8a', '00 82', '8a', '80 ac'],
  },
  {
    name: 'our own ping and the pong to it',
    first: ['89 31'],
    receives: ['8a 31'],
    events: ['8a 31'],
    sends: ['89 31'],
  },
  {
    name: 'a ping while we wait for the close frame is answered still',
    first: ['88 03e8'],
    receives: ['89 70', '88 03e8'],
    events: ['89 70', '88 03e8'],
    sends: ['88 03e8', '8a 70'],
    closeCode: 1000,
    closed: 'sent 1000 (OK); then received 1000 (OK)',
  },
];
