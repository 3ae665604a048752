import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { broadcast } from '../../src/main/websockets/broadcast.ts';
import { connect } from '../../src/main/websockets/connect.ts';
import { basicAuth } from '../../src/main/websockets/server/basic-auth.ts';
import { InvalidStatus } from '../../src/shared/protocol/errors/handshake-errors.ts';
import { AUTHORITY, ISSUED } from '../support/private-authority.ts';
import { python, pythonTest } from '../support/python.ts';
import { echoing, serving, Visitors } from '../support/serving.ts';

const LIMIT = { timeout: 30_000 };
const TEXTS = ['hello', '', 'ünïcödé 😀', 'x'.repeat(70_000), 'again '.repeat(30)];

test('our client and our server understand each other', LIMIT, async (t) => {
  const visitors = new Visitors();
  const { url } = await serving(t, visitors.handler, { subprotocols: ['chat'], tls: ISSUED });
  const ours = await connect(url, { subprotocols: ['other', 'chat'], tls: { ca: AUTHORITY } });
  const theirs = await visitors.next();
  assert.deepEqual([ours.subprotocol, theirs.subprotocol], ['chat', 'chat']);
  for (const [here, there] of [
    [ours, theirs],
    [theirs, ours],
  ] as const) {
    for (const text of TEXTS) {
      await here.send(text);
      assert.equal(await there.recv(), text);
    }
    await here.send(Uint8Array.of(1, 2, 3));
    assert.deepEqual(await there.recv(), Uint8Array.of(1, 2, 3));
    await here.send(['in ', 'par', 'ts']);
    assert.equal(await there.recv(), 'in parts');
    assert.ok((await here.ping()) > 0);
    assert.ok(here.latency > 0);
  }
  broadcast([theirs], 'to all');
  assert.equal(await ours.recv(), 'to all');
  await theirs.close(4000, 'over');
  await ours.waitClosed();
  assert.equal(
    String(theirs.closeInfo),
    'ConnectionClosedError: sent 4000 (private use) over; then received 4000 (private use) over',
  );
  assert.equal(
    String(ours.closeInfo),
    'ConnectionClosedError: received 4000 (private use) over; then sent 4000 (private use) over',
  );
});

test('our client reads why it was refused', LIMIT, async (t) => {
  const { url, port } = await serving(t, echoing, { processRequest: basicAuth('here', { ann: 'secret' }) });
  await assert.rejects(
    connect(url),
    (error) =>
      error instanceof InvalidStatus &&
      error.response.statusCode === 401 &&
      Buffer.from(error.response.body ?? []).toString() === 'Missing credentials\n',
  );
  const ws = await connect(`ws://ann:secret@127.0.0.1:${port}`);
  await ws.close();
});

test(
  'a message that is too long for our server ends the connection of our client with 1009',
  LIMIT,
  async (t) => {
    const { url } = await serving(t, echoing, { maxSize: 1000, compression: null });
    const ws = await connect(url);
    await ws.send('x'.repeat(1001));
    await assert.rejects(
      ws.recv(),
      /^ConnectionClosedError: received 1009 \(message too big\) frame exceeds limit of 1000 bytes; then sent 1009/,
    );
  },
);

test('a flood of our client meets back-pressure and arrives whole', LIMIT, async (t) => {
  const visitors = new Visitors();
  const { url } = await serving(t, visitors.handler);
  const ours = await connect(url);
  const theirs = await visitors.next();
  const count = 20_000;
  const sending = (async () => {
    for (let i = 0; i < count; i++) await ours.send(`message ${i}`);
    await ours.close();
  })();
  let received = 0;
  for await (const message of theirs) {
    assert.equal(message, `message ${received}`);
    received++;
    if (received % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(received, count);
  await sending;
});

test('our blocking client is served from another thread', LIMIT, async (t) => {
  const visitors = new Visitors();
  const { url } = await serving(t, async (connection) => {
    void visitors.handler(connection);
    await echoing(connection).catch(() => undefined);
  });
  const thread = new Worker(new URL('../support/sync-client.js', import.meta.url), {
    workerData: { url, texts: TEXTS },
  });
  const [told] = (await once(thread, 'message')) as [unknown];
  assert.deepEqual(told, {
    echoes: [...TEXTS, 'in parts'],
    end: 'ConnectionClosedError: sent 4000 (private use) done; then received 4000 (private use) done',
  });
  await (await visitors.next()).waitClosed();
  await thread.terminate();
});

const UNLOGGED = `
const { serve, connect } = await import(process.argv[1]);
const server = await serve(() => { throw new Error('oops'); }, '127.0.0.1', 0);
const ws = await connect('ws://127.0.0.1:' + server.port);
await ws.waitClosed();
console.log(ws.closeCode);
await server.close();
`;

test(
  'an error of a handler is on standard error where no logger is given, and nothing keeps the process',
  LIMIT,
  () => {
    const names = new URL('../../src/main/websockets.js', import.meta.url).href;
    const { RINGFEED_LOG: _, ...env } = process.env;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', UNLOGGED, names],
      { env, encoding: 'utf8', timeout: 20_000 },
    );
    assert.equal(stdout, '1011\n');
    assert.match(stderr, /"level":50,.*"err":\{.*"message":"oops".*"msg":"connection handler failed"/);
    assert.equal(status, 0);
  },
);

const WEBSOCKETS_CLIENT = `
import asyncio, json, ssl, sys, websockets
uri, compression, texts = sys.argv[1], sys.argv[2] or None, json.loads(sys.argv[4])
tls = {"ssl": ssl.create_default_context(cafile=sys.argv[3])} if uri.startswith("wss") else {}
async def main():
    async with websockets.connect(uri, compression=compression, subprotocols=["superchat", "chat"], origin="https://example.com", **tls) as ws:
        echoes = []
        for text in texts:
            await ws.send(text)
            echoes.append(await ws.recv())
        await ws.send(b"\\x00\\xff")
        echoes.append((await ws.recv()).hex())
        await ws.send(["in ", "parts"])
        echoes.append(await ws.recv())
        await (await ws.ping(b"data"))
        found = {"echoes": echoes, "subprotocol": ws.subprotocol, "server": ws.response_headers["Server"][:9], "extensions": [e.name for e in ws.extensions]}
        await ws.send("close")
        try:
            await ws.recv()
        except websockets.ConnectionClosed as closed:
            found["end"] = str(closed)
        print(json.dumps(found))
asyncio.run(main())
`;

const WEBSOCKETS_REFUSED = `
import asyncio, json, sys, websockets
async def main():
    try:
        async with websockets.connect(sys.argv[1]):
            print(json.dumps("let in"))
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
asyncio.run(main())
`;

for (const [what, compression, tls] of [
  ['plain', '', false],
  ['compressed', 'deflate', false],
  ['encrypted', 'deflate', true],
] as const)
  pythonTest(`Python websockets and our server understand each other, ${what}`, 'websockets', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'ringfeed-'));
    t.after(() => rm(folder, { recursive: true }));
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, AUTHORITY);
    const { url, log } = await serving(
      t,
      async (connection) => {
        assert.ok((await connection.ping()) > 0);
        for await (const message of connection) {
          if (message === 'close') await connection.close(4001, 'as told');
          else await connection.send(message);
        }
      },
      { subprotocols: ['chat'], origins: ['https://example.com'], ...(tls ? { tls: ISSUED } : {}) },
    );
    assert.deepEqual(await python(WEBSOCKETS_CLIENT, url, compression, ca, JSON.stringify(TEXTS)), {
      echoes: [...TEXTS, '00ff', 'in parts'],
      subprotocol: 'chat',
      server: 'ringfeed/',
      extensions: compression === '' ? [] : ['permessage-deflate'],
      end: 'received 4001 (private use) as told; then sent 4001 (private use) as told',
    });
    assert.deepEqual(log.complaints, []);
  });

pythonTest('Python websockets is refused and let in by name and password', 'websockets', async (t) => {
  const { port } = await serving(t, echoing, { processRequest: basicAuth('here', { ann: 'secret' }) });
  assert.equal(
    await python(WEBSOCKETS_REFUSED, `ws://ann:guess@127.0.0.1:${port}`),
    'InvalidStatusCode: server rejected WebSocket connection: HTTP 401',
  );
  assert.equal(await python(WEBSOCKETS_REFUSED, `ws://ann:secret@127.0.0.1:${port}`), 'let in');
});

const WEBSOCKET_CLIENT = `
import json, ssl, sys, websocket
uri, texts = sys.argv[1], json.loads(sys.argv[3])
ws = websocket.create_connection(uri, subprotocols=["chat"], sslopt={"ca_certs": sys.argv[2]}, timeout=20)
echoes = []
for text in texts:
    ws.send(text)
    echoes.append(ws.recv())
ws.send_binary(b"\\x00\\xff")
echoes.append(ws.recv().hex())
ws.ping("are you there")
opcode, frame = ws.recv_data_frame(True)
found = {"echoes": echoes, "subprotocol": ws.getsubprotocol(), "pong": [opcode, frame.data.decode()]}
ws.send("close")
opcode, data = ws.recv_data()
found["close"] = [opcode, int.from_bytes(data[:2], "big"), data[2:].decode()]
ws.close()
print(json.dumps(found))
`;

for (const tls of [false, true])
  pythonTest(
    `Python websocket-client and our server understand each other, ${tls ? 'encrypted' : 'plain'}`,
    'websocket',
    async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'ringfeed-'));
      t.after(() => rm(folder, { recursive: true }));
      const ca = join(folder, 'ca.pem');
      await writeFile(ca, AUTHORITY);
      const { url, log } = await serving(
        t,
        async (connection) => {
          for await (const message of connection) {
            if (message === 'close') await connection.close(4001, 'as told');
            else await connection.send(message);
          }
        },
        { subprotocols: ['chat'], ...(tls ? { tls: ISSUED } : {}) },
      );
      assert.deepEqual(await python(WEBSOCKET_CLIENT, url, ca, JSON.stringify(TEXTS)), {
        echoes: [...TEXTS, '00ff'],
        subprotocol: 'chat',
        pong: [10, 'are you there'],
        close: [8, 4001, 'as told'],
      });
      assert.deepEqual(log.complaints, []);
    },
  );
