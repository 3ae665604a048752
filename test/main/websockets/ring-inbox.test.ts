import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingInbox } from '../../../src/main/websockets/ring-inbox.ts';
import type { FrameOpcode } from '../../../src/shared/client/client-contract.ts';
import { ClientWords } from '../../../src/shared/client/client-words.ts';
import { Doorbell } from '../../../src/shared/ring/doorbell.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { MessageWriter } from '../../../src/workers/client/message-writer.ts';

const euro = Buffer.from('€');

class Pair {
  readonly words = new ClientWords();
  readonly #ring = createRing(4096);
  readonly writer = new MessageWriter(
    new RingWriter(this.#ring),
    new Doorbell(Doorbell.memory()),
    this.words,
    undefined,
  );
  resumed = 0;
  readonly inbox: RingInbox;

  constructor(low = Number.POSITIVE_INFINITY) {
    this.inbox = new RingInbox(this.#ring, this.words, low, () => {
      this.resumed++;
    });
  }

  write(opcode: FrameOpcode, payload: string | Uint8Array, more = false): void {
    const bytes = Buffer.from(payload as Uint8Array);
    if (opcode === 1 && !more) assert.ok(this.writer.writeText(bytes, 0, bytes.length));
    else this.writer.write(opcode, bytes, 0, bytes.length, more);
    this.writer.publish();
  }

  all(): unknown[] {
    const messages: unknown[] = [];
    for (
      let message = this.inbox.take(undefined);
      message !== undefined;
      message = this.inbox.take(undefined)
    )
      messages.push(message);
    return messages;
  }
}

test('messages come out as what they are: text of any script, bytes of the caller’s own', () => {
  const pair = new Pair();
  pair.write(1, 'ascii');
  pair.write(1, '€');
  pair.write(1, '');
  pair.write(2, Buffer.of(1, 255));
  assert.deepEqual(pair.all(), ['ascii', '€', '', Uint8Array.of(1, 255)]);
  assert.equal(pair.inbox.take(undefined), undefined);
});

test('parts are joined; a message of which the rest is missing stays until it comes', () => {
  const pair = new Pair();
  pair.write(1, euro.subarray(0, 1), true);
  assert.equal(pair.inbox.take(undefined), undefined);
  pair.write(0, euro.subarray(1), true);
  pair.write(0, '');
  pair.write(2, 'a', true);
  pair.write(0, 'b');
  assert.deepEqual(pair.all(), ['€', new Uint8Array(Buffer.from('ab'))]);
});

test('parts that were kept come first where a message is read part by part', () => {
  const pair = new Pair();
  pair.write(1, 'a', true);
  pair.write(0, euro.subarray(0, 2), true);
  assert.equal(pair.inbox.take(undefined), undefined);
  pair.write(0, euro.subarray(2));
  assert.deepEqual(
    [1, 2, 3].map(() => pair.inbox.takeFragment(undefined)),
    [
      { data: 'a', more: true },
      { data: '', more: true },
      { data: '€', more: false },
    ],
  );
  assert.equal(pair.inbox.takeFragment(undefined), undefined);
});

test('what is asked for as text is text, and as bytes bytes', () => {
  const pair = new Pair();
  pair.write(1, '€');
  pair.write(2, euro);
  pair.write(1, 'a', true);
  pair.write(0, 'b');
  assert.deepEqual(pair.inbox.take(false), new Uint8Array(euro));
  assert.equal(pair.inbox.take(true), '€');
  assert.deepEqual(pair.inbox.takeFragment(false), { data: Uint8Array.of(97), more: true });
  assert.deepEqual(pair.inbox.takeFragment(false), { data: Uint8Array.of(98), more: false });
});

test('behind the ring comes what found no room in it, and then nothing more', () => {
  const pair = new Pair();
  pair.write(1, 'in the ring');
  pair.write(1, 'half', true);
  assert.equal(pair.inbox.isDry, false);
  pair.inbox.end([
    { opcode: 0, more: 0, data: Buffer.from(' and half') },
    { opcode: 2, more: 0, data: Uint8Array.of(1) },
    { opcode: 1, more: 1, data: Buffer.from('never whole') },
  ]);
  assert.equal(pair.inbox.isDry, false);
  assert.deepEqual(pair.all(), ['in the ring', 'half and half', Uint8Array.of(1)]);
  assert.equal(pair.inbox.isDry, true);
});

test('what found no room can be read part by part', () => {
  const pair = new Pair();
  pair.write(1, 'a', true);
  pair.inbox.end([{ opcode: 0, more: 0, data: Buffer.from('b') }]);
  assert.deepEqual(
    [1, 2, 3].map(() => pair.inbox.takeFragment(undefined)),
    [{ data: 'a', more: true }, { data: 'b', more: false }, undefined],
  );
  assert.equal(pair.inbox.isDry, true);
});

test('a writer that has stopped is asked once to go on, when enough has been taken', () => {
  const pair = new Pair(4);
  for (let i = 0; i < 10; i++) pair.write(1, String(i));
  pair.words.stop();
  for (let i = 0; i < 5; i++) pair.inbox.take(undefined);
  assert.equal(pair.resumed, 0);
  pair.inbox.take(undefined);
  assert.equal(pair.resumed, 1);
  pair.all();
  assert.equal(pair.resumed, 1);
});

test('what was taken is given back at the latest when nothing is left', () => {
  const pair = new Pair(1000);
  for (let i = 0; i < 5; i++) pair.write(1, String(i));
  pair.words.stop();
  pair.all();
  assert.equal(pair.words.held, 0);
  assert.equal(pair.resumed, 1);
});

test('frames come out as they came, control frames between the fragments of a message too', () => {
  const pair = new Pair();
  pair.write(1, 'whole €');
  pair.write(1, 'frag', true);
  pair.write(9, 'ping');
  pair.write(0, 'ment');
  pair.write(2, Buffer.of(0, 255));
  pair.write(8, Buffer.of(3, 232));
  const frames = [];
  for (let frame = pair.inbox.takeFrame(true); frame !== undefined; frame = pair.inbox.takeFrame(true))
    frames.push(frame);
  assert.deepEqual(frames, [
    { opcode: 1, fin: true, data: 'whole €' },
    { opcode: 1, fin: false, data: new Uint8Array(Buffer.from('frag')) },
    { opcode: 9, fin: true, data: new Uint8Array(Buffer.from('ping')) },
    { opcode: 0, fin: true, data: new Uint8Array(Buffer.from('ment')) },
    { opcode: 2, fin: true, data: Uint8Array.of(0, 255) },
    { opcode: 8, fin: true, data: Uint8Array.of(3, 232) },
  ]);
});

test('a frame that is longer than a record is one frame, whether its message goes on or not', () => {
  const pair = new Pair();
  const long = Buffer.alloc(5000, 'x');
  const frames: unknown[] = [];
  const read = (): void => {
    for (let frame = pair.inbox.takeFrame(true); frame !== undefined; frame = pair.inbox.takeFrame(true))
      frames.push([frame.opcode, frame.fin, frame.data.length, typeof frame.data]);
    pair.writer.drain();
  };
  pair.write(1, long);
  pair.write(1, long, true);
  pair.write(0, 'end');
  for (let rounds = 0; rounds < 10; rounds++) read();
  pair.inbox.end(pair.writer.end());
  read();
  assert.deepEqual(frames, [
    [1, true, 5000, 'string'],
    [1, false, 5000, 'object'],
    [0, true, 3, 'object'],
  ]);
});

test('what came late is frames as well', () => {
  const pair = new Pair();
  pair.inbox.end([
    { opcode: 1, more: 2, data: Buffer.from('a') },
    { opcode: 0, more: 0, data: Buffer.from('b') },
    { opcode: 8, more: 0, data: Buffer.of(3, 232) },
  ]);
  assert.deepEqual(pair.inbox.takeFrame(true), { opcode: 1, fin: true, data: 'ab' });
  assert.deepEqual(pair.inbox.takeFrame(true), { opcode: 8, fin: true, data: Uint8Array.of(3, 232) });
  assert.equal(pair.inbox.takeFrame(true), undefined);
  assert.ok(pair.inbox.isDry);
});
