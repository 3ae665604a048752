import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesRepr } from '../../../src/shared/websocket-client/bytes-repr.ts';
import { python, pythonTest } from '../../support/python.ts';

const TEXTS = ['', 'Hello', "it's", 'say "hi"', `it's "hi"`, 'a\\b', '\t\n\r\0\x1b\x7f\x80\xff', '~ !'];

test('bytes are shown as Python shows them', () => {
  const shown = TEXTS.map((text) => bytesRepr(Buffer.from(text, 'latin1')));
  assert.deepEqual(shown, [
    "b''",
    "b'Hello'",
    `b"it's"`,
    `b'say "hi"'`,
    `b'it\\'s "hi"'`,
    "b'a\\\\b'",
    "b'\\t\\n\\r\\x00\\x1b\\x7f\\x80\\xff'",
    "b'~ !'",
  ]);
});

pythonTest('every byte, and every pair with a quote, is shown as by Python', 'json', async () => {
  const all = Array.from({ length: 256 }, (_, byte) => [byte, 0x27, byte, 0x22].slice(0, 1 + (byte % 4)));
  const program =
    'import sys, json; print(json.dumps([repr(bytes(each)) for each in json.loads(sys.argv[1])]))';
  const original = await python(program, JSON.stringify(all));
  assert.deepEqual(
    all.map((bytes) => bytesRepr(Uint8Array.from(bytes))),
    original,
  );
});
