import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Telling } from '../../../../src/main/cli/connect/screen.ts';
import { jsonTelling, plainTelling } from '../../../../src/main/cli/connect/wording.ts';
import { Close } from '../../../../src/shared/protocol/close-code.ts';
import {
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../../../src/shared/protocol/errors/connection-closed.ts';

const DONE = new Close(1000, '');
const TIMEOUT = new Close(1011, 'keepalive ping timeout');

/** What is told, and how: plainly to `out` and `err`, and as JSON. */
const CASES: readonly {
  readonly title: string;
  readonly tell: (telling: Telling) => void;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly json: object;
}[] = [
  {
    title: 'an open connection',
    tell: (t) => t.opened('ws://h/', undefined),
    out: [],
    err: ['Connected to ws://h/.'],
    json: { type: 'open', url: 'ws://h/', subprotocol: null },
  },
  {
    title: 'a text',
    tell: (t) => t.received('two\nlines'),
    out: ['two\\nlines'],
    err: [],
    json: { type: 'text', data: 'two\nlines' },
  },
  {
    title: 'bytes',
    tell: (t) => t.received(Uint8Array.of(9, 0, 255, 9).subarray(1, 3)),
    out: ['(binary) 00ff'],
    err: [],
    json: { type: 'binary', data: '00ff' },
  },
  {
    title: 'an end in order',
    tell: (t) => t.closed(new ConnectionClosedOK(DONE, DONE, false)),
    out: [],
    err: ['Connection closed: 1000 (OK).'],
    json: {
      type: 'closed',
      code: 1000,
      explanation: 'OK',
      reason: '',
      detail: 'sent 1000 (OK); then received 1000 (OK)',
    },
  },
  {
    title: 'an end with a reason that would steer a terminal',
    tell: (t) => t.closed(new ConnectionClosedError(new Close(4001, 'go\u001b[2J'), DONE, true)),
    out: [],
    err: ['Connection closed: 4001 (private use) go\\x1b[2J.'],
    json: {
      type: 'closed',
      code: 4001,
      explanation: 'private use',
      reason: 'go\u001b[2J',
      detail: 'received 4001 (private use) go\u001b[2J; then sent 1000 (OK)',
    },
  },
  {
    title: 'an end of ours that the server did not answer',
    tell: (t) => t.closed(new ConnectionClosedError(undefined, TIMEOUT)),
    out: [],
    err: [
      'Connection closed: 1006 (abnormal closure [internal]).',
      'sent 1011 (internal error) keepalive ping timeout; no close frame received.',
    ],
    json: {
      type: 'closed',
      code: 1006,
      explanation: 'abnormal closure [internal]',
      reason: '',
      detail: 'sent 1011 (internal error) keepalive ping timeout; no close frame received',
    },
  },
  {
    title: 'a lost connection',
    tell: (t) =>
      t.closed(
        new ConnectionClosedError(undefined, undefined, undefined, { cause: new Error('read ECONNRESET') }),
      ),
    out: [],
    err: [
      'Connection closed: 1006 (abnormal closure [internal]).',
      'no close frame received or sent: read ECONNRESET.',
    ],
    json: {
      type: 'closed',
      code: 1006,
      explanation: 'abnormal closure [internal]',
      reason: '',
      detail: 'no close frame received or sent: read ECONNRESET',
    },
  },
];

for (const { title, tell, out, err, json } of CASES)
  test(`${title} is told plainly, and as JSON`, () => {
    const lines = { out: [] as string[], err: [] as string[], json: [] as string[] };
    tell(
      plainTelling(
        (line) => lines.out.push(line),
        (line) => lines.err.push(line),
      ),
    );
    tell(jsonTelling((line) => lines.json.push(line)));
    assert.deepEqual([lines.out, lines.err], [out, err]);
    assert.deepEqual(
      lines.json.map((line) => JSON.parse(line) as object),
      [json],
    );
  });
