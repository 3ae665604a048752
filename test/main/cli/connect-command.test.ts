import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { connectProxy } from '../../support/connect-proxy.ts';
import { type PipedOptions, pipedCli } from '../../support/piped-cli.ts';
import { noTerminals, Terminal } from '../../support/terminal.ts';
import { LOCALHOST } from '../../support/test-certificates.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** Echoes; and each text here is a request for something else. */
function serve(socket: WebSocket, request: IncomingMessage): void {
  const orders: Record<string, () => void> = {
    ping: () => socket.ping('are you there'),
    bytes: () => socket.send(Uint8Array.of(0, 171, 255)),
    bye: () => socket.close(4001, 'that is\u001b[2J all'),
    vanish: () => socket.terminate(),
    // Nothing is read any more, the closing handshake neither.
    sleep: () => socket.pause(),
    evil: () => socket.send('\u001b[2J\u001b[31mred\u0007\u009b1;1H\r\u202e'),
    later: () => void setTimeout(() => socket.send('much later'), 200),
    headers: () => socket.send(JSON.stringify(request.headers)),
  };
  if (request.url === '/greets') socket.send('welcome');
  if (request.url === '/counts') for (let n = 0; n < 50_000; n++) socket.send(String(n));
  socket.on('message', (data, isBinary) => {
    const text = String(data);
    const order = Object.hasOwn(orders, text) ? orders[text] : undefined;
    if (order === undefined) socket.send(data, { binary: isBinary });
    else order();
  });
}

let server: WebSocketServer;
let url: string;
before(async () => {
  server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  server.on('connection', serve);
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

// ---- At a terminal.

const skip = noTerminals() ?? false;

/** What is typed, key after key, once the screen, down to the cursor, ends so; and what is read in the end. */
const CONVERSATIONS: readonly {
  readonly title: string;
  readonly path?: string;
  readonly steps: readonly (readonly [seen: string, keys: string])[];
  readonly shown: readonly string[];
  readonly code?: number;
}[] = [
  {
    title: 'a line is sent, its answer shown, and ^D ends it',
    steps: [
      ['>', 'Hello world!\r'],
      ['< Hello world!\n>', CTRL_D],
    ],
    shown: ['> Hello world!', '< Hello world!', 'Connection closed: 1000 (OK).'],
  },
  {
    title: 'a message that comes while a line is typed does not mangle it',
    steps: [
      ['>', 'later\r'],
      ['> later\n>', 'half a li'],
      ['< much later\n> half a li', 'ne\r'],
      ['< half a line\n>', CTRL_D],
    ],
    shown: ['> later', '< much later', '> half a line', '< half a line', 'Connection closed: 1000 (OK).'],
  },
  {
    title: '^C ends it, and what was half typed can be read',
    path: 'greets',
    steps: [
      ['< welcome\n>', 'half'],
      ['> half', CTRL_C],
    ],
    shown: ['< welcome', '> half', 'Connection closed: 1000 (OK).'],
  },
  {
    title: 'an end by the server is told with code and reason',
    steps: [['>', 'bye\r']],
    shown: ['> bye', 'Connection closed: 4001 (private use) that is\\x1b[2J all.'],
  },
  {
    title: 'a lost connection is told',
    steps: [['>', 'vanish\r']],
    shown: [
      '> vanish',
      'Connection closed: 1006 (abnormal closure [internal]).',
      'no close frame received or sent: unexpected end of stream.',
    ],
  },
  {
    title: 'a message cannot steer the terminal',
    steps: [
      ['>', 'evil\r'],
      ['\n>', CTRL_D],
    ],
    shown: ['> evil', '< \\x1b[2J\\x1b[31mred\\x07\\x9b1;1H\\r\\u202e', 'Connection closed: 1000 (OK).'],
  },
  {
    title: 'bytes are shown as hex, and pings not at all',
    steps: [
      ['>', 'ping\r'],
      ['> ping\n>', 'bytes\r'],
      ['< (binary) 00abff\n>', CTRL_D],
    ],
    shown: ['> ping', '> bytes', '< (binary) 00abff', 'Connection closed: 1000 (OK).'],
  },
  {
    title: 'a second ^C does not wait for a server that answers nothing',
    steps: [
      ['>', 'sleep\r'],
      ['> sleep\n>', 'half'],
      ['> half', CTRL_C],
      ['> half\n', CTRL_C],
    ],
    shown: ['> sleep', '> half', '^C'],
    code: 130,
  },
];

for (const { title, path = '', steps, shown, code = 0 } of CONVERSATIONS)
  test(`at a terminal, ${title}`, { skip }, async () => {
    const terminal = new Terminal(['connect', url + path]);
    for (const [seen, keys] of steps) {
      await terminal.until(seen);
      terminal.type(keys);
    }
    assert.equal(await terminal.ended, code);
    assert.deepEqual(terminal.screen.text, [`Connected to ${url}${path}.`, ...shown]);
    assert.deepEqual(terminal.screen.strange, []);
  });

// ---- In a pipe.

const piped = (args: readonly string[], input: string | undefined, options?: PipedOptions) =>
  pipedCli(['connect', ...args], input, options);

test('lines of a pipe are sent, and answers printed as they are, before the connection is closed', async () => {
  assert.deepEqual(await piped([url], 'one\r\ntwo\n\nwithout end'), {
    code: 0,
    stdout: ['one', 'two', '', 'without end'],
    stderr: [`Connected to ${url}.`, 'Connection closed: 1000 (OK).'],
  });
});

test('many lines of a pipe are all sent and all answered', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}`);
  const { code, stdout } = await piped([url], lines.join('\n'));
  assert.equal(code, 0);
  assert.deepEqual(stdout, lines);
});

test('in a pipe too, a message is one line that steers nothing', async () => {
  const { stdout } = await piped([url], 'evil\nbytes');
  assert.deepEqual(stdout, ['\\x1b[2J\\x1b[31mred\\x07\\x9b1;1H\\r\\u202e', '(binary) 00abff']);
});

test('after the last line the connection stays as long as it is told to', async () => {
  assert.deepEqual((await piped([url], 'later')).stdout, []);
  const { stdout } = await piped([url, '--eof-wait', '60'], 'later', {
    until: 'much later\n',
    signal: 'SIGINT',
  });
  assert.deepEqual(stdout, ['much later']);
});

test('an end by the server ends the wait, and a pipe that has not come to its end', async () => {
  const closed = 'Connection closed: 4001 (private use) that is\\x1b[2J all.';
  const waiting = await piped([url, '--eof-wait', '60'], 'bye');
  assert.deepEqual([waiting.code, waiting.stderr.at(-1)], [0, closed]);
  for (const socket of server.clients) socket.terminate();
  const listening = piped([`${url}greets`], undefined);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  socket.close(1001, 'good night');
  const { code, stdout, stderr } = await listening;
  assert.deepEqual(
    [code, stdout, stderr.at(-1)],
    [0, ['welcome'], 'Connection closed: 1001 (going away) good night.'],
  );
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} closes the connection in order`, async () => {
    assert.deepEqual(await piped([`${url}greets`], undefined, { until: 'welcome\n', signal }), {
      code: 0,
      stdout: ['welcome'],
      stderr: [`Connected to ${url}greets.`, 'Connection closed: 1000 (OK).'],
    });
  });

test('a reader that goes away ends it', async () => {
  const { code, stderr } = await piped([`${url}counts`], undefined, { until: '\n100\n', signal: 'close' });
  assert.deepEqual([code, stderr.at(-1)], [0, 'Connection closed: 1000 (OK).']);
});

test('--json prints an object a line', async () => {
  const { code, stdout, stderr } = await piped([url, '--json'], 'evil\nbytes\nbye');
  assert.deepEqual([code, stderr], [0, []]);
  assert.deepEqual(
    stdout.map((line) => JSON.parse(line) as object),
    [
      { type: 'open', url, subprotocol: null },
      { type: 'text', data: '\u001b[2J\u001b[31mred\u0007\u009b1;1H\r\u202e' },
      { type: 'binary', data: '00abff' },
      {
        type: 'closed',
        code: 4001,
        explanation: 'private use',
        reason: 'that is\u001b[2J all',
        detail:
          'received 4001 (private use) that is\u001b[2J all; then sent 4001 (private use) that is\u001b[2J all',
      },
    ],
  );
});

test('headers, origin, subprotocols and compression are asked for as the command line says', async () => {
  const asked = async (...args: string[]): Promise<Record<string, string>> => {
    const { stdout } = await piped([url, ...args], 'headers');
    return JSON.parse(stdout[0]!) as Record<string, string>;
  };
  const plain = await asked();
  assert.match(plain['sec-websocket-extensions']!, /^permessage-deflate/);
  assert.deepEqual([plain['origin'], plain['sec-websocket-protocol']], [undefined, undefined]);
  const full = await asked(
    ...['--header', 'X-One: 1: one', '--header', 'X-Two:2', '--origin', 'https://example.com'],
    ...['--subprotocol', 'v2', '--subprotocol', 'v1', '--no-compression'],
  );
  assert.deepEqual(
    ['x-one', 'x-two', 'origin', 'sec-websocket-protocol', 'sec-websocket-extensions'].map(
      (name) => full[name],
    ),
    ['1: one', '2', 'https://example.com', 'v2, v1', undefined],
  );
});

test('--proxy connects through it', async () => {
  await using proxy = await connectProxy();
  const { stdout } = await piped([url, '--proxy', `http://127.0.0.1:${proxy.port}`], 'hello');
  assert.deepEqual(stdout, ['hello']);
  assert.equal(proxy.requests.length, 1);
});

test('a certificate that nobody vouches for is refused, but for --insecure, which says so', async () => {
  const https = createServer({ ...LOCALHOST });
  const secure = new WebSocketServer({ server: https });
  secure.on('connection', serve);
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const wss = `wss://localhost:${(https.address() as AddressInfo).port}/`;
  try {
    const refused = await piped([wss], '');
    assert.deepEqual([refused.code, refused.stdout], [1, []]);
    // Newer versions of Node go on with an advice.
    assert.match(
      refused.stderr.join(),
      new RegExp(`^Failed to connect to ${wss}: self-signed certificate.*\\.$`),
    );
    const { code, stdout, stderr } = await piped([wss, '--insecure'], 'hello');
    assert.deepEqual([code, stdout], [0, ['hello']]);
    assert.equal(stderr[0], 'The certificate of the server is not checked.');
  } finally {
    secure.close();
    https.close();
  }
});

test('what cannot be connected to is told on standard error, without secrets, and ends with 1', async () => {
  const { code, stdout, stderr } = await piped(['ws://me:s3cret@127.0.0.1:1/path?token=s3cret'], '');
  assert.deepEqual([code, stdout], [1, []]);
  assert.deepEqual(stderr, [
    'Failed to connect to ws://***@127.0.0.1:1/path?***: connect ECONNREFUSED 127.0.0.1:1.',
  ]);
});

const USAGES: readonly (readonly [title: string, args: readonly string[], says: RegExp])[] = [
  ['no address', [], /missing required argument 'url'/],
  ['an address of something else', ['http://h/'], /isn't a valid URI: scheme isn't ws or wss/],
  ['a header without a colon', ['ws://h/', '--header', 'X'], /expected a form like "Name: value"/],
  ['a header that HTTP has not', ['ws://h/', '--header', 'X Y: 1'], /option additionalHeaders/],
  ['a wait that is none', ['ws://h/', '--eof-wait', 'long'], /allowed: numbers from 0/],
  ['an option that there is not', ['ws://h/', '--secure'], /unknown option/],
];

for (const [title, args, says] of USAGES)
  test(`${title} is told as such, and ends with 2`, async () => {
    const { code, stdout, stderr } = await piped(args, '');
    assert.deepEqual([code, stdout], [2, []]);
    assert.match(stderr[0]!, says);
  });

test('--version prints the version', async () => {
  const { code, stdout } = await piped(['--version'], '');
  assert.equal(code, 0);
  assert.match(stdout.join(), /^\d+\.\d+\.\d+$/);
});
