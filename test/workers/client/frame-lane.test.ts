import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonotonicNs } from '../../../src/shared/units.ts';
import { FrameLane, type LaneSink } from '../../../src/workers/client/frame-lane.ts';
import { Random } from '../../support/random.ts';
import { binary, close, ping, text, wireFrame } from '../../support/wire-frame.ts';

const AT = 0 as MonotonicNs;

/** Writes down what it is given, and is full after so many. */
class Sink implements LaneSink {
  readonly log: string[] = [];
  readonly forwarded: Buffer[] = [];
  room = Number.POSITIVE_INFINITY;
  #isFull = false;

  get isFull(): boolean {
    this.#isFull ||= this.room <= 0;
    return this.#isFull;
  }

  makeRoom(messages: number): void {
    this.room = messages;
    this.#isFull = false;
  }

  text(bytes: Uint8Array, start: number, end: number): boolean {
    const message = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    this.log.push(`text ${message}`);
    this.room--;
    return !message.includes('\xff');
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.log.push(`binary ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`);
    this.room--;
  }

  protocol(bytes: Uint8Array): void {
    this.forwarded.push(Buffer.from(bytes));
    this.room--;
  }
}

const stream = Buffer.concat([
  text('one'),
  binary(Buffer.of(1, 2)),
  ping('p'),
  text('tw', { fin: false }),
  wireFrame(0, 'o'),
  text('x'.repeat(200)),
  text('y'.repeat(70_000)),
  text(''),
  text('last'),
]);

const HEARD = [
  'text one',
  'binary 0102',
  `text ${'x'.repeat(200)}`,
  `text ${'y'.repeat(70_000)}`,
  'text ',
  'text last',
];
const FORWARDED = Buffer.concat([ping('p'), text('tw', { fin: false }), wireFrame(0, 'o')]);

for (let seed = 1; seed <= 20; seed++) {
  test(`however the bytes come and whenever there is room, each message goes on once, in order (seed ${seed})`, () => {
    const random = new Random(seed);
    const sink = new Sink();
    const lane = new FrameLane(sink, 100_000, false);
    const room = Buffer.alloc(70_000);
    for (let at = 0; at < stream.length; ) {
      const length = Math.min(random.pick([1, 2, 3, 10, 1000, 65_000]), stream.length - at);
      if (random.percent(50)) sink.makeRoom(random.below(3));
      // The memory that is read into, again and again.
      room.fill(0xee);
      stream.copy(room, 5, at, at + length);
      lane.take(room, 5, 5 + length, AT);
      at += length;
      if (random.percent(30)) {
        sink.makeRoom(random.below(3));
        lane.resume(AT);
      }
    }
    for (let rounds = 0; rounds < 100; rounds++) {
      sink.makeRoom(1);
      lane.resume(AT);
    }
    assert.deepEqual(sink.log, HEARD);
    assert.deepEqual(Buffer.concat(sink.forwarded), FORWARDED);
  });
}

test('a sink that gets room behind the lane’s back is not forgotten: the lane stays where it stopped', () => {
  const sink = new Sink();
  sink.room = 1;
  const lane = new FrameLane(sink, 1000, false);
  const bytes = Buffer.concat([text('a'), text('b'), text('c')]);
  lane.take(bytes, 0, bytes.length, AT);
  assert.deepEqual(sink.log, ['text a']);
  sink.makeRoom(9);
  lane.resume(AT);
  assert.deepEqual(sink.log, ['text a', 'text b', 'text c']);
});

test('behind a close frame, a text that is none and what breaks the protocol everything is the protocol’s', () => {
  for (const [last, heard] of [
    [close(1000), []],
    [text(Buffer.of(0xff)), ['text \xff']],
    [text('', { masked: true }), []],
    [text('', { announced: 1_000_000n }), []],
    [wireFrame(3), []],
  ] as const) {
    const sink = new Sink();
    const lane = new FrameLane(sink, 1000, false);
    const bytes = Buffer.concat([text('before'), last, text('behind')]);
    lane.take(bytes, 0, bytes.length, AT);
    lane.take(bytes, 0, bytes.length, AT);
    lane.end(AT);
    assert.deepEqual(sink.log, ['text before', ...heard]);
    const forwarded = Buffer.concat(sink.forwarded);
    assert.ok(forwarded.length >= bytes.length, 'all that is behind');
  }
});

test('with compression every message is the protocol’s', () => {
  const sink = new Sink();
  const lane = new FrameLane(sink, 1000, true);
  const bytes = Buffer.concat([text('a', { rsv: 4 }), text('b'), binary(Buffer.of(1))]);
  lane.take(bytes, 0, bytes.length, AT);
  assert.deepEqual(sink.log, []);
  assert.deepEqual(Buffer.concat(sink.forwarded), bytes);
});

test('at the end the protocol is given half a frame', () => {
  for (const cut of [1, 2, 4]) {
    const sink = new Sink();
    const lane = new FrameLane(sink, 1000, false);
    const bytes = Buffer.concat([text('a'), text('bcd').subarray(0, cut)]);
    lane.take(bytes, 0, bytes.length, AT);
    assert.deepEqual(sink.forwarded, []);
    lane.end(AT);
    lane.end(AT);
    assert.deepEqual(sink.log, ['text a']);
    assert.deepEqual(Buffer.concat(sink.forwarded), text('bcd').subarray(0, cut));
  }
});
