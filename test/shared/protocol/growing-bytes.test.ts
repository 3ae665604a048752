import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrowingBytes } from '../../../src/shared/protocol/growing-bytes.ts';
import { Random } from '../../support/random.ts';
import { randomBytes } from '../../support/random-frames.ts';

test('pieces of any lengths lie behind one another', () => {
  const random = new Random(4);
  const growing = new GrowingBytes();
  const pieces: Uint8Array[] = [];
  for (let n = 0; n < 300; n++) {
    const piece = randomBytes(random, random.pick([0, 1, 10, 5000]));
    pieces.push(piece);
    assert.deepEqual(growing.append(piece), piece, 'the place of the piece holds it');
  }
  assert.equal(growing.length, Buffer.concat(pieces).length);
  assert.ok(Buffer.compare(growing.take(), Buffer.concat(pieces)) === 0);
  assert.equal(growing.length, 0);
  assert.equal(growing.take().length, 0);
});

test('memory follows what has arrived, and never goes beyond what will', () => {
  const growing = new GrowingBytes();
  const most = 10_000_000;
  const places = new Set<ArrayBufferLike>();
  for (let length = 0; length < most; length += 1000) {
    const { buffer } = growing.append(new Uint8Array(1000), most);
    places.add(buffer);
    assert.ok(buffer.byteLength <= Math.max(65536, 4 * (length + 1000)) && buffer.byteLength <= most);
  }
  assert.ok(places.size < 8, `moved ${places.size} times`);
});

test('what was taken is not written to again', () => {
  const growing = new GrowingBytes();
  growing.append(Uint8Array.of(1, 2, 3));
  const taken = growing.take();
  growing.append(Uint8Array.of(9, 9, 9));
  assert.deepEqual(taken, Uint8Array.of(1, 2, 3));
});
