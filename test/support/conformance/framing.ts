import type { ConformanceCase } from './conformance-case.ts';

/** Lengths around every change of form: 7, 16 and 64 bits, and the limits of control frames. */
const LENGTHS = [0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 65535, 65536, 65537, 131072];

export const FRAMING: readonly ConformanceCase[] = [
  ...LENGTHS.flatMap((length) =>
    ['81', '82'].map((first) => ({
      name: `a ${first === '81' ? 'text' : 'binary'} message of ${length} bytes`,
      receives: [`${first} 2a*${length}`],
      events: [`${first} 2a*${length}`],
    })),
  ),
  {
    name: 'an unmasked text as RFC 6455, section 5.7, has it',
    side: 'client',
    receives: ['raw 81 05 48 65 6c 6c 6f'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a masked text as RFC 6455, section 5.7, has it',
    side: 'server',
    receives: ['raw 81 85 37 fa 21 3d 7f 9f 4d 51 58'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a masked text with another key and one with the key zero',
    side: 'server',
    receives: ['raw 81 82 ff00ff00 9769', 'raw 81 82 00000000 6869'],
    events: ['81 6869', '81 6869'],
  },
  {
    name: 'a masked and an unmasked empty frame differ in the key alone',
    side: 'server',
    receives: ['raw 82 80 01020304'],
    events: ['82'],
  },
  {
    name: 'a masked frame to a client',
    side: 'client',
    receives: ['raw 81 85 37fa213d 7f9f4d5158'],
    events: [],
    fails: [1002, 'incorrect masking'],
  },
  {
    name: 'an unmasked frame to a server',
    side: 'server',
    receives: ['raw 81 05 48656c6c6f'],
    events: [],
    fails: [1002, 'incorrect masking'],
  },
  {
    name: 'a masked control frame to a client',
    side: 'client',
    receives: ['raw 89 80 37fa213d'],
    events: [],
    fails: [1002, 'incorrect masking'],
  },
  {
    name: 'an unmasked close frame to a server',
    side: 'server',
    receives: ['raw 88 00'],
    events: [],
    fails: [1002, 'incorrect masking'],
  },
  {
    name: 'a length of 5 in two bytes is taken as it is',
    side: 'client',
    receives: ['raw 81 7e 0005 48656c6c6f'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'a length of 5 in eight bytes is taken as it is',
    side: 'client',
    receives: ['raw 81 7f 0000000000000005 48656c6c6f'],
    events: ['81 48656c6c6f'],
  },
  {
    name: 'three messages one after the other',
    receives: ['81 61', '82 62', '81 63'],
    events: ['81 61', '82 62', '81 63'],
  },
  {
    name: 'a message after an empty one',
    receives: ['81', '82', '81 63'],
    events: ['81', '82', '81 63'],
  },
];
