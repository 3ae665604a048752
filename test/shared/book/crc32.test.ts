import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRC_START, crcOf, moveRegister, registerOf } from '../../../src/shared/book/crc32.ts';
import { CHECKSUM_VECTORS, LEVEL_3_VECTOR } from '../../support/checksum-vectors.ts';
import { Random } from '../../support/random.ts';

/** Bit by bit and from the definition alone, so that no table of ours is checked against itself. */
function definedCrc(text: string): number {
  let register = 0xffff_ffff;
  for (let i = 0; i < text.length; i++) {
    register ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++)
      register = register & 1 ? (register >>> 1) ^ 0xedb8_8320 : register >>> 1;
  }
  return ~register >>> 0;
}

const KNOWN: readonly (readonly [text: string, crc: number])[] = [
  ['', 0],
  ['123456789', 3_421_780_262],
  [LEVEL_3_VECTOR.digits, LEVEL_3_VECTOR.checksum],
  ...CHECKSUM_VECTORS.map((vector) => [vector.digits, vector.checksum] as const),
];

for (const [text, crc] of KNOWN)
  test(`the CRC-32 of ${text.length} characters "${text.slice(0, 12)}" is ${crc}`, () => {
    assert.equal(crcOf(registerOf(text, CRC_START)), crc);
    assert.equal(definedCrc(text), crc);
  });

test('registers of parts, moved on and combined, are the register of the whole', () => {
  const random = new Random(5);
  for (let n = 0; n < 2000; n++) {
    const parts = Array.from({ length: random.below(8) }, () =>
      random.digits(random.pick([0, 1, 13, 47, 48, 49, 97, 300])),
    );
    let register = CRC_START;
    for (const part of parts) register = moveRegister(register, part.length) ^ registerOf(part);
    assert.equal(crcOf(register), definedCrc(parts.join('')));
    assert.equal(register, register | 0, 'registers are signed, so that they are never boxed');
  }
});
