import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonotonicNs } from '../../../src/shared/units.ts';
import { FrameSorter, type SortedFrames } from '../../../src/workers/socket/frame-sorter.ts';
import { binary, close, ping, text, wireFrame } from '../../support/wire-frame.ts';

const MAX_PAYLOAD = 1_000;

const NOTHING: SortedFrames = {
  text: () => assert.fail('no message is found'),
  binary: () => assert.fail('no message is found'),
  forward: () => assert.fail('no frame is found'),
  over: () => assert.fail('it is not over'),
};

interface Sorted {
  /** `text …` and `binary …` are handed over; `ws …` is forwarded in bytes, with a star where it completes a message. */
  readonly found: readonly string[];
  readonly stoppedAt: number;
}

function sort(bytes: Buffer, options: { compressed?: boolean; stopAfter?: number } = {}): Sorted {
  const found: string[] = [];
  const note = (what: string): boolean => found.push(what) !== options.stopAfter;
  const sorter = new FrameSorter(
    {
      text: (b, start, end) => note(`text ${Buffer.from(b.subarray(start, end)).toString('latin1')}`),
      binary: (b, start, end) => note(`binary ${Buffer.from(b.subarray(start, end)).toString('latin1')}`),
      forward: (_b, start, end, message) => note(`ws ${end - start}${message ? '*' : ''}`),
      over: () => void found.push('over'),
    },
    MAX_PAYLOAD,
  );
  if (options.compressed) sorter.expectCompression();
  return { found, stoppedAt: sorter.sort(bytes, 0, bytes.length, 1 as MonotonicNs) };
}

const CASES: readonly (readonly [string, Buffer[], string[]])[] = [
  [
    'plain messages are handed over',
    [text('a'), binary(Buffer.from('b')), text('')],
    ['text a', 'binary b', 'text '],
  ],
  ['control frames go to ws', [ping('x'), text('a'), wireFrame(10)], ['ws 3', 'text a', 'ws 2']],
  [
    'a fragmented message goes to ws, with the pings inside it',
    [text('a', { fin: false }), ping(), wireFrame(0, 'b', { fin: false }), wireFrame(0, 'c'), text('d')],
    ['ws 3', 'ws 2', 'ws 3', 'ws 3*', 'text d'],
  ],
  [
    'the longest message is handed over',
    [text('x'.repeat(MAX_PAYLOAD))],
    [`text ${'x'.repeat(MAX_PAYLOAD)}`],
  ],
  ['a longer one is over for all', [text('x'.repeat(MAX_PAYLOAD + 1)), text('a')], ['ws 1008', 'over']],
  ['nothing follows a close frame', [close(1000), text('a')], ['ws 4', 'over']],
  ['nothing follows a masked frame', [text('a', { masked: true }), text('b')], ['ws 10', 'over']],
  ['nothing follows RSV bits', [text('a', { rsv: 4 }), text('b')], ['ws 6', 'over']],
  ['nothing follows a continuation of nothing', [wireFrame(0, 'a'), text('b')], ['ws 6', 'over']],
  [
    'nothing follows a message within a message',
    [text('a', { fin: false }), text('b')],
    ['ws 3', 'ws 3', 'over'],
  ],
  ['nothing follows a reserved opcode', [wireFrame(5), text('b')], ['ws 5', 'over']],
];

for (const [what, frames, expected] of CASES) {
  test(what, () => {
    const bytes = Buffer.concat(frames);
    assert.deepEqual(sort(bytes), { found: expected, stoppedAt: bytes.length });
  });
}

test('with compression every message goes to ws, and RSV1 is allowed on the first frame of a message only', () => {
  const messages = [
    text('a'),
    text('b', { rsv: 4 }),
    binary(Buffer.from('c'), { rsv: 4, fin: false }),
    wireFrame(0, 'd'),
  ];
  assert.deepEqual(sort(Buffer.concat(messages), { compressed: true }).found, [
    'ws 3*',
    'ws 3*',
    'ws 3',
    'ws 3*',
  ]);
  for (const frame of [wireFrame(9, '', { rsv: 4 }), text('a', { rsv: 2 }), text('a', { rsv: 6 })]) {
    assert.deepEqual(sort(frame, { compressed: true }).found, [`ws ${frame.length}`, 'over']);
  }
  const continued = Buffer.concat([text('a', { fin: false }), wireFrame(0, 'b', { rsv: 4 })]);
  assert.deepEqual(sort(continued, { compressed: true }).found, ['ws 3', 'ws 3', 'over']);
});

test('it stops where a sink says so, right behind that frame', () => {
  const frames = [
    text('a'),
    ping('x'),
    text('b', { fin: false }),
    wireFrame(0, 'c'),
    binary(Buffer.from('d')),
  ];
  for (let stopAfter = 1; stopAfter <= frames.length; stopAfter++) {
    const { found, stoppedAt } = sort(Buffer.concat(frames), { stopAfter });
    assert.equal(found.length, stopAfter);
    assert.equal(stoppedAt, Buffer.concat(frames.slice(0, stopAfter)).length);
  }
});

test('it stops before a frame whose end has not come, and says how many bytes are missing, as far as is known', () => {
  const frame = text('x'.repeat(200));
  for (let end = 0; end < frame.length; end++) {
    const part = frame.subarray(0, end);
    assert.deepEqual(sort(part), { found: [], stoppedAt: 0 });
    const sorter = new FrameSorter(NOTHING, MAX_PAYLOAD);
    const known = end < 2 ? 2 : end < 4 ? 4 : frame.length;
    assert.equal(sorter.missing(part, 0, end), known - end);
  }
});

test('a frame that ws refuses by its first two bytes is given to it without waiting for more', () => {
  for (const [first, second] of [
    [0x81, 0x81],
    [0x91, 0x7f],
    [0x80, 0x7e],
    [0x89, 0x7e],
    [0x83, 0x7f],
  ]) {
    assert.deepEqual(sort(Buffer.from([first!, second!])), { found: ['ws 2', 'over'], stoppedAt: 2 });
  }
});
