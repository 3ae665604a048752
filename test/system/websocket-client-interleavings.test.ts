import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConnectionAsync } from '../../src/main/websocket-client/create-connection.ts';
import type { WebSocket } from '../../src/main/websocket-client/websocket.ts';
import {
  WebSocketConnectionClosedException,
  WebSocketTimeoutException,
} from '../../src/shared/websocket-client/exceptions.ts';
import { Random } from '../support/random.ts';
import { type RawPeer, rawServer } from '../support/raw-server.ts';
import { close, ping, takeClientFrames, text } from '../support/wire-frame.ts';

const SEED = Number(process.env['SEED'] ?? 0x5eed);
const STEPS = Number(process.env['STEPS'] ?? 10_000);
const SLOTS = 4;
const WAITING_MAX = 6;

/** What a server saw of one connection. */
interface Seen {
  numbers: number[];
  closes: number;
  /** Opcodes of the frames behind the close frame, but for pongs. */
  after: number[];
}

/** One connection from the side of the client. */
interface Used {
  readonly id: number;
  readonly ws: WebSocket;
  sent: number;
  readonly received: number[];
  /** A call waits for its end and passes messages over, while another may take some of them. */
  isPassing: boolean;
  waiting: number;
}

/** Answers texts with numbers, pings, and at times ends the connection in some way. */
function serve(peer: RawPeer, random: Random, seen: Seen): void {
  let unread: Buffer = Buffer.alloc(0);
  let next = 0;
  peer.socket.on('data', (chunk: Buffer) => {
    const { frames, rest } = takeClientFrames(Buffer.concat([unread, chunk]));
    unread = rest;
    for (const { opcode, payload } of frames) {
      // A ping may still be answered there.
      if (seen.closes > 0 && opcode !== 10) seen.after.push(opcode);
      if (opcode === 8) {
        seen.closes++;
        if (random.percent(80)) peer.socket.end(close(1000));
        else peer.socket.destroy();
      } else if (opcode === 1) {
        seen.numbers.push(Number(payload));
        for (let i = random.below(3); i > 0; i--) peer.socket.write(text(String(next++)));
        if (random.percent(10)) peer.socket.write(ping('?'));
        if (random.percent(1)) peer.socket.write(close(1001));
        if (random.percent(1)) peer.socket.destroy();
      }
    }
  });
}

const isExpected = (error: unknown): boolean =>
  error instanceof WebSocketConnectionClosedException || error instanceof WebSocketTimeoutException;

test(`no order of send, recv and close loses or doubles anything, seed ${SEED}`, {
  timeout: 120_000,
}, async () => {
  const random = new Random(SEED);
  const seen = new Map<number, Seen>();
  await using server = await rawServer({
    script: async (peer) => {
      const id = Number(/^GET \/(\d+) /.exec(peer.request)![1]);
      const record: Seen = { numbers: [], closes: 0, after: [] };
      seen.set(id, record);
      serve(peer, new Random(SEED + id), record);
      await peer.write(peer.accept());
    },
  });
  const used: Used[] = [];
  let nextId = 0;
  const calls: Promise<void>[] = [];

  const opened = async (): Promise<Used> => {
    const id = nextId++;
    const ws = await createConnectionAsync(`${server.url}${id}`, { timeout: 5 });
    const one = { id, ws, sent: 0, received: [], isPassing: false, waiting: 0 };
    used.push(one);
    return one;
  };
  const call = (one: Used, run: () => Promise<unknown>): void => {
    one.waiting++;
    const settled = run().then(
      (value) => take(one, value),
      (error) => assert.ok(isExpected(error), String(error)),
    );
    calls.push(settled.finally(() => one.waiting--));
  };
  const attempt = (one: Used, run: () => unknown): void => {
    try {
      take(one, run());
    } catch (error) {
      assert.ok(isExpected(error), String(error));
    }
  };
  const take = (one: Used, value: unknown): void => {
    if (typeof value === 'string' && value !== '') one.received.push(Number(value));
  };
  const passing = (one: Used): WebSocket => {
    one.isPassing = true;
    return one.ws;
  };

  const actions: readonly (readonly [weight: number, (one: Used) => void])[] = [
    [300, (one) => attempt(one, () => void (one.ws.send(String(one.sent)) && one.sent++))],
    [
      300,
      (one) =>
        call(one, async () => {
          // Handed over in the call itself, so the numbers are in order.
          if (!one.ws.connected) return;
          await one.ws.sendAsync(String(one.sent++));
        }),
    ],
    [250, (one) => one.waiting < WAITING_MAX && call(one, () => one.ws.recvAsync())],
    [
      50,
      (one) =>
        attempt(one, () => {
          one.ws.timeout = 0;
          try {
            return one.ws.recv();
          } finally {
            one.ws.timeout = 5;
          }
        }),
    ],
    [40, (one) => attempt(one, () => one.ws.ping('hi'))],
    [10, (one) => attempt(one, () => one.ws.sendClose(1000))],
    [10, (one) => call(one, () => passing(one).closeAsync({ timeout: 2 }))],
    [4, (one) => passing(one).close({ timeout: 0.005 })],
    [5, (one) => one.ws.abort()],
    [5, (one) => one.ws.shutdown()],
  ];
  const total = actions.reduce((sum, [weight]) => sum + weight, 0);
  const pick = (at: number): ((one: Used) => void) => {
    let left = at;
    return actions.find(([weight]) => {
      left -= weight;
      return left < 0;
    })![1];
  };

  const slots = await Promise.all(Array.from({ length: SLOTS }, opened));
  for (let step = 0; step < STEPS; step++) {
    const slot = random.below(SLOTS);
    pick(random.below(total))(slots[slot]!);
    if (random.percent(30)) await new Promise((resolve) => setImmediate(resolve));
    // A while after its end, so that it is used then, too.
    if (!slots[slot]!.ws.connected && random.percent(20)) slots[slot] = await opened();
  }
  // Those that are still open; for the others it is nothing, and hides nothing.
  for (const one of used) calls.push((one.ws.connected ? passing(one) : one.ws).closeAsync({ timeout: 2 }));
  await Promise.all(calls);

  for (const { id, sent, received, isPassing } of used) {
    const { numbers, closes, after } = seen.get(id)!;
    assert.deepEqual(numbers, [...numbers.keys()], `connection ${id}: all that arrived is in order`);
    assert.ok(numbers.length <= sent);
    assert.ok(closes <= 1, `connection ${id}: one close frame at the most`);
    assert.deepEqual(after, [], `connection ${id}: nothing behind the close frame`);
    assert.equal(new Set(received).size, received.length, `connection ${id}: nothing comes twice`);
    if (!isPassing)
      assert.deepEqual(
        received.toSorted((a, b) => a - b),
        [...received.keys()],
        `connection ${id}: no gap`,
      );
  }
  assert.ok(used.length > STEPS / 500, `${used.length} connections`);
});
