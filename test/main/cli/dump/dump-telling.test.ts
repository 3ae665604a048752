import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type DumpTelling, jsonDump, plainDump } from '../../../../src/main/cli/dump/dump-telling.ts';
import { FrameReading } from '../../../../src/main/cli/dump/frame-reading.ts';
import type { FrameOpcode } from '../../../../src/shared/client/client-contract.ts';
import { Close } from '../../../../src/shared/protocol/close-code.ts';
import { ConnectionClosedError } from '../../../../src/shared/protocol/errors/connection-closed.ts';
import { ProtocolError } from '../../../../src/shared/protocol/errors/websocket-exception.ts';

const AT_MS = 1234.5678;

const frame = (opcode: FrameOpcode, payload: string | Uint8Array) => (telling: DumpTelling) =>
  telling.frame(
    new FrameReading().read({ opcode, fin: true, bytes: Buffer.from(payload as Uint8Array) }),
    AT_MS,
  );
const closed =
  (here: boolean, ...how: ConstructorParameters<typeof ConnectionClosedError>) =>
  (telling: DumpTelling) =>
    telling.closed(new ConnectionClosedError(...how), here, AT_MS);

const packed = gzipSync('a\u001b[2Jb');
const hex = packed.toString('hex');
const BYE = new Close(4001, 'by\u001be');

/** What is told plainly, with names, to those who get notices, and to programs. */
const CASES: readonly {
  readonly title: string;
  readonly tell: (telling: DumpTelling) => void;
  readonly plain: readonly string[];
  readonly named: readonly string[];
  readonly notices: readonly string[];
  /** Where names are shown, the close frame is no notice. */
  readonly namedNotices?: readonly string[];
  readonly json: object;
}[] = [
  {
    title: 'a text',
    tell: frame(1, 'two\nlines \u001b[2J'),
    plain: ['two\\nlines \\x1b[2J'],
    named: ['text: two\\nlines \\x1b[2J'],
    notices: [],
    json: { type: 'text', fin: true, data: 'two\nlines \u001b[2J' },
  },
  {
    title: 'a text that is none',
    tell: frame(1, Uint8Array.of(0x61, 0xff)),
    plain: ["b'a\\xff'"],
    named: ["text: b'a\\xff'"],
    notices: [],
    json: { type: 'text', fin: true, data: null, hex: '61ff' },
  },
  {
    title: 'packed text',
    tell: frame(2, packed),
    plain: ['[gzip] a\\x1b[2Jb'],
    named: ['binary: [gzip] a\\x1b[2Jb'],
    notices: [],
    json: { type: 'binary', fin: true, data: hex, packing: 'gzip', text: 'a\u001b[2Jb' },
  },
  {
    title: 'bytes',
    tell: frame(2, Uint8Array.of(0, 0x41, 0xff)),
    plain: ["b'\\x00A\\xff'"],
    named: ["binary: b'\\x00A\\xff'"],
    notices: [],
    json: { type: 'binary', fin: true, data: '0041ff' },
  },
  {
    title: 'a ping',
    tell: frame(9, 'are you'),
    plain: ["b'are you'"],
    named: ["ping: b'are you'"],
    notices: [],
    json: { type: 'ping', fin: true, data: '61726520796f75' },
  },
  {
    title: 'an end by the server',
    tell: closed(false, BYE, BYE, true),
    plain: [],
    named: ['close: 4001 (private use) by\\x1be'],
    notices: ['Connection closed: 4001 (private use) by\\x1be.'],
    namedNotices: [],
    json: { type: 'closed', code: 4001, explanation: 'private use', reason: 'by\u001be' },
  },
  {
    title: 'an end by this side',
    tell: closed(true, new Close(1000, ''), new Close(1000, ''), false),
    plain: [],
    named: ['close: 1000 (OK)'],
    notices: [],
    json: { type: 'closed', code: 1000, explanation: 'OK', reason: '' },
  },
  {
    title: 'an end by this side that nobody answered',
    tell: closed(true, undefined, new Close(1000, ''), undefined),
    plain: [],
    named: [],
    notices: [],
    json: { type: 'closed', code: 1006, explanation: 'abnormal closure [internal]', reason: '' },
  },
  {
    title: 'a lost connection',
    tell: closed(false, undefined, undefined, undefined),
    plain: [],
    named: [],
    notices: ['Connection closed: 1006 (abnormal closure [internal]).', 'no close frame received or sent.'],
    json: { type: 'closed', code: 1006, explanation: 'abnormal closure [internal]', reason: '' },
  },
  {
    title: 'a rule that the server broke and an end that it answered',
    tell: closed(false, new Close(1002, ''), new Close(1002, 'reserved bits must be 0'), false, {
      cause: new ProtocolError('reserved bits must be 0'),
    }),
    plain: [],
    named: ['close: 1002 (protocol error)'],
    notices: [
      'Connection closed: 1002 (protocol error).',
      'sent 1002 (protocol error) reserved bits must be 0; then received 1002 (protocol error): reserved bits must be 0.',
    ],
    namedNotices: [
      'sent 1002 (protocol error) reserved bits must be 0; then received 1002 (protocol error): reserved bits must be 0.',
    ],
    json: { type: 'closed', code: 1002, explanation: 'protocol error', reason: '' },
  },
];

for (const { title, tell, plain, named, notices, namedNotices = notices, json } of CASES)
  test(`${title} is told to people and to programs`, () => {
    for (const names of [false, true]) {
      const out: string[] = [];
      const err: string[] = [];
      const keep = (line: string): void => void out.push(line);
      tell(plainDump(keep, (line) => err.push(line), { names, timings: false, raw: false }));
      assert.deepEqual([out, err], names ? [named, namedNotices] : [plain, notices]);
    }
    const lines: string[] = [];
    tell(jsonDump((line) => lines.push(line), false));
    assert.equal(lines.length, 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    assert.doesNotMatch(lines[0]!, /[\u0000-\u001f]/);
    const { detail: _detail, ...told } = JSON.parse(lines[0]!) as { detail?: string };
    assert.deepEqual(told, json);
  });

test('with timings each line says when, in seconds', () => {
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  frame(1, 'hi')(plainDump(keep, keep, { names: true, timings: true, raw: false }));
  frame(1, 'hi')(jsonDump(keep, true));
  assert.deepEqual(lines, [
    '1.234568: text: hi',
    '{"seconds":1.234568,"type":"text","fin":true,"data":"hi"}',
  ]);
});

test('raw, a text is shown as it is', () => {
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  frame(1, 'two\nlines \u001b[2J')(plainDump(keep, keep, { names: false, timings: false, raw: true }));
  assert.deepEqual(lines, ['two\nlines \u001b[2J']);
});
