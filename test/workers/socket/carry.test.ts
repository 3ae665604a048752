import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Carry } from '../../../src/workers/socket/carry.ts';

const held = (carry: Carry): string => carry.bytes.toString('latin1', carry.start, carry.end);

test('bytes come out in the order they went in, over growing, consuming and moving', () => {
  const carry = new Carry();
  let expected = '';
  for (let round = 0; round < 200; round++) {
    const added = Buffer.alloc(1 + ((round * 977) % 5_000), `${round},`);
    carry.append(added, 0, added.length);
    expected += added.toString('latin1');
    const consumed = (round * 613) % (carry.length + 1);
    carry.consumeTo(carry.start + consumed);
    expected = expected.slice(consumed);
    assert.equal(held(carry), expected);
    assert.equal(carry.length, expected.length);
  }
});

test('only the given part of the source is taken', () => {
  const carry = new Carry();
  carry.append(Buffer.from('abcdef'), 2, 4);
  assert.equal(held(carry), 'cd');
});

test('it grows geometrically with what it holds, and gives back a large buffer once it is empty', () => {
  const carry = new Carry();
  const piece = Buffer.alloc(64 * 1024);
  const capacities = new Set<number>();
  for (let held = 0; held < 4 * 1024 * 1024; held += piece.length) {
    carry.append(piece, 0, piece.length);
    capacities.add(carry.bytes.length);
    assert.ok(carry.bytes.length <= 2 * carry.length);
  }
  assert.equal(capacities.size, 7);
  carry.consumeTo(carry.end);
  assert.equal(carry.bytes.length, 0);
  assert.equal(carry.length, 0);
});

test('a small buffer is kept when it is empty', () => {
  const carry = new Carry();
  carry.append(Buffer.alloc(100), 0, 100);
  const { bytes } = carry;
  carry.consumeTo(carry.end);
  carry.append(Buffer.alloc(100), 0, 100);
  assert.equal(carry.bytes, bytes);
});
