import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SocketInbox } from '../../../../src/main/websockets/server/socket-inbox.ts';

/** An inbox and what it has told its source. */
function inbox(limits: { readonly high: number; readonly low: number } | null) {
  const told: string[] = [];
  const box = new SocketInbox({ pause: () => told.push('pause'), resume: () => told.push('resume') }, limits);
  return { box, told, push: (text: string) => box.push(Buffer.from(text), false) };
}

test('reading stops with more than the high water mark and goes on at the low one, once each', () => {
  const { box, told, push } = inbox({ high: 3, low: 1 });
  const steps: string[] = [];
  for (const text of 'abcdef') {
    push(text);
    steps.push(`${text}:${told.length}`);
  }
  assert.deepEqual(steps, ['a:0', 'b:0', 'c:0', 'd:1', 'e:1', 'f:1']);
  const taken: string[] = [];
  for (let i = 0; i < 6; i++) taken.push(`${box.take(undefined) as string}:${told.length}`);
  assert.deepEqual(taken, ['a:1', 'b:1', 'c:1', 'd:1', 'e:2', 'f:2']);
  assert.deepEqual(told, ['pause', 'resume']);
  assert.equal(box.take(undefined), undefined);
});

test('without limits reading never stops', () => {
  const { told, push, box } = inbox(null);
  for (let i = 0; i < 10_000; i++) push('x');
  assert.deepEqual(told, []);
  assert.equal(box.takeWasPaused(), false);
});

test('that nothing was read is told once after it is over', () => {
  const { box, push } = inbox({ high: 0, low: 0 });
  assert.equal(box.takeWasPaused(), false);
  push('a');
  assert.equal(box.takeWasPaused(), true);
  assert.equal(box.takeWasPaused(), true);
  box.take(undefined);
  assert.equal(box.takeWasPaused(), true);
  assert.equal(box.takeWasPaused(), false);
});

test('what is passed over is not kept, and reading goes on', () => {
  const { box, told, push } = inbox({ high: 0, low: 0 });
  push('kept');
  box.passOver();
  push('passed over');
  assert.deepEqual(told, ['pause', 'resume']);
  assert.equal(box.take(undefined), 'kept');
  assert.equal(box.isEmpty, true);
});

test('bytes are of their own and do not keep alive what they were read with', () => {
  const { box } = inbox(null);
  const read = Buffer.from('a message in a chunk');
  box.push(read.subarray(2, 9), true);
  read.fill(0);
  const bytes = box.take(undefined) as Uint8Array;
  assert.equal(Buffer.from(bytes).toString(), 'message');
  assert.equal(bytes.buffer.byteLength, 7);
});

test('bytes that are asked for as text have U+FFFD in place of what is none', () => {
  const { box } = inbox(null);
  box.push(Buffer.from([0x61, 0xff]), true);
  assert.equal(box.take(true), 'a\ufffd');
});
