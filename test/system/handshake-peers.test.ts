import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import { ClientProtocol, type ClientProtocolOptions } from '../../src/shared/protocol/client-protocol.ts';
import {
  ClientPermessageDeflateFactory,
  ServerPermessageDeflateFactory,
} from '../../src/shared/protocol/deflate-negotiation.ts';
import { InvalidStatus } from '../../src/shared/protocol/errors/handshake-errors.ts';
import { Frame } from '../../src/shared/protocol/frame.ts';
import { OPCODE } from '../../src/shared/protocol/frame-header.ts';
import { Request, Response } from '../../src/shared/protocol/handshake/message.ts';
import { State } from '../../src/shared/protocol/protocol.ts';
import { ServerProtocol, type ServerProtocolOptions } from '../../src/shared/protocol/server-protocol.ts';
import { onSocket } from '../support/protocol-socket.ts';

/** Debian's, which has its own packages: another Python on the path may have other ones. */
const PYTHON = '/usr/bin/python3';
const PEER_TIMEOUT = { timeout: 30_000 };

const TEXTS = ['hello', '', 'ünïcödé 😀', 'x'.repeat(70_000), 'x'.repeat(70_000), 'again '.repeat(30)];

type ClientOptions = Omit<ClientProtocolOptions, 'platform'>;
type ServerOptions = Omit<ServerProtocolOptions, 'platform'>;

/** What our client finds of a server: the response, its echoes, and how it ended. */
async function converse(port: number, options: ClientOptions = {}) {
  const protocol = new ClientProtocol(`ws://user:p%40ss@127.0.0.1:${port}/päth?a=b`, {
    platform: NODE_PLATFORM,
    ...options,
  });
  const socket = connect(port, '127.0.0.1');
  const line = onSocket(protocol, socket);
  protocol.sendRequest(protocol.connect());
  line.flush();
  const response = await line.next();
  const echoes: string[] = [];
  if (protocol.state === State.OPEN) {
    for (const text of TEXTS) {
      protocol.sendText(Buffer.from(text));
      line.flush();
      const frames: Uint8Array[] = [];
      for (;;) {
        const frame = await line.next();
        assert.ok(frame instanceof Frame, 'an echo');
        frames.push(frame.data);
        if (frame.fin) break;
      }
      echoes.push(Buffer.concat(frames).toString());
    }
    protocol.sendClose(1000, 'bye');
    line.flush();
  }
  await line.closed;
  return { protocol, response, echoes };
}

/** Serves our side on a socket: echoes, and keeps the protocol of each client. */
async function serve(t: TestContext, options: ServerOptions = {}) {
  const served: ServerProtocol[] = [];
  const requests: Request[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const protocol = new ServerProtocol({ platform: NODE_PLATFORM, now: Date.now, ...options });
    served.push(protocol);
    const line = onSocket(protocol, socket);
    void (async () => {
      for (let event = await line.next(); event !== undefined; event = await line.next()) {
        if (event instanceof Request) {
          requests.push(event);
          protocol.sendResponse(protocol.accept(event));
        } else if (event instanceof Frame && protocol.state === State.OPEN) {
          if (event.opcode === OPCODE.text) protocol.sendText(event.data, event.fin);
          if (event.opcode === OPCODE.continuation) protocol.sendContinuation(event.data, event.fin);
        }
        line.flush();
      }
    })();
  });
  t.after(() => server.close());
  return { port: await listening(server), served, requests };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function wsServer(t: TestContext, options: ConstructorParameters<typeof WebSocketServer>[0] = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
  t.after(() => server.close());
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const deflating = { extensions: [new ClientPermessageDeflateFactory()] };

test('our client and a server of ws understand each other', PEER_TIMEOUT, async (t) => {
  const paths: (string | undefined)[] = [];
  const port = await wsServer(t, {
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      paths.push(req.url, req.headers.authorization, req.headers.origin);
      return true;
    },
  });
  const { protocol, echoes } = await converse(port, { origin: 'https://example.com' });
  assert.deepEqual(echoes, TEXTS);
  assert.deepEqual([protocol.closeCode, protocol.closeReason], [1000, 'bye']);
  assert.deepEqual(paths, ['/p%C3%A4th?a=b', 'Basic dXNlcjpwQHNz', 'https://example.com']);
});

test('our client and a server of ws agree on compression and a subprotocol', PEER_TIMEOUT, async (t) => {
  for (const perMessageDeflate of [
    true,
    { threshold: 0 },
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
  ]) {
    const port = await wsServer(t, { perMessageDeflate, handleProtocols: () => 'superchat' });
    const { protocol, echoes } = await converse(port, { ...deflating, subprotocols: ['chat', 'superchat'] });
    assert.deepEqual(echoes, TEXTS);
    assert.equal(protocol.subprotocol, 'superchat');
    assert.deepEqual(
      protocol.extensions.map(({ name }) => name),
      ['permessage-deflate'],
    );
  }
});

test('our client reads what a server of ws refuses with', PEER_TIMEOUT, async (t) => {
  const port = await wsServer(t, {
    verifyClient: (_: unknown, answer: (accept: boolean, code: number, text: string) => void) =>
      answer(false, 429, 'Slow down'),
  });
  const { protocol, response } = await converse(port);
  assert.ok(response instanceof Response);
  assert.equal(Buffer.from(response.body).toString(), 'Slow down');
  assert.ok(protocol.handshakeException instanceof InvalidStatus);
  assert.equal(protocol.handshakeException.message, 'server rejected WebSocket connection: HTTP 429');
  assert.equal(protocol.state, State.CLOSED);
});

async function wsConverse(port: number, options: object = {}, subprotocols: string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/path`, subprotocols, options);
  const echoes: string[] = [];
  let refused: string | undefined;
  socket.on('unexpected-response', (_, response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      refused = `${response.statusCode} ${response.statusMessage}: ${Buffer.concat(chunks)}`;
      socket.terminate();
    });
  });
  socket.on('error', () => {});
  // Not `once`: an error comes before the end.
  const ended = new Promise<[number, Buffer]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, reason]));
  });
  socket.on('open', () => socket.send(TEXTS[0]!));
  socket.on('message', (data) => {
    echoes.push(String(data));
    if (echoes.length < TEXTS.length) socket.send(TEXTS[echoes.length]!);
    else socket.close(1000, 'bye');
  });
  const [code, reason] = await ended;
  return {
    echoes,
    code,
    reason: String(reason),
    refused,
    extensions: socket.extensions,
    protocol: socket.protocol,
  };
}

test('a client of ws and our server understand each other', PEER_TIMEOUT, async (t) => {
  const { port, served, requests } = await serve(t, { subprotocols: ['superchat'] });
  const found = await wsConverse(port, { perMessageDeflate: true, origin: 'https://example.com' }, [
    'chat',
    'superchat',
  ]);
  assert.deepEqual(found.echoes, TEXTS);
  assert.deepEqual(
    [found.code, found.reason, found.extensions, found.protocol],
    [1000, 'bye', '', 'superchat'],
  );
  assert.deepEqual(
    [served[0]!.closeCode, served[0]!.origin, requests[0]!.path],
    [1000, 'https://example.com', '/path'],
  );
});

test('a client of ws and our server agree on compression', PEER_TIMEOUT, async (t) => {
  const { port } = await serve(t, { extensions: [new ServerPermessageDeflateFactory()] });
  for (const options of [
    { threshold: 0 },
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
  ]) {
    const found = await wsConverse(port, { perMessageDeflate: options });
    assert.deepEqual(found.echoes, TEXTS);
    assert.match(found.extensions, /^permessage-deflate/);
  }
});

test('a client of ws reads what our server refuses with', PEER_TIMEOUT, async (t) => {
  const { port } = await serve(t, { origins: ['https://a.example'] });
  const found = await wsConverse(port, { origin: 'https://b.example' });
  assert.equal(
    found.refused,
    '403 Forbidden: Failed to open a WebSocket connection: invalid Origin header: https://b.example.\n',
  );
});

/** Skips where Debian's websockets is not installed. */
function withPython(title: string, run: (t: TestContext) => Promise<void>): void {
  test(title, PEER_TIMEOUT, async (t) => {
    const found = spawnSync(PYTHON, ['-c', 'import websockets.version as v; print(v.version)'], {
      encoding: 'utf8',
    });
    if (found.status !== 0) return t.skip(`${PYTHON} has no websockets`);
    await run(t);
  });
}

const lines = async (child: ChildProcess): Promise<string> => {
  let out = '';
  child.stdout!.on('data', (chunk) => {
    out += String(chunk);
  });
  const errors: string[] = [];
  child.stderr!.on('data', (chunk) => errors.push(String(chunk)));
  await once(child, 'exit');
  assert.equal(child.exitCode, 0, errors.join(''));
  return out;
};

const PYTHON_SERVER = `
import asyncio, http, sys, websockets
async def echo(connection):
    async for message in connection:
        await connection.send(message)
async def refuse(path, headers):
    if sys.argv[1] == "refuse":
        return http.HTTPStatus.FORBIDDEN, [("X-Reason", "because")], b"No entry\\n"
async def main():
    options = {"compression": "deflate" if sys.argv[1] == "deflate" else None}
    async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=["superchat"], process_request=refuse, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
`;

async function pythonServer(t: TestContext, mode: string): Promise<number> {
  const child = spawn(PYTHON, ['-c', PYTHON_SERVER, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [port] = await once(child.stdout, 'data');
  return Number(String(port));
}

withPython('our client and a server of Python websockets understand each other', async (t) => {
  for (const mode of ['plain', 'deflate']) {
    const { protocol, echoes } = await converse(await pythonServer(t, mode), {
      ...deflating,
      subprotocols: ['chat', 'superchat'],
    });
    assert.deepEqual(echoes, TEXTS, mode);
    assert.deepEqual([protocol.closeCode, protocol.closeReason], [1000, 'bye']);
    assert.equal(protocol.subprotocol, 'superchat');
    assert.equal(protocol.extensions.length, mode === 'deflate' ? 1 : 0);
  }
});

withPython('our client reads what a server of Python websockets refuses with', async (t) => {
  const { protocol, response } = await converse(await pythonServer(t, 'refuse'));
  assert.ok(response instanceof Response);
  assert.deepEqual([response.statusCode, response.headers.get('x-reason')], [403, 'because']);
  assert.equal(Buffer.from(response.body).toString(), 'No entry\n');
  assert.equal(protocol.handshakeException?.message, 'server rejected WebSocket connection: HTTP 403');
});

const PYTHON_CLIENT = `
import asyncio, json, sys, websockets
async def main():
    port, compression, texts = sys.argv[1], sys.argv[2], json.loads(sys.stdin.read())
    try:
        async with websockets.connect(f"ws://user:pass@127.0.0.1:{port}/path", compression=compression or None, subprotocols=["chat", "superchat"], origin="https://example.com") as connection:
            echoes = []
            for text in texts:
                await connection.send(text)
                echoes.append(await connection.recv())
            await connection.close(1000, "bye")
            print(json.dumps({"same": echoes == texts, "code": connection.close_code, "reason": connection.close_reason, "subprotocol": connection.subprotocol, "extensions": [e.name for e in getattr(connection, "protocol", connection).extensions]}))
    except Exception as exc:
        print(json.dumps({"error": type(exc).__name__, "text": str(exc)}))
asyncio.run(main())
`;

async function pythonConverse(port: number, compression: string): Promise<object> {
  const child = spawn(PYTHON, ['-c', PYTHON_CLIENT, String(port), compression]);
  child.stdin.end(JSON.stringify(TEXTS));
  return JSON.parse(await lines(child)) as object;
}

withPython('a client of Python websockets and our server understand each other', async (t) => {
  const { port, served, requests } = await serve(t, {
    extensions: [new ServerPermessageDeflateFactory()],
    subprotocols: ['superchat'],
    origins: ['https://example.com'],
  });
  for (const [compression, extensions] of [
    ['', []],
    ['deflate', ['permessage-deflate']],
  ] as const)
    assert.deepEqual(await pythonConverse(port, compression), {
      same: true,
      code: 1000,
      reason: 'bye',
      subprotocol: 'superchat',
      extensions,
    });
  assert.equal(requests[0]!.headers.get('authorization'), 'Basic dXNlcjpwYXNz');
  assert.deepEqual(
    served.map(({ closeCode }) => closeCode),
    [1000, 1000],
  );
});

withPython('a client of Python websockets is told what our server refuses it for', async (t) => {
  const { port, served } = await serve(t, { origins: ['https://a.example'] });
  const { error, text } = (await pythonConverse(port, '')) as { error?: string; text?: string };
  // Its newer versions dropped the end of the name.
  assert.match(error ?? '', /^InvalidStatus(Code)?$/);
  assert.equal(text, 'server rejected WebSocket connection: HTTP 403');
  assert.equal(served[0]!.handshakeException?.message, 'invalid Origin header: https://example.com');
});
