import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { connect } from '../../src/main/websockets/connect.ts';
import { connectSync } from '../../src/main/websockets/sync-connection.ts';
import { State } from '../../src/shared/protocol/protocol.ts';
import { shown } from '../support/client-pair.ts';

/** Debian's, which has its own packages: another Python on the path may have other ones. */
const PYTHON = '/usr/bin/python3';

const SERVER = `
import asyncio, sys, websockets
async def serve(connection, path="/"):
    path = getattr(connection, "path", path)
    if path == "/flood":
        for i in range(20000):
            await connection.send(str(i))
    elif path == "/fragments":
        async def parts():
            for part in ("a", "\\u20ac", "b"):
                yield part
        await connection.send(["x", "y"])
        await connection.send(parts())
        await connection.send([b"1", b"2"])
    elif path == "/latency":
        await (await connection.ping())
        await connection.send("answered")
    async for message in connection:
        await connection.send(message)
async def main():
    options = dict(ping_interval=0.2, ping_timeout=0.4, compression=sys.argv[1] if sys.argv[1] != "none" else None)
    async with websockets.serve(serve, "127.0.0.1", 0, max_size=None, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
`;

async function pythonServer(t: TestContext, compression: 'deflate' | 'none'): Promise<string | undefined> {
  if (spawnSync(PYTHON, ['-c', 'import websockets']).status !== 0) {
    t.skip(`${PYTHON} has no websockets`);
    return undefined;
  }
  const child = spawn(PYTHON, ['-c', SERVER, compression], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [port] = await once(child.stdout, 'data');
  return `ws://127.0.0.1:${Number(String(port))}`;
}

for (const compression of ['deflate', 'none'] as const) {
  test(`with a server of Python websockets, compression ${compression}`, { timeout: 60_000 }, async (t) => {
    const server = await pythonServer(t, compression);
    if (server === undefined) return;
    const ws = await connect(`${server}/`, { proxy: null, maxSize: null });
    for (const message of ['hello', '', 'ünïcödé 😀', 'x'.repeat(70_000), 'again '.repeat(500_000)]) {
      await ws.send(message);
      assert.equal(await ws.recv(), message);
    }
    await ws.send(['a', '€', 'b']);
    assert.equal(await ws.recv(), 'a€b');
    assert.ok((await ws.ping()) > 0);
    await ws.close(1000, 'bye');
    assert.deepEqual([ws.closeCode, ws.closeReason], [1000, 'bye']);

    const fragments = await connect(`${server}/fragments`, { proxy: null });
    const parts: string[] = [];
    for await (const part of fragments.recvStreaming()) parts.push(shown(part));
    assert.equal(parts.join(''), 'xy');
    assert.equal(await fragments.recv(), 'a€b');
    assert.deepEqual(await fragments.recv(), new Uint8Array(Buffer.from('12')));
    await fragments.close();

    const flood = await connect(`${server}/flood`, { proxy: null });
    for (let i = 0; i < 20_000; i++) assert.equal(await flood.recv(), String(i));
    await flood.close();

    const answered = connectSync(`${server}/latency`, { proxy: null });
    assert.equal(answered.recv(), 'answered');
    answered.close();
  });
}

test('its keepalive never gives up on us while this thread is blocked', { timeout: 60_000 }, async (t) => {
  const server = await pythonServer(t, 'none');
  if (server === undefined) return;
  const ws = await connect(`${server}/`, { proxy: null });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
  assert.equal(ws.state, State.OPEN);
  await ws.send('still');
  assert.equal(await ws.recv(), 'still');
  await ws.close();
  assert.equal(ws.closeCode, 1000);
});
