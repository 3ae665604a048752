import assert from 'node:assert/strict';
import test from 'node:test';
import { FrameBatch } from '../../../src/workers/simulator/frame-batch.ts';

const HEADERS: readonly [payloadBytes: number, header: string][] = [
  [0, '8100'],
  [125, '817d'],
  [126, '817e007e'],
  [65_535, '817effff'],
  [65_536, '817f0000000000010000'],
];

test('a frame has the shortest header for its length', () => {
  for (const [payloadBytes, header] of HEADERS) {
    const batch = new FrameBatch(16);
    batch.text('x'.repeat(payloadBytes));
    const headerBytes = header.length / 2;
    assert.equal(batch.bytes.toString('hex', 0, headerBytes), header);
    assert.equal(batch.bytes.toString('latin1', headerBytes), 'x'.repeat(payloadBytes));
  }
});

test('frames follow one another, text as UTF-8 and binary as it is', () => {
  const batch = new FrameBatch(4);
  batch.text('é');
  batch.binary(Uint8Array.of(255, 0));
  assert.equal(batch.frames, 2);
  assert.equal(batch.bytes.toString('hex'), '8102c3a98202ff00');
});

test('memory handed over is not written again', () => {
  const batch = new FrameBatch();
  batch.text('first');
  const { bytes } = batch;
  batch.handOver();
  batch.text('other');
  assert.equal(bytes.toString('latin1', 2), 'first');
});
