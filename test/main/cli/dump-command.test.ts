import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';
import { connectProxy } from '../../support/connect-proxy.ts';
import { type PipedOptions, pipedCli } from '../../support/piped-cli.ts';
import { rawServer } from '../../support/raw-server.ts';
import { echoing, serving } from '../../support/serving.ts';
import { noTerminals, Terminal } from '../../support/terminal.ts';
import { LOCALHOST } from '../../support/test-certificates.ts';
import { close, text, wireFrame } from '../../support/wire-frame.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const EVIL = '\u001b[2J\u001b[31mred\u0007\u009b1;1H\r\u202e';
const EVIL_SHOWN = '\\x1b[2J\\x1b[31mred\\x07\\x9b1;1H\\r\\u202e';

/** Echoes; and each text here is a request for something else. */
function talk(socket: WebSocket, request: IncomingMessage): void {
  const orders: Record<string, () => void> = {
    ping: () => socket.ping('are you there'),
    pong: () => socket.pong('unasked'),
    bytes: () => socket.send(Uint8Array.of(0, 65, 255)),
    gzip: () => socket.send(gzipSync('in gzip')),
    zlib: () => socket.send(deflateSync('in zlib')),
    deflate: () => socket.send(deflateRawSync('in deflate')),
    fragments: () => {
      socket.send('frag', { fin: false });
      socket.send('ments', { fin: true });
    },
    bye: () => socket.close(4001, 'that is\u001b[2J all'),
    vanish: () => socket.terminate(),
    evil: () => socket.send(EVIL),
    later: () => void setTimeout(() => socket.send('much later'), 200),
    headers: () => socket.send(JSON.stringify(request.headers)),
  };
  if (request.url === '/greets') socket.send('welcome');
  if (request.url === '/counts') for (let n = 0; n < 50_000; n++) socket.send(String(n));
  socket.on('message', (data, isBinary) => {
    const said = String(data);
    const order = Object.hasOwn(orders, said) ? orders[said] : undefined;
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
  server.on('connection', talk);
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const dump = (args: readonly string[], input: string | undefined, options?: PipedOptions) =>
  pipedCli(['dump', ...args], input, options);

// ---- In a pipe.

test('lines of a pipe are sent, and what comes is printed with nothing around it', async (t) => {
  const { url: served } = await serving(t, echoing);
  assert.deepEqual(await dump([served], 'one\r\ntwo\n\nwithout end', { env: { FORCE_COLOR: '1' } }), {
    code: 0,
    stdout: ['one', 'two', '', 'without end'],
    stderr: [],
  });
});

test('many lines of a pipe are all sent and all answered', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}`);
  const { code, stdout } = await dump([url], lines.join('\n'));
  assert.equal(code, 0);
  assert.deepEqual(stdout, lines);
});

/** What is asked for, what is shown of it, and what with -v. */
const SHOWN: readonly (readonly [order: string, plain: readonly string[], named: readonly string[]])[] = [
  ['hello', ['hello'], ['text: hello']],
  ['bytes', ["b'\\x00A\\xff'"], ["binary: b'\\x00A\\xff'"]],
  ['gzip', ['[gzip] in gzip'], ['binary: [gzip] in gzip']],
  ['zlib', ['[zlib] in zlib'], ['binary: [zlib] in zlib']],
  ['deflate', ['[zlib] in deflate'], ['binary: [zlib] in deflate']],
  ['fragments', ['frag', 'ments'], ['text: frag', 'cont: ments']],
  ['ping', ["b'are you there'"], ["ping: b'are you there'"]],
  ['pong', ["b'unasked'"], ["pong: b'unasked'"]],
  // A pipe gets texts as they are.
  ['evil', [EVIL], [`text: ${EVIL}`]],
];
const ORDERS = SHOWN.map(([order]) => order).join('\n');

test('frames of every kind are shown', async () => {
  const { code, stdout } = await dump([url], ORDERS);
  assert.equal(code, 0);
  assert.deepEqual(
    stdout,
    SHOWN.flatMap(([, plain]) => plain),
  );
});

for (const forms of [['-v'], ['--verbose'], ['--verbose=1'], ['-v', '1'], ['-rv'], ['--raw', '-v']])
  test(`${forms.join(' ')} in front of the address says what each frame is`, async () => {
    const { code, stdout, stderr } = await dump([...forms, url], ORDERS);
    assert.deepEqual([code, stderr], [0, []]);
    assert.deepEqual(stdout, [...SHOWN.flatMap(([, , named]) => named), 'close: 1000 (OK)']);
  });

for (const forms of [['-vv'], ['-v', '-v'], ['-vvv'], ['--verbose=2']])
  test(`${forms.join(' ')} traces on standard error`, async () => {
    const { code, stdout, stderr } = await dump([...forms, url, '--headers', 'X-One: 1'], 'hello\nevil');
    assert.deepEqual([code, stdout], [0, ['text: hello', `text: ${EVIL}`, 'close: 1000 (OK)']]);
    const said = stderr.map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.equal(said[0], '--- request header ---');
    assert.match(said[1]!, /^GET \/ HTTP\/1\.1\r\n(.+\r\n)*X-One: 1\r\n/);
    assert.ok(said.includes('--- response header ---'));
    assert.ok(said.includes("++Sent decoded: fin=1 opcode=1 data=b'hello'"));
    assert.ok(said.includes("++Rcv decoded: fin=1 opcode=1 data=b'hello'"));
    assert.ok(said.includes("++Rcv raw: b'\\x81\\x05hello'"));
  });

test('--timings says of each frame when it came', async () => {
  const { stdout } = await dump([url, '--timings', '-v'], 'one\ntwo');
  const parts = stdout.map((line) => /^(\d+\.\d{6}): (.*)$/.exec(line)!);
  assert.deepEqual(
    parts.map((part) => part[2]),
    ['text: one', 'text: two', 'close: 1000 (OK)'],
  );
  const times = parts.map((part) => Number(part[1]));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('--json prints an object a line', async () => {
  const { code, stdout, stderr } = await dump([url, '--json'], 'evil\nbytes\ngzip\nfragments\nping\nbye');
  assert.deepEqual([code, stderr], [0, []]);
  const hex = (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString('hex');
  assert.deepEqual(
    stdout.map((line) => JSON.parse(line) as object),
    [
      { type: 'open', url, subprotocol: null },
      { type: 'text', fin: true, data: EVIL },
      { type: 'binary', fin: true, data: '0041ff' },
      { type: 'binary', fin: true, data: hex(gzipSync('in gzip')), packing: 'gzip', text: 'in gzip' },
      { type: 'text', fin: false, data: 'frag' },
      { type: 'cont', fin: true, data: 'ments' },
      { type: 'ping', fin: true, data: hex('are you there') },
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

test('--text is sent before all lines', async () => {
  assert.deepEqual((await dump(['--text', 'first of all', url], 'then')).stdout, ['first of all', 'then']);
  assert.deepEqual((await dump([url, '-t', '-v'], '')).stdout, ['-v']);
});

test('headers, origin and subprotocols are asked for as the command line says', async () => {
  const asked = async (...args: string[]): Promise<(string | undefined)[]> => {
    const { stdout } = await dump(args, 'headers');
    const headers = JSON.parse(stdout[0]!) as Record<string, string>;
    return ['x-one', 'x-two', 'x-list', 'origin', 'sec-websocket-protocol', 'sec-websocket-extensions'].map(
      (name) => headers[name],
    );
  };
  const ours = url.replace('ws:', 'http:').replace(/\/$/, '');
  assert.deepEqual(await asked(url), [undefined, undefined, undefined, ours, undefined, undefined]);
  assert.deepEqual(
    await asked(
      ...['--headers', 'X-One: 1: one,X-Two:2', '--headers', 'X-List: a, b'],
      ...['-o', 'https://example.com', '-s', 'v3', 'v2,v1', url],
    ),
    ['1: one', '2', 'a, b', 'https://example.com', 'v3,v2,v1', undefined],
  );
  assert.deepEqual(
    (await asked(url, '--origin', 'https://o', '--subprotocols', 'a', '--subprotocols=b')).slice(3, 5),
    ['https://o', 'a,b'],
  );
});

test('--proxy connects through it, with its credentials', async () => {
  await using proxy = await connectProxy({ auth: ['me', 's3:cret'] });
  const at = `127.0.0.1:${proxy.port}`;
  const { code, stdout } = await dump(['-p', `http://me:s3%3Acret@${at}`, url], 'hello');
  assert.deepEqual([code, stdout, proxy.requests.length], [0, ['hello'], 1]);
  const refused = await dump([url, '--proxy', `http://me:s3cret@${at}`], 'hello');
  assert.deepEqual(
    [refused.code, refused.stdout, refused.stderr],
    [1, [], [`Failed to connect to ${url}: failed CONNECT via proxy status: 407.`]],
  );
});

test('a certificate that nobody vouches for is refused, but for --nocert, which says so', async () => {
  const https = createServer({ ...LOCALHOST });
  const secure = new WebSocketServer({ server: https });
  secure.on('connection', talk);
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const wss = `wss://127.0.0.1:${(https.address() as AddressInfo).port}/`;
  try {
    const refused = await dump([wss], '');
    assert.deepEqual([refused.code, refused.stdout], [1, []]);
    assert.match(refused.stderr.join(), new RegExp(`^Failed to connect to ${wss}: self-signed certificate`));
    for (const form of ['-n', '--nocert']) {
      const { code, stdout, stderr } = await dump([form, wss], 'hello');
      assert.deepEqual([code, stdout], [0, ['hello']]);
      assert.deepEqual(stderr, ['The certificate of the server is not checked.']);
    }
  } finally {
    secure.close();
    https.close();
  }
});

// ---- The end.

test('what the server says until it has read the last line is shown, and our own pong is not', async () => {
  await using raw = await rawServer({
    script: async (peer) => {
      await peer.write(peer.accept());
      const last = await peer.frame(PING);
      // Time for a client to close that should not; one that waits is right however long this is.
      await delay(100);
      if (peer.frames.some(({ opcode }) => opcode === CLOSE)) return void peer.socket.destroy();
      await peer.write(text(`so late: ${peer.frames.find(({ opcode }) => opcode === TEXT)?.payload}`));
      await peer.write(wireFrame(PONG, 'of somebody else'));
      await peer.write(wireFrame(PONG, last!.payload));
      await peer.frame(CLOSE);
      await peer.write(close(1000));
      peer.socket.end();
    },
  });
  const { code, stdout, stderr } = await dump([raw.url, '-v'], 'hello');
  assert.deepEqual([code, stderr], [0, []]);
  assert.deepEqual(stdout, ['text: so late: hello', "pong: b'of somebody else'", 'close: 1000 (OK)']);
});

test('pings of the server are answered', async () => {
  let answer: string | undefined;
  await using raw = await rawServer({
    script: async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), wireFrame(PING, 'are you there')]));
      answer = (await peer.frame(PONG))?.payload.toString();
      await peer.write(close(1000, 'thanks'));
      peer.socket.end();
    },
  });
  const { code, stdout, stderr } = await dump([raw.url], undefined);
  assert.deepEqual([code, stdout, answer], [0, ["b'are you there'"], 'are you there']);
  assert.deepEqual(stderr, ['Connection closed: 1000 (OK) thanks.']);
});

test('after the last line the connection stays as long as it is told to', async () => {
  assert.deepEqual((await dump([url], 'later')).stdout, []);
  const { code, stdout } = await dump([url, '--eof-wait', '60'], 'later', {
    until: 'much later\n',
    signal: 'SIGINT',
  });
  assert.deepEqual([code, stdout], [0, ['much later']]);
  assert.deepEqual((await dump([url, '--eof-wait', '1'], 'later')).stdout, ['much later']);
});

test('an end by the server is told with code and reason, and ends the program', async () => {
  const plain = await dump([url, '--eof-wait', '60'], 'bye');
  assert.deepEqual(plain, {
    code: 0,
    stdout: [],
    stderr: ['Connection closed: 4001 (private use) that is\\x1b[2J all.'],
  });
  const named = await dump([url, '--eof-wait', '60', '-v'], 'bye');
  assert.deepEqual(named, {
    code: 0,
    stdout: ['close: 4001 (private use) that is\u001b[2J all'],
    stderr: [],
  });
});

test('a server that sends no close frame, or breaks the rules, is an error', async () => {
  const lost = await dump([url], 'vanish');
  assert.deepEqual([lost.code, lost.stdout], [1, []]);
  assert.equal(lost.stderr[0], 'Connection closed: 1006 (abnormal closure [internal]).');
  // What the network says depends on whether the ping behind the last line was read.
  assert.match(lost.stderr[1]!, /^no close frame received or sent: .+\.$/);
  await using raw = await rawServer({
    script: async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), text('good'), text('bad', { rsv: 4 })]));
      await peer.frame(CLOSE);
      await peer.write(close(1002));
      peer.socket.end();
    },
  });
  const broken = await dump([raw.url, '-v'], undefined);
  assert.deepEqual([broken.code, broken.stdout.slice(0, 1)], [1, ['text: good']]);
  assert.match(broken.stderr.at(-1)!, /^sent 1002 \(protocol error\) reserved bits must be 0/);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} closes the connection in order`, async () => {
    const ended = once(server, 'connection').then(async ([socket]) => {
      const [code] = (await once(socket as WebSocket, 'close')) as [number];
      return code;
    });
    assert.deepEqual(await dump([`${url}greets`], undefined, { until: 'welcome\n', signal }), {
      code: 0,
      stdout: ['welcome'],
      stderr: [],
    });
    assert.equal(await ended, 1000);
  });

test('a signal while there is no answer yet ends it too', async () => {
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await using raw = await rawServer({ script: () => answer() });
  const run = await dump([raw.url], undefined, { when: asked, signal: 'SIGINT' });
  assert.deepEqual(run, { code: 0, stdout: [], stderr: [] });
});

test('a server that says more and more can be left', async () => {
  await using raw = await rawServer({
    script: async (peer) => {
      const chunk = Buffer.concat(Array.from({ length: 1000 }, () => text('more')));
      await peer.write(peer.accept());
      while (!peer.socket.destroyed && peer.frames.length === 0) await peer.write(chunk);
      await peer.write(close(1000));
      peer.socket.end();
    },
  });
  const { code, stderr } = await dump([raw.url], undefined, { until: 'more\n', signal: 'SIGINT' });
  assert.deepEqual([code, stderr], [0, []]);
});

test('a reader that goes away ends it', async () => {
  const { code, stderr } = await dump([`${url}counts`], undefined, { until: '\n100\n', signal: 'close' });
  assert.deepEqual([code, stderr], [0, []]);
});

test('what cannot be connected to is told on standard error, without secrets, and ends with 1', async () => {
  assert.deepEqual(await dump(['ws://me:s3cret@127.0.0.1:1/path?token=s3cret'], ''), {
    code: 1,
    stdout: [],
    stderr: ['Failed to connect to ws://***@127.0.0.1:1/path?***: connect ECONNREFUSED 127.0.0.1:1.'],
  });
  await using raw = await rawServer({
    script: (peer) => peer.write('HTTP/1.1 404 Not\u001b[2J Here\r\nContent-Length: 0\r\n\r\n'),
  });
  const refused = await dump([raw.url], '');
  assert.deepEqual([refused.code, refused.stdout, refused.stderr.length], [1, [], 1]);
  assert.ok(refused.stderr[0]!.startsWith(`Failed to connect to ${raw.url}: `));
  assert.ok(!refused.stderr[0]!.includes('\u001b'));
});

const USAGES: readonly (readonly [title: string, args: readonly string[], says: RegExp])[] = [
  ['no address', [], /missing required argument 'url'/],
  ['no address behind a level', ['-v'], /missing required argument 'url'/],
  ['two addresses', ['ws://h/', 'ws://h/'], /too many arguments/],
  ['an address of something else', ['http://h/'], /scheme http is invalid/],
  ['no header', ['ws://h/', '--headers', 's3cret'], /option --headers has a form like "A: 1,B: 2"/],
  ['a header that ends its line', ['ws://h/', '--headers', 'A: s3cret\r\nB: 2'], /Invalid header: A has/],
  ['an origin that ends its line', ['ws://h/', '-o', 's3cret\r\nB: 2'], /Invalid header: Origin has/],
  ['no subprotocol', ['ws://h/', '--subprotocols=a/b'], /a\/b is no name of a subprotocol/],
  ['no proxy', ['ws://h/', '-p', 'me:s3cret@h:1'], /scheme/],
  ['a wait that is none', ['ws://h/', '--eof-wait', 'long'], /allowed: numbers from 0/],
  ['a level that is none', ['ws://h/', '--verbose=much'], /allowed: whole numbers from 0/],
  ['an option that there is not', ['ws://h/', '--secure'], /unknown option/],
  ['an option without its value', ['ws://h/', '--text'], /argument missing/],
];

for (const [title, args, says] of USAGES)
  test(`${title} is told as such, without secrets, and ends with 2`, async () => {
    const { code, stdout, stderr } = await dump(args, '');
    assert.deepEqual([code, stdout], [2, []]);
    assert.match(stderr[0]!, says);
    assert.doesNotMatch(stderr.join(), /s3cret/);
  });

test('-h names every option, and wsdump is the same program', async () => {
  const help = await dump(['-h'], '');
  assert.deepEqual([help.code, help.stderr], [0, []]);
  for (const option of [
    ...['-p, --proxy', '-v, --verbose', '-n, --nocert', '-r, --raw', '-s, --subprotocols', '-o, --origin'],
    ...['--eof-wait', '-t, --text', '--timings', '--headers', '--json', '-h, --help'],
  ])
    assert.ok(
      help.stdout.some((line) => line.trimStart().startsWith(option)),
      option,
    );
  const alias = { program: 'wsdump' } as const;
  assert.match((await pipedCli(['--help'], '', alias)).stdout[0]!, /^Usage: wsdump \[options\] <url>$/);
  const { code, stdout } = await pipedCli(['-v', url], 'hello', alias);
  assert.deepEqual([code, stdout], [0, ['text: hello', 'close: 1000 (OK)']]);
  assert.equal((await pipedCli(['-v'], '', alias)).code, 2);
});

// ---- At a terminal.

const skip = noTerminals() ?? false;
/** Blue, and the end of it. */
const COLOURS: readonly string[] = ['\u001b[34m', '\u001b[39m'];

/** What is typed, key after key, once the screen, down to the cursor, ends so; and what is read in the end. */
const CONVERSATIONS: readonly {
  readonly title: string;
  readonly args?: readonly string[];
  readonly steps: readonly (readonly [seen: string, keys: string])[];
  readonly shown: readonly string[];
}[] = [
  {
    title: 'a line is sent, its answer shown, and ^D ends it',
    steps: [
      ['>', 'Hello world!\r'],
      ['< Hello world!\n>', CTRL_D],
    ],
    shown: ['> Hello world!', '< Hello world!'],
  },
  {
    title: 'a frame that comes while a line is typed does not mangle it',
    steps: [
      ['>', 'later\r'],
      ['> later\n>', 'half a li'],
      ['< much later\n> half a li', 'ne\r'],
      ['< half a line\n>', CTRL_D],
    ],
    shown: ['> later', '< much later', '> half a line', '< half a line'],
  },
  {
    title: '^C ends it, and -v says what each frame is',
    args: ['-v'],
    steps: [
      ['>', 'ping\r'],
      ["< ping: b'are you there'\n>", CTRL_C],
    ],
    shown: ['> ping', "< ping: b'are you there'", '< close: 1000 (OK)'],
  },
  {
    title: 'an end by the server is told with code and reason',
    steps: [['>', 'bye\r']],
    shown: ['> bye', 'Connection closed: 4001 (private use) that is\\x1b[2J all.'],
  },
  {
    title: 'a text cannot steer the terminal',
    steps: [
      ['>', 'evil\r'],
      [`${EVIL_SHOWN}\n>`, CTRL_D],
    ],
    shown: ['> evil', `< ${EVIL_SHOWN}`],
  },
];

for (const { title, args = [], steps, shown } of CONVERSATIONS)
  test(`at a terminal, ${title}`, { skip }, async () => {
    const terminal = new Terminal(['dump', ...args, url]);
    for (const [seen, keys] of steps) {
      await terminal.until(seen);
      terminal.type(keys);
    }
    assert.equal(await terminal.ended, 0);
    assert.deepEqual(terminal.screen.text, [`Connected to ${url}. Press Ctrl+C to quit.`, ...shown]);
    assert.deepEqual(
      terminal.screen.strange.filter((sequence) => !COLOURS.includes(sequence)),
      [],
    );
  });

for (const form of ['-r', '--raw'])
  test(`at a terminal, with ${form} there is neither a prompt nor a colour`, { skip }, async () => {
    const terminal = new Terminal(['dump', form, url]);
    // Shown by the terminal itself, and then by the server.
    terminal.type('hello\r');
    await terminal.until('hello\nhello\n');
    terminal.type(CTRL_C);
    assert.equal(await terminal.ended, 0);
    assert.deepEqual(terminal.screen.text, ['hello', 'hello', '^C']);
    assert.deepEqual(terminal.screen.strange, []);
  });

test('at a terminal, a trace is printed above the prompt', { skip }, async () => {
  const terminal = new Terminal(['dump', '-vv', url]);
  await terminal.until('\n>');
  terminal.type('evil\r');
  await terminal.until(`< text: ${EVIL_SHOWN}\n>`);
  terminal.type(CTRL_D);
  assert.equal(await terminal.ended, 0);
  // A blank at the end of a row cannot be seen.
  const shown = terminal.screen.text.join('').replaceAll(' ', '');
  assert.match(shown, /"msg":"---requestheader---"/);
  assert.match(shown, /"msg":"\+\+Sentdecoded:fin=1opcode=1data=b'evil'"/);
  assert.match(shown, /"msg":"\+\+Rcvdecoded:fin=1opcode=1data=b'\\\\x1b\[2J/);
  assert.deepEqual(
    terminal.screen.strange.filter((sequence) => !COLOURS.includes(sequence)),
    [],
  );
});
