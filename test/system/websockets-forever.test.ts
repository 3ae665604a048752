import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { connect } from '../../src/main/websockets/connect.ts';
import { ConnectionClosed } from '../../src/shared/protocol/errors/connection-closed.ts';
import { InvalidStatus } from '../../src/shared/protocol/errors/handshake-errors.ts';
import { type RawPeer, rawServer } from '../support/raw-server.ts';
import { close, text } from '../support/wire-frame.ts';

/** Delays that are noted and never waited for. */
function noted(): { readonly reconnectDelays: () => Iterator<number>; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    reconnectDelays: () => {
      asked.push('anew');
      let n = 0;
      return {
        next: () => {
          asked.push(`delay ${n++}`);
          return { done: false, value: 0 };
        },
      };
    },
  };
}

test('a connection follows the other, failed attempts with delays in between', async () => {
  let attempt = 0;
  const answers: readonly ((peer: RawPeer) => void | Promise<void>)[] = [
    (peer) => void peer.socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'),
    (peer) => void peer.socket.destroy(),
    (peer) => peer.write(Buffer.concat([peer.accept(), text('first'), close(1000)])),
    (peer) => peer.write(Buffer.concat([peer.accept(), text('second'), close(1011)])),
  ];
  await using server = await rawServer({ script: (peer) => answers[attempt++]!(peer) });
  const { reconnectDelays, asked } = noted();
  const heard: string[] = [];
  for await (const ws of connect.forever(server.url, { proxy: null, reconnectDelays, closeTimeout: 0.05 })) {
    try {
      for await (const message of ws) heard.push(message as string);
      heard.push('ended');
    } catch (error) {
      assert.ok(error instanceof ConnectionClosed);
      heard.push(error.name);
      break;
    }
  }
  assert.deepEqual(heard, ['first', 'ended', 'second', 'ConnectionClosedError']);
  // The third attempt lasted less than a connection does that counts as one.
  assert.deepEqual(asked, ['anew', 'delay 0', 'delay 1', 'delay 2']);
});

test('what is not worth another attempt is thrown, by default or by who is asked', async () => {
  await using server = await rawServer({
    script: (peer) => void peer.socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'),
  });
  const iterate = async (options: Parameters<typeof connect.forever>[1]): Promise<void> => {
    for await (const ws of connect.forever(server.url, { proxy: null, ...options })) await ws.close();
  };
  await assert.rejects(iterate({}), InvalidStatus);
  const seen: string[] = [];
  const own = new Error('enough');
  await assert.rejects(
    iterate({
      reconnectDelays: noted().reconnectDelays,
      processException: (error) => {
        seen.push(error.message);
        return seen.length < 3 ? null : own;
      },
    }),
    (error) => error === own,
  );
  assert.equal(seen.length, 3);
});

test('leaving the loop closes the connection, and an error in it goes through', async () => {
  let gone: Promise<void> | undefined;
  await using server = await rawServer({
    script: (peer) => {
      gone = peer.gone;
      return peer.write(peer.accept());
    },
  });
  const body = async (): Promise<void> => {
    for await (const ws of connect.forever(server.url, { proxy: null, closeTimeout: 0.05 })) {
      assert.equal(ws.state, 1);
      throw new Error('of the body');
    }
  };
  await assert.rejects(body(), /of the body/);
  await gone;
});

test('a thousand connections that come and go leave nothing behind', { timeout: 120_000 }, async () => {
  const open = new Set<RawPeer>();
  await using server = await rawServer({
    script: async (peer) => {
      open.add(peer);
      void peer.gone.then(() => open.delete(peer));
      await peer.write(peer.accept());
      if ((await peer.frame(8)) !== undefined) peer.socket.end(close(1000));
    },
  });
  const handles = (): number =>
    process.getActiveResourcesInfo().filter((kind) => /Port|Socket|TCP/.test(kind)).length;
  const round = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 10)
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const ws = await connect(server.url, { proxy: null });
          await ws.close();
          assert.equal(ws.closeCode, 1000);
        }),
      );
  };
  await round(200);
  const [rssBefore, handlesBefore] = [process.memoryUsage().rss, handles()];
  await round(1000);
  while (open.size > 0 || handles() > handlesBefore) await new Promise((resolve) => setTimeout(resolve, 10));
  // Each had a ring of 1 MiB.
  assert.ok(process.memoryUsage().rss - rssBefore < 300 * 1024 * 1024);
});

test('connections that fail leave nothing behind', { timeout: 60_000 }, async (t) => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  for (let i = 0; i < 300; i++)
    await assert.rejects(connect(`ws://127.0.0.1:${port}/`, { proxy: null }), { code: 'ECONNREFUSED' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});
