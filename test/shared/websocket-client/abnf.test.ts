import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABNF, type FrameParts, type MaskKeySource } from '../../../src/shared/websocket-client/abnf.ts';
import { ValueError, WebSocketProtocolException } from '../../../src/shared/websocket-client/exceptions.ts';
import '../../../src/main/websocket-client/random-mask-keys.ts';
import { python, pythonTest } from '../../support/python.ts';
import { Random } from '../../support/random.ts';

const ABCD: MaskKeySource = () => 'abcd';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const formatted = (parts: FrameParts, getMaskKey: MaskKeySource = ABCD): Uint8Array => {
  const frame = new ABNF(parts);
  frame.getMaskKey = getMaskKey;
  return frame.format();
};

const closeOf = (code: number, reason: string | Uint8Array = ''): Uint8Array =>
  Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), Buffer.from(reason)]);

/** What a check says, or `fine`. */
function outcome(check: () => unknown): string {
  try {
    check();
    return 'fine';
  } catch (error) {
    assert.ok(error instanceof Error);
    return `${error.name}: ${error.message}`;
  }
}

test('a frame without parts is the first fragment of an empty text, masked', () => {
  const { fin, rsv1, rsv2, rsv3, opcode, maskValue, data } = new ABNF();
  assert.deepEqual([fin, rsv1, rsv2, rsv3, opcode, maskValue, data], [0, 0, 0, 0, 1, 1, '']);
  assert.equal(new ABNF({ data: null }).data, '');
});

test('the constants are those of the original', () => {
  assert.deepEqual(ABNF.OPCODES, [0, 1, 2, 8, 9, 10]);
  assert.deepEqual(
    [ABNF.OPCODE_CONT, ABNF.OPCODE_TEXT, ABNF.OPCODE_BINARY, ABNF.OPCODE_CLOSE, ABNF.OPCODE_PING],
    [0, 1, 2, 8, 9],
  );
  assert.equal(ABNF.OPCODE_PONG, 10);
  assert.deepEqual(ABNF.OPCODE_MAP, { 0: 'cont', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' });
  assert.deepEqual([ABNF.LENGTH_7, ABNF.LENGTH_16, ABNF.LENGTH_63], [126, 65536, 9223372036854775808n]);
});

test('a known key gives the known bytes', () => {
  assert.equal(hex(ABNF.mask('abcd', 'Hello')), '29070f080e');
  assert.equal(hex(ABNF.mask(Buffer.from('abcd'), Buffer.from('Hello'))), '29070f080e');
  const frame = ABNF.createFrame('Hello', ABNF.OPCODE_TEXT);
  frame.getMaskKey = ABCD;
  assert.equal(hex(frame.format()), '81856162636429070f080e');
  assert.equal(hex(formatted({ fin: 1, maskValue: 0, data: 'Hello' })), '810548656c6c6f');
});

test('a frame is as long as its payload, its header and its key', () => {
  const cases: [bytes: number, opcode: number, length: number][] = [
    [0, 1, 6],
    [12, 1, 18],
    [3, 2, 9],
    [125, 1, 131],
    [126, 1, 134],
    [65535, 1, 65543],
    [65536, 1, 65550],
    [70000, 1, 70014],
  ];
  for (const [bytes, opcode, length] of cases)
    assert.equal(ABNF.createFrame('x'.repeat(bytes), opcode).format().length, length, `${bytes} bytes`);
});

test('random keys differ from frame to frame', () => {
  const keys = Array.from({ length: 20 }, () => hex(ABNF.createFrame('', 1).format().subarray(2)));
  assert.equal(new Set(keys).size, 20);
});

test('masking twice gives what there was, and leaves the given bytes alone', () => {
  const random = new Random(6);
  for (let i = 0; i < 300; i++) {
    const bytes = Uint8Array.from({ length: random.below(300) }, () => random.below(256));
    const before = hex(bytes);
    const key = Uint8Array.from({ length: 4 }, () => random.below(256));
    const masked = ABNF.mask(key, bytes);
    assert.equal(hex(bytes), before);
    assert.equal(hex(ABNF.mask(key, masked)), before);
  }
  assert.equal(ABNF.mask('abcd', null).length, 0);
});

test('text is UTF-8 in a text frame, and one byte per character in any other', () => {
  assert.equal(hex(ABNF.createFrame('€', ABNF.OPCODE_TEXT).data as Uint8Array), 'e282ac');
  assert.equal(ABNF.createFrame('é', ABNF.OPCODE_BINARY).data, 'é');
  assert.equal(hex(formatted({ opcode: 2, maskValue: 0, data: 'é' })), '0201e9');
  assert.throws(
    () => ABNF.createFrame('a€', ABNF.OPCODE_CONT).format(),
    new ValueError(
      "'latin-1' codec can't encode the character at position 1: give bytes, or a frame of opcode TEXT",
    ),
  );
});

test('what cannot be written is refused with the text of the original', () => {
  const cases: [FrameParts, string][] = [
    [{ fin: 2 }, 'not 0 or 1'],
    [{ rsv1: 2 }, 'not 0 or 1'],
    [{ rsv2: -1 }, 'not 0 or 1'],
    [{ rsv3: 0.5 }, 'not 0 or 1'],
    [{ opcode: 3 }, 'Invalid OPCODE'],
    [{ opcode: 0x5 }, 'Invalid OPCODE'],
    [{ opcode: 16 }, 'Invalid OPCODE'],
  ];
  for (const [parts, message] of cases) {
    assert.throws(() => formatted(parts), new ValueError(message), JSON.stringify(parts));
    assert.throws(() => formatted(parts), TypeError);
  }
  assert.throws(() => formatted({}, () => 'abc'), new ValueError('a mask key has 4 bytes, not 3'));
  assert.throws(() => ABNF.mask('abcde', ''), new ValueError('a mask key has 4 bytes, not 5'));
});

test('what may not come in is refused, with the values in the text', () => {
  const protocol = (message: string): string => `WebSocketProtocolException: ${message}`;
  const cases: [FrameParts, string][] = [
    [{ fin: 1, opcode: ABNF.OPCODE_TEXT }, 'fine'],
    [{ rsv1: 1 }, protocol('rsv is not implemented, yet')],
    [{ rsv2: 1 }, protocol('rsv is not implemented, yet')],
    [{ rsv3: 1, opcode: 3 }, protocol('rsv is not implemented, yet')],
    [{ opcode: 3 }, protocol('Invalid opcode 3')],
    [{ opcode: 15, fin: 1 }, protocol('Invalid opcode 15')],
    [{ opcode: ABNF.OPCODE_PING, fin: 0 }, protocol('Invalid ping frame.')],
    [{ opcode: ABNF.OPCODE_PING, fin: 1, data: new Uint8Array(200) }, 'fine'],
    [{ opcode: ABNF.OPCODE_PONG, fin: 0, data: new Uint8Array(200) }, 'fine'],
    [{ opcode: ABNF.OPCODE_CLOSE, fin: 0 }, 'fine'],
    [{ opcode: ABNF.OPCODE_CLOSE, data: Uint8Array.of(3) }, protocol('Invalid close frame.')],
    [{ opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, 'x'.repeat(123)) }, 'fine'],
    [{ opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, 'x'.repeat(124)) }, protocol('Invalid close frame.')],
    [
      { opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, Uint8Array.of(0x8a)) },
      protocol('Invalid close frame.'),
    ],
    [{ opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, 'grüße') }, 'fine'],
    // Ends inside a character, which the original lets through.
    [
      { opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, Uint8Array.of(0xe2, 0x82)) },
      protocol('Invalid close frame.'),
    ],
    // Text in a frame made by hand is one byte per character: 1000 and the beginning of no UTF-8.
    [{ opcode: ABNF.OPCODE_CLOSE, data: '\x03\xe8\xe9' }, protocol('Invalid close frame.')],
  ];
  for (const [parts, expected] of cases)
    assert.equal(
      outcome(() => new ABNF(parts).validate()),
      expected,
      JSON.stringify(parts),
    );
  assert.throws(() => new ABNF({ opcode: 3 }).validate(), WebSocketProtocolException);
  const unchecked = new ABNF({ opcode: ABNF.OPCODE_CLOSE, data: closeOf(1000, Uint8Array.of(0x8a)) });
  unchecked.validate(true);
});

test('a close frame may have the codes that are registered or of 3000 to 4999', () => {
  const accepted = [];
  for (let code = 0; code < 0x1_0000; code++) {
    const frame = new ABNF({ opcode: ABNF.OPCODE_CLOSE, data: closeOf(code) });
    const said = outcome(() => frame.validate());
    if (said === 'fine') accepted.push(code);
    else assert.equal(said, `WebSocketProtocolException: Invalid close opcode ${code}`);
  }
  assert.deepEqual(
    accepted.slice(0, 12),
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014],
  );
  assert.deepEqual(
    accepted.slice(12),
    Array.from({ length: 2000 }, (_, i) => 3000 + i),
  );
});

test('a frame as text shows its bytes as Python does', () => {
  assert.equal(String(ABNF.createFrame('Hello', ABNF.OPCODE_TEXT)), "fin=1 opcode=1 data=b'Hello'");
  assert.equal(
    String(ABNF.createFrame(Uint8Array.of(0, 10, 0x27, 0xff), ABNF.OPCODE_BINARY, 0)),
    'fin=0 opcode=2 data=b"\\x00\\n\'\\xff"',
  );
  assert.equal(String(new ABNF({ data: 'as it is' })), 'fin=0 opcode=1 data=as it is');
});

interface Case {
  readonly flags: readonly number[];
  readonly opcode: number;
  readonly mask: number;
  readonly key: string;
  readonly data: string;
}

/** Formats, validates and shows each frame; an error by its class, because 1.2.3 does not fill in its texts. */
const ORIGINAL = `
import sys, json
from websocket import ABNF
def tried(act):
    try: return act()
    except Exception as e: return type(e).__name__
out = []
for case in json.loads(sys.argv[1]):
    frame = ABNF(*case["flags"], case["opcode"], case["mask"], bytes.fromhex(case["data"]))
    frame.get_mask_key = lambda n: bytes.fromhex(case["key"])
    out.append([tried(lambda: frame.format().hex()), tried(lambda: frame.validate()), str(frame),
      ABNF.mask(bytes.fromhex(case["key"]), bytes.fromhex(case["data"])).hex()])
print(json.dumps(out))
`;

function randomCase(random: Random): Case {
  const bytes = (length: number): string => hex(Uint8Array.from({ length }, () => random.below(256)));
  const rare = (usual: number): number => (random.percent(95) ? usual : random.below(3));
  const opcode = random.percent(90) ? random.pick([0, 1, 2, 8, 8, 8, 9, 10]) : random.below(16);
  // 1012 and 1013 are left out: version 1.2.3 refuses them, 1.8 does not.
  const code = random.pick([
    999, 1000, 1001, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 2999, 3000, 4999, 5000,
  ]);
  // None ends inside a character: the original takes that for UTF-8.
  const reason = random.pick(['', '61', 'e282ac', 'eda080', 'c0af', 'f09f9880', 'ff'.repeat(130)]);
  const length = random.pick([0, 1, 2, 5, 125, 126, 300]);
  return {
    flags: [rare(random.below(2)), rare(0), rare(0), rare(0)],
    opcode,
    mask: random.below(2),
    key: bytes(4),
    data: opcode === 8 && random.percent(80) ? hex(closeOf(code, Buffer.from(reason, 'hex'))) : bytes(length),
  };
}

function ours({ flags, opcode, mask, key, data }: Case): unknown[] {
  const [fin, rsv1, rsv2, rsv3] = flags as [number, number, number, number];
  const frame = new ABNF({ fin, rsv1, rsv2, rsv3, opcode, maskValue: mask, data: Buffer.from(data, 'hex') });
  frame.getMaskKey = () => Buffer.from(key, 'hex');
  const tried = (act: () => unknown): unknown => {
    try {
      return act() ?? null;
    } catch (error) {
      return (error as Error).name;
    }
  };
  return [
    tried(() => hex(frame.format())),
    tried(() => frame.validate()),
    String(frame),
    hex(ABNF.mask(Buffer.from(key, 'hex'), Buffer.from(data, 'hex'))),
  ];
}

pythonTest('frames are formatted, checked, masked and shown as by the original', 'websocket', async () => {
  const random = new Random(20_26);
  const cases = Array.from({ length: 200 }, () => randomCase(random));
  const original = (await python(ORIGINAL, JSON.stringify(cases))) as unknown[][];
  for (const [i, one] of cases.entries()) assert.deepEqual(ours(one), original[i], JSON.stringify(one));
});
