import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as logging from '../../../src/main/websocket-client/logging.ts';
import { ABNF } from '../../../src/shared/websocket-client/abnf.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

/** A place to write to, and what was written there: level and text of each line. */
function paper(): { destination: { write(text: string): void }; lines(): (readonly [number, string])[] } {
  let written = '';
  return {
    destination: {
      write: (text) => {
        written += text;
      },
    },
    lines: () => {
      const parsed = written
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      written = '';
      return parsed.map(({ level, name, msg }) => {
        assert.equal(name, 'websocket');
        return [level, msg];
      });
    },
  };
}

/** Everything that can write, once. */
function writeAll(): void {
  const frame = ABNF.createFrame('Hi', ABNF.OPCODE_TEXT);
  logging.error('e');
  logging.warning('w');
  logging.info('i');
  logging.debug('d');
  logging.trace('t');
  logging.dump('request header', 'GET / HTTP/1.1\r\n');
  logging.traceSent(frame, Uint8Array.of(0x81, 0x82));
  logging.traceReceived(frame, Uint8Array.of(0x81, 0x02));
}

const ALL: readonly (readonly [number, string])[] = [
  [50, 'e'],
  [40, 'w'],
  [30, 'i'],
  [20, 'd'],
  [20, 't'],
  [20, '--- request header ---'],
  [20, 'GET / HTTP/1.1\r\n'],
  [20, '-----------------------'],
  [20, "++Sent raw: b'\\x81\\x82'"],
  [20, "++Sent decoded: fin=1 opcode=1 data=b'Hi'"],
  [20, "++Rcv raw: b'\\x81\\x02'"],
  [20, "++Rcv decoded: fin=1 opcode=1 data=b'Hi'"],
];

const enabled = (): readonly boolean[] => [
  logging.isEnabledForError(),
  logging.isEnabledForDebug(),
  logging.isEnabledForTrace(),
];

test('with tracing on, everything is written in the format of the original', () => {
  const { destination, lines } = paper();
  logging.enableTrace(true, { destination });
  assert.deepEqual(enabled(), [true, true, true]);
  writeAll();
  assert.deepEqual(lines(), ALL);
  logging.enableTrace(false);
});

test('nothing is written once it is off, or written twice where it was asked for twice', () => {
  const { destination, lines } = paper();
  logging.enableTrace(true, { destination });
  logging.enableTrace(true, { destination });
  writeAll();
  assert.deepEqual(lines(), ALL);
  logging.enableTrace(false);
  assert.deepEqual(enabled(), [false, false, false]);
  writeAll();
  assert.deepEqual(lines(), []);
});

test('asking again changes the place and the level', () => {
  const [first, second] = [paper(), paper()];
  logging.enableTrace(true, first);
  logging.enableTrace(true, { destination: second.destination, level: 'WARNING' });
  writeAll();
  assert.deepEqual(first.lines(), []);
  assert.deepEqual(second.lines(), ALL.slice(0, 2));
  assert.deepEqual(enabled(), [true, false, true]);
  logging.enableTrace(false);
});

test('a level there is none of is refused', () => {
  assert.throws(
    () => logging.enableTrace(true, { level: 'LOUD' as 'DEBUG' }),
    new WebSocketException('level is LOUD, expected DEBUG, INFO, WARNING, ERROR'),
  );
  assert.deepEqual(enabled(), [false, false, false]);
});

test('it is standard error unless another place is named, and silence unless it is on', () => {
  const file = new URL('../../../src/main/websocket-client/logging.js', import.meta.url).href;
  const program = (on: string): string =>
    `import { enableTrace, error } from '${file}'; ${on} error('said');`;
  const run = (on: string): readonly string[] => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program(on)], {
      encoding: 'utf8',
    });
    return [stdout, stderr];
  };
  assert.deepEqual(run(''), ['', '']);
  const [out, complaints] = run('enableTrace(true);');
  assert.equal(out, '');
  assert.match(complaints!, /^\{"level":50,.*"msg":"said"\}\n$/);
});
