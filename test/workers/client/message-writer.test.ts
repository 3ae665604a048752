import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientWords } from '../../../src/shared/client/client-words.ts';
import { RAW } from '../../../src/shared/records/raw.ts';
import { Doorbell } from '../../../src/shared/ring/doorbell.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import type { MonotonicNs } from '../../../src/shared/units.ts';
import { MessageWriter, type QueueLimits } from '../../../src/workers/client/message-writer.ts';

const RING_BYTES = 4096;

/** A writer, and what its reader finds. */
class Pair {
  readonly words = new ClientWords();
  readonly #ring = createRing(RING_BYTES);
  readonly writer: MessageWriter;
  readonly #reader = new RingReader(this.#ring);

  constructor(queue?: QueueLimits) {
    this.writer = new MessageWriter(
      new RingWriter(this.#ring),
      new Doorbell(Doorbell.memory()),
      this.words,
      queue,
    );
    this.writer.receivedAtNs = 123 as MonotonicNs;
  }

  text(message: string): boolean {
    const bytes = Buffer.from(message);
    return this.writer.writeText(bytes, 0, bytes.length);
  }

  /** Records published, as `opcode more ascii payload`; up to so many of them are taken. */
  taken(most = Number.POSITIVE_INFINITY): string[] {
    const records: string[] = [];
    const { field, size } = RAW;
    while (records.length < most) {
      const at = this.#reader.next();
      if (at < 0) break;
      const { view } = this.#reader;
      const length = field.payloadBytes.get(view, at);
      const payload = Buffer.from(
        new Uint8Array(view.buffer, view.byteOffset + at + size, length),
      ).toString();
      const [more, ascii] = [field.more.get(view, at), field.ascii.get(view, at)];
      records.push(`${field.opcode.get(view, at)} ${more} ${ascii} ${payload}`);
      assert.equal(field.receivedAtNs.get(view, at), 123);
      assert.equal(field.reserved.get(view, at), 0);
      this.words.taken = (this.words.taken + 1) | 0;
    }
    this.#reader.release();
    return records;
  }
}

test('what was written is seen once it is published, each message with its kind', () => {
  const pair = new Pair();
  const { writer } = pair;
  assert.ok(pair.text('hello'));
  assert.ok(pair.text('€'));
  assert.ok(pair.text(''));
  assert.ok(pair.text('x'.repeat(1100)), 'longer than what is copied in words');
  writer.write(2, Buffer.from('bytes'), 1, 3, false);
  writer.write(1, Buffer.from('part'), 0, 4, true);
  writer.write(0, Buffer.from('rest'), 0, 4, false);
  assert.deepEqual(pair.taken(), []);
  writer.publish();
  assert.deepEqual(pair.taken(), [
    '1 0 1 hello',
    '1 0 0 €',
    '1 0 1 ',
    `1 0 0 ${'x'.repeat(1100)}`,
    '2 0 0 yt',
    '1 1 0 part',
    '0 0 0 rest',
  ]);
  assert.equal(pair.words.held, 0);
});

test('text of every length is copied as it is', () => {
  for (let length = 0; length < 60; length++) {
    const pair = new Pair();
    const message = Array.from({ length }, (_, i) => String.fromCharCode(33 + i)).join('');
    pair.text(message);
    pair.text('next');
    pair.writer.publish();
    assert.deepEqual(pair.taken(), [`1 0 1 ${message}`, '1 0 1 next']);
  }
});

test('what is no UTF-8 is refused and nothing of it written', () => {
  const pair = new Pair();
  assert.ok(!pair.writer.writeText(Buffer.of(0x61, 0xff), 0, 2));
  pair.writer.publish();
  assert.deepEqual(pair.taken(), []);
});

test('what is longer than a record goes in parts', () => {
  const pair = new Pair();
  const bytes = Buffer.alloc(5000, 'x');
  bytes.write('begin', 0);
  bytes.write('end', 4997);
  pair.writer.write(2, bytes, 0, bytes.length, false);
  pair.writer.publish();
  const parts: string[] = [];
  for (let rounds = 0; rounds < 10; rounds++) {
    parts.push(...pair.taken());
    pair.writer.drain();
  }
  assert.deepEqual(
    parts.map((part) => part.slice(0, 3)),
    ['2 2', '0 2', '0 0'],
  );
  assert.equal(parts.map((part) => part.slice(6)).join(''), bytes.toString());
});

test('what finds no room waits in order, whatever becomes of the memory it was in, and goes on when there is some', () => {
  const pair = new Pair();
  const { writer } = pair;
  const memory = Buffer.alloc(1000);
  for (let i = 0; i < 10; i++) {
    memory.fill(String(i));
    assert.ok(writer.writeText(memory, 0, memory.length));
  }
  memory.fill('?');
  writer.publish();
  assert.ok(writer.isFull);
  const seen: string[] = [];
  for (let rounds = 0; rounds < 20 && seen.length < 10; rounds++) {
    seen.push(...pair.taken(1).map((record) => record.slice(6)));
    writer.drain();
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 10 }, (_, i) => String(i).repeat(1000)),
  );
  assert.ok(!writer.isFull);
});

test('at the end what found no room is handed over, and waits no more', () => {
  const pair = new Pair();
  const { writer } = pair;
  for (let i = 0; i < 6; i++) pair.text(String(i).repeat(1000));
  const late = writer.end();
  const inRing = pair.taken().length;
  assert.ok(inRing >= 2 && inRing < 6);
  assert.deepEqual(
    late.map(({ opcode, more, data }) => `${opcode} ${more} ${Buffer.from(data)}`),
    Array.from({ length: 6 - inRing }, (_, i) => `1 0 ${String(i + inRing).repeat(1000)}`),
  );
  assert.deepEqual(writer.end(), []);
  assert.ok(!writer.isFull);
});

test('a queue is full above its high water and has room at its low water', () => {
  const pair = new Pair({ high: 4, low: 2 });
  const { writer } = pair;
  const states: string[] = [];
  for (let i = 0; i < 5; i++) {
    pair.text('a');
    states.push(`${writer.isFull}`);
  }
  writer.publish();
  assert.deepEqual(states, ['false', 'false', 'false', 'false', 'true']);
  const room: string[] = [];
  for (let i = 0; i < 4; i++) {
    room.push(`${writer.isFull} ${writer.drain()}`);
    pair.taken(1);
  }
  assert.deepEqual(room, ['true false', 'false false', 'false false', 'false true']);
});
