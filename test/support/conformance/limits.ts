import type { ConformanceCase } from './conformance-case.ts';

export const LIMITS: readonly ConformanceCase[] = [
  {
    name: 'a message as long as the limit',
    maxSize: 100,
    receives: ['82 2a*100'],
    events: ['82 2a*100'],
  },
  ...['81', '82', '01', '02'].map((first) => ({
    name: `a frame ${first} that is longer than the limit`,
    maxSize: 100,
    receives: [`${first} 2a*101`],
    events: [],
    fails: [1009, 'frame with 101 bytes exceeds limit of 100 bytes'] as const,
  })),
  ...[126, 65535, 65536].map((length) => ({
    name: `a frame of ${length} bytes against a limit of 125`,
    maxSize: 125,
    receives: [`82 2a*${length}`],
    events: [],
    fails: [1009, `frame with ${length} bytes exceeds limit of 125 bytes`] as const,
  })),
  {
    name: 'a frame is refused by its header, before its payload arrives',
    side: 'client',
    maxSize: 100,
    receives: ['raw 82 7e 00c8'],
    events: [],
    fails: [1009, 'frame with 200 bytes exceeds limit of 100 bytes'],
  },
  {
    name: 'fragments are counted together',
    maxSize: 100,
    receives: ['02 2a*60', '80 2a*60'],
    events: ['02 2a*60'],
    fails: [1009, 'frame with 60 bytes after reading 60 bytes exceeds limit of 100 bytes'],
  },
  {
    name: 'three fragments are counted together',
    maxSize: 100,
    receives: ['02 2a*60', '00 2a*40', '00', '80 2a'],
    events: ['02 2a*60', '00 2a*40', '00'],
    fails: [1009, 'frame with 1 bytes after reading 100 bytes exceeds limit of 100 bytes'],
  },
  {
    name: 'each message is counted anew',
    maxSize: 100,
    receives: ['02 2a*60', '80 2a*40', '82 2a*100', '01 2a*100', '80'],
    events: ['02 2a*60', '80 2a*40', '82 2a*100', '01 2a*100', '80'],
  },
  {
    name: 'control frames are not counted',
    maxSize: 10,
    receives: ['02 2a*10', '89 2a*125', '80'],
    events: ['02 2a*10', '89 2a*125', '80'],
    sends: ['8a 2a*125'],
  },
  {
    name: 'a limit of zero leaves empty messages',
    maxSize: 0,
    receives: ['81', '02', '80', '82 2a'],
    events: ['81', '02', '80'],
    fails: [1009, 'frame with 1 bytes exceeds limit of 0 bytes'],
  },
  {
    name: 'a limit of fragments alone',
    maxSize: [null, 50],
    receives: ['02 2a*50', '00 2a*50', '80 2a*51'],
    events: ['02 2a*50', '00 2a*50'],
    fails: [1009, 'frame with 51 bytes exceeds limit of 50 bytes'],
  },
  {
    name: 'both limits, and the message is too long',
    maxSize: [100, 50],
    receives: ['02 2a*50', '00 2a*50', '80 2a'],
    events: ['02 2a*50', '00 2a*50'],
    fails: [1009, 'frame with 1 bytes after reading 100 bytes exceeds limit of 100 bytes'],
  },
  {
    name: 'both limits, and the first frame is too long',
    maxSize: [100, 50],
    receives: ['82 2a*60'],
    events: [],
    fails: [1009, 'frame with 60 bytes exceeds limit of 50 bytes'],
  },
  {
    name: 'the usual limit is 1 MiB',
    receives: ['82 2a*1048576', '82 2a*1048577'],
    events: ['82 2a*1048576'],
    fails: [1009, 'frame with 1048577 bytes exceeds limit of 1048576 bytes'],
  },
  ...(
    [
      ['2^32', '0000000100000000', 2 ** 32],
      ['2^53 - 1', '001fffffffffffff', 2 ** 53 - 1],
      ['2^53', '0020000000000000', 2 ** 53],
      ['2^63', '8000000000000000', 2 ** 63],
      ['2^64 - 1', 'ffffffffffffffff', 2 ** 64],
    ] as const
  ).flatMap(([what, hex, length]): ConformanceCase[] => [
    {
      name: `an announced length of ${what}`,
      side: 'client',
      receives: [`raw 82 7f ${hex} 00`],
      events: [],
      fails: [1009, `frame with ${length} bytes exceeds limit of 1048576 bytes`],
    },
    {
      name: `an announced length of ${what} where there is no limit`,
      side: 'server',
      maxSize: [null, null],
      receives: [`raw 82 ff ${hex} 01020304 00`],
      events: [],
      fails: [1009, `frame with ${length} bytes exceeds limit of 2147483647 bytes`],
    },
  ]),
];
