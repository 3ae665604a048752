import type { ConformanceCase } from './conformance-case.ts';

export const FRAGMENTATION: readonly ConformanceCase[] = [
  ...['01', '02'].flatMap((first): ConformanceCase[] => [
    {
      name: `a message ${first} of two fragments`,
      receives: [`${first} 61`, '80 62'],
      events: [`${first} 61`, '80 62'],
    },
    {
      name: `a message ${first} of four fragments`,
      receives: [`${first} 61`, '00 62', '00 63', '80 64'],
      events: [`${first} 61`, '00 62', '00 63', '80 64'],
    },
    {
      name: `a message ${first} of empty fragments`,
      receives: [first, '00', '80'],
      events: [first, '00', '80'],
    },
    {
      name: `a message ${first} with an empty fragment in the middle`,
      receives: [`${first} 61`, '00', '80 62'],
      events: [`${first} 61`, '00', '80 62'],
    },
    {
      name: `a message ${first} in a hundred fragments of one byte`,
      receives: [`${first} 61`, ...Array.from({ length: 98 }, () => '00 61'), '80 61'],
      events: [`${first} 61`, ...Array.from({ length: 98 }, () => '00 61'), '80 61'],
    },
    {
      name: `a second message ${first} before the first has ended`,
      receives: [`${first} 61`, `8${first[1]} 62`],
      events: [`${first} 61`],
      fails: [1002, 'expected a continuation frame'],
    },
    {
      name: `a second first fragment ${first}`,
      receives: [`${first} 61`, `${first} 62`],
      events: [`${first} 61`],
      fails: [1002, 'expected a continuation frame'],
    },
    {
      name: `a continuation after the message ${first} has ended`,
      receives: [`${first} 61`, '80 62', '80 63'],
      events: [`${first} 61`, '80 62'],
      fails: [1002, 'unexpected continuation frame'],
    },
    {
      name: `a continuation after a whole message 8${first[1]}`,
      receives: [`8${first[1]} 61`, '80 62'],
      events: [`8${first[1]} 61`],
      fails: [1002, 'unexpected continuation frame'],
    },
    {
      name: `a close frame inside a message ${first}`,
      receives: [`${first} 61`, '88 03e8', '80 62'],
      events: [`${first} 61`],
      fails: [1002, 'incomplete fragmented message'],
      closeCode: 1000,
      closed: 'received 1000 (OK); then sent 1002 (protocol error) incomplete fragmented message',
    },
    {
      name: `the stream ends inside a message ${first}`,
      receives: [`${first} 61`],
      events: [`${first} 61`],
      closed: 'no close frame received or sent',
    },
  ]),
  ...['00', '80'].flatMap((first): ConformanceCase[] => [
    {
      name: `a continuation ${first} with nothing to continue`,
      receives: [`${first} 61`],
      events: [],
      fails: [1002, 'unexpected continuation frame'],
    },
    {
      name: `an empty continuation ${first} with nothing to continue`,
      receives: [first],
      events: [],
      fails: [1002, 'unexpected continuation frame'],
    },
  ]),
  ...['08', '09', '0a'].flatMap((first): ConformanceCase[] => [
    {
      name: `a control frame ${first} in fragments`,
      receives: [`${first} 61`, '80 62'],
      events: [],
      fails: [1002, 'fragmented control frame'],
    },
    {
      name: `a control frame ${first} in fragments inside a message`,
      receives: ['01 61', first, '80 62'],
      events: ['01 61'],
      fails: [1002, 'fragmented control frame'],
    },
  ]),
  {
    name: 'pings in front of, between and behind fragments',
    receives: ['89 31', '01 61', '89 32', '00 62', '89 33', '80 63', '89 34'],
    events: ['89 31', '01 61', '89 32', '00 62', '89 33', '80 63', '89 34'],
    sends: ['8a 31', '8a 32', '8a 33', '8a 34'],
  },
  {
    name: 'two messages in fragments, of different kinds',
    receives: ['01 61', '80 62', '02 ff', '80 fe'],
    events: ['01 61', '80 62', '02 ff', '80 fe'],
  },
];
