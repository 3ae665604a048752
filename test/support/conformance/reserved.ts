import type { ConformanceCase } from './conformance-case.ts';

const bits = (rsv: number): string =>
  [4, 2, 1].flatMap((bit, n) => ((rsv & bit) !== 0 ? [`RSV${n + 1}`] : [])).join(' and ');

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

const ALL_RSV = [1, 2, 3, 4, 5, 6, 7];

export const RESERVED: readonly ConformanceCase[] = [
  ...[0x81, 0x82, 0x01, 0x88, 0x89, 0x8a].flatMap((first) =>
    ALL_RSV.map((rsv) => ({
      name: `${bits(rsv)} in a frame ${hexByte(first)} without an extension`,
      receives: ['81 61', `${hexByte(first | (rsv << 4))} 62`, '81 63'],
      events: ['81 61'],
      fails: [1002, 'reserved bits must be 0'] as const,
    })),
  ),
  ...ALL_RSV.map((rsv) => ({
    name: `${bits(rsv)} in a continuation`,
    receives: ['01 61', `${hexByte(0x80 | (rsv << 4))} 62`],
    events: ['01 61'],
    fails: [1002, 'reserved bits must be 0'] as const,
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
    [0x80, 0].map((fin) => ({
      name: `the reserved opcode ${opcode} ${fin === 0 ? 'in a fragment' : ''}`,
      receives: ['81 61', `${hexByte(fin | opcode)} 62`, '89'],
      events: ['81 61'],
      fails: [1002, 'invalid opcode'] as const,
    })),
  ),
  {
    name: 'a reserved opcode inside a message',
    receives: ['01 61', '83', '80 62'],
    events: ['01 61'],
    fails: [1002, 'invalid opcode'],
  },
];
