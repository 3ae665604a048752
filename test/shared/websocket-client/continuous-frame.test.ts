import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { ABNF } from '../../../src/shared/websocket-client/abnf.ts';
import {
  ContinuousFrame,
  type ContinuousFrameOptions,
} from '../../../src/shared/websocket-client/continuous-frame.ts';
import { Random } from '../../support/random.ts';

type Part = readonly [opcode: number, data: string | Uint8Array, fin: number];

/** Gives the frames one after another. @returns what comes out of each: a message, an error, or nothing. */
function play(options: ContinuousFrameOptions, parts: readonly Part[]): string[] {
  const joining = new ContinuousFrame(options);
  return parts.map(([opcode, data, fin]) => {
    const frame = new ABNF({ opcode, data: Buffer.from(data), fin, maskValue: 0 });
    try {
      joining.validate(frame);
      joining.add(frame);
      if (!joining.isFire(frame)) return '';
      const [of, last] = joining.extract(frame);
      assert.equal(last, frame);
      return `${of} ${last}`;
    } catch (error) {
      return String(error);
    }
  });
}

const ILLEGAL = 'WebSocketProtocolException: Illegal frame';

test('fragments are joined, under the opcode of the first, in the last frame', () => {
  const fragments: Part[] = [
    [1, 'ab', 0],
    [0, 'cd', 0],
    [0, 'ef', 1],
    [2, 'x', 1],
  ];
  assert.deepEqual(play({}, fragments), [
    '',
    '',
    "1 fin=1 opcode=0 data=b'abcdef'",
    "2 fin=1 opcode=2 data=b'x'",
  ]);
});

test('asked for, each fragment comes with its own opcode, and is not checked', () => {
  const fragments: Part[] = [
    [1, 'ab', 0],
    [0, 'cd', 0],
    [0, Uint8Array.of(0xff), 1],
    [1, Uint8Array.of(0xff), 1],
  ];
  assert.deepEqual(play({ fireContFrame: true }, fragments), [
    "1 fin=0 opcode=1 data=b'ab'",
    "0 fin=0 opcode=0 data=b'cd'",
    "0 fin=1 opcode=0 data=b'\\xff'",
    "1 fin=1 opcode=1 data=b'\\xff'",
  ]);
});

test('a continuation of nothing and a message within a message are illegal, in either mode', () => {
  for (const fireContFrame of [false, true]) {
    const first = fireContFrame ? "1 fin=0 opcode=1 data=b'a'" : '';
    assert.deepEqual(play({ fireContFrame }, [[0, 'a', 1]]), [ILLEGAL]);
    for (const opcode of [1, 2])
      assert.deepEqual(
        play({ fireContFrame }, [
          [1, 'a', 0],
          [opcode, 'b', 1],
        ]),
        [first, ILLEGAL],
      );
  }
});

test('an empty first fragment opens a message like any other', () => {
  const fragments: Part[] = [
    [1, '', 0],
    [0, '', 0],
    [0, 'a', 1],
    [0, 'b', 1],
  ];
  assert.deepEqual(play({}, fragments), ['', '', "1 fin=1 opcode=0 data=b'a'", ILLEGAL]);
});

test('a text is checked when it is whole, and what is wrong with it is shown', () => {
  const euro = Buffer.from('€');
  const fragments: Part[] = [
    [1, euro.subarray(0, 1), 0],
    [0, euro.subarray(1), 1],
    [1, Uint8Array.of(0x61, 0xff), 1],
    [2, Uint8Array.of(0xff), 1],
    // Ends inside a character, which the original lets through.
    [1, euro.subarray(0, 2), 1],
    [1, 'next', 1],
  ];
  const payload = (text: string): string => `WebSocketPayloadException: cannot decode: ${text}`;
  for (const platform of [undefined, NODE_PLATFORM])
    assert.deepEqual(play(platform === undefined ? {} : { platform }, fragments), [
      '',
      "1 fin=1 opcode=0 data=b'\\xe2\\x82\\xac'",
      payload("b'a\\xff'"),
      "2 fin=1 opcode=2 data=b'\\xff'",
      payload("b'\\xe2\\x82'"),
      "1 fin=1 opcode=1 data=b'next'",
    ]);
  assert.deepEqual(play({ skipUtf8Validation: true }, [[1, Uint8Array.of(0xff), 1]]), [
    "1 fin=1 opcode=1 data=b'\\xff'",
  ]);
  const long = new Uint8Array(1000).fill(0x61);
  long[999] = 0xff;
  assert.deepEqual(play({}, [[1, long, 1]]), [payload(`b'${'a'.repeat(256)}' and 744 bytes more`)]);
});

test('a message longer than accepted is refused before its end, and the next one begins anew', () => {
  const fragments: Part[] = [
    [2, 'abc', 0],
    [0, 'd', 0],
    [2, 'abcd', 1],
    [2, 'abc', 1],
  ];
  const tooLong = 'WebSocketPayloadException: message of 4 bytes exceeds limit of 3 bytes';
  assert.deepEqual(play({ maxSize: 3 }, fragments), ['', tooLong, tooLong, "2 fin=1 opcode=2 data=b'abc'"]);
});

test('a message is the same however it was cut', () => {
  const random = new Random(11);
  const text = Buffer.from('ünïcödé 😀 '.repeat(20));
  for (let round = 0; round < 200; round++) {
    const parts: Part[] = [];
    for (let at = 0; at < text.length; ) {
      const to = Math.min(text.length, at + random.below(40));
      parts.push([parts.length === 0 ? 1 : 0, text.subarray(at, to), to === text.length ? 1 : 0]);
      at = to;
    }
    const opcode = parts.length === 1 ? 1 : 0;
    const whole = String(new ABNF({ opcode, data: text, fin: 1 }));
    assert.equal(play({ platform: NODE_PLATFORM }, parts).at(-1), `1 ${whole}`);
  }
});
