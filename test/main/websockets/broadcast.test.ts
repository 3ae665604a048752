import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { broadcast } from '../../../src/main/websockets/broadcast.ts';
import { connect } from '../../../src/main/websockets/connect.ts';
import type { Connection } from '../../../src/main/websockets/connection.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { ConcurrencyError } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { ListLog, serving, Visitors, visit } from '../../support/serving.ts';

const LIMIT = { timeout: 20_000 };

/** So many clients, and the server's connections to them. */
async function crowd(t: TestContext, size: number, client: object = {}) {
  const visitors = new Visitors();
  const { url, server, log } = await serving(t, visitors.handler);
  const clients = await Promise.all(Array.from({ length: size }, () => visit(url, [], client)));
  const connections: Connection[] = [];
  for (let i = 0; i < size; i++) connections.push(await visitors.next());
  return { url, server, log, clients, connections, visitors };
}

for (const [what, client] of [
  ['plain', {}],
  ['compressed', { perMessageDeflate: true }],
] as const)
  test(
    `everybody gets the message over ${what} connections, in order with what is sent`,
    LIMIT,
    async (t) => {
      const { server, clients, connections } = await crowd(t, 3, client);
      const long = 'long '.repeat(1000);
      const sent = connections.map((connection) => connection.send(long));
      broadcast(server.connections, 'first');
      broadcast(server.connections, Uint8Array.of(1, 2));
      broadcast(server.connections, 'bytes', { text: false });
      broadcast(server.connections, new TextEncoder().encode('text'), { text: true });
      broadcast(server.connections, long);
      for (const { message, ws } of clients) {
        const got = await Promise.all(Array.from({ length: 6 }, message));
        assert.deepEqual(got, [long, 'first', '0x0102', '0x6279746573', 'text', long]);
        ws.close();
      }
      await Promise.all(sent);
    },
  );

test('it does not wait, and is not changed by what happens to the bytes later', LIMIT, async (t) => {
  const { server, clients } = await crowd(t, 2);
  const bytes = new Uint8Array(100_000).fill(1);
  assert.equal(broadcast(server.connections, bytes), undefined);
  bytes.fill(2);
  for (const { message, ws } of clients) {
    assert.equal(await message(), `0x${'01'.repeat(100_000)}`);
    ws.close();
  }
});

test('connections that are not open are passed over', LIMIT, async (t) => {
  const { clients, connections, log } = await crowd(t, 2);
  clients[0]!.ws.close();
  await connections[0]!.waitClosed();
  broadcast(connections, 'hello', { raiseExceptions: true });
  assert.equal(await clients[1]!.message(), 'hello');
  assert.deepEqual(log.complaints, []);
  clients[1]!.ws.close();
});

test('a connection in the middle of a message of parts is passed over and told of', LIMIT, async (t) => {
  const { clients, connections, log } = await crowd(t, 2);
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const sending = connections[0]!.send(
    (async function* () {
      yield 'par';
      begin();
      await finished;
      yield 'ts';
    })(),
  );
  await begun;
  const warned = 'warn: skipped broadcast (sending a fragmented message)';
  broadcast(connections, 'one');
  assert.deepEqual(log.complaints, [warned]);
  const own = new ListLog();
  broadcast(connections, 'two', { logger: own });
  assert.deepEqual(own.complaints, [warned]);
  assert.throws(
    () => broadcast(connections, 'three', { raiseExceptions: true }),
    (error) =>
      error instanceof AggregateError &&
      error.message === 'skipped broadcast' &&
      error.errors.length === 1 &&
      error.errors[0] instanceof ConcurrencyError,
  );
  finish();
  await sending;
  broadcast(connections, 'four');
  const [first, second] = clients as [(typeof clients)[0], (typeof clients)[0]];
  assert.deepEqual([await first.message(), await first.message()], ['parts', 'four']);
  const all = await Promise.all(Array.from({ length: 4 }, second.message));
  assert.deepEqual(all, ['one', 'two', 'three', 'four']);
  for (const { ws } of clients) ws.close();
});

test('connections to servers are sent to as well, each with bytes of its own', LIMIT, async (t) => {
  const { url, visitors, connections, clients } = await crowd(t, 1);
  const ours = [await connect(url), await connect(url)];
  const theirs = [await visitors.next(), await visitors.next()];
  const bytes = new Uint8Array(64 * 1024).fill(7);
  broadcast([...ours, ...connections], bytes);
  for (const their of theirs) assert.deepEqual(await their.recv(), bytes);
  assert.equal((await clients[0]!.message()).length, 2 + 2 * bytes.length);
  await Promise.all(ours.map((our) => our.close()));
  clients[0]!.ws.close();
});

test('what is no message is a mistake of the caller, whoever is there', () => {
  assert.throws(() => broadcast([], 1 as unknown as string), MisuseError);
  assert.throws(() => broadcast([], ['a'] as unknown as string), MisuseError);
});
