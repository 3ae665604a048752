import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import { PermessageDeflate } from '../../src/shared/protocol/permessage-deflate.ts';
import { Protocol } from '../../src/shared/protocol/protocol.ts';
import { Random } from '../support/random.ts';
import { mutated, randomConversation } from '../support/random-frames.ts';
import { BareClient, echoing, type Served, serving, upgradeRequest, visit } from '../support/serving.ts';

/** Clients with damaged handshakes; `FUZZ_HANDSHAKES=10000` for the long run. */
const HANDSHAKES = Number(process.env['FUZZ_HANDSHAKES'] ?? 500);
/** Clients with damaged frames. */
const STREAMS = Number(process.env['FUZZ_STREAMS'] ?? 200);
const AT_ONCE = 25;
const LIMIT = { timeout: 600_000 };

const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate';

/** What a client might say in the end, or something near it. */
function damagedStream(random: Random, compressed: boolean): Uint8Array {
  const peer = new Protocol('client', {
    platform: NODE_PLATFORM,
    extensions: compressed ? [new PermessageDeflate(NODE_PLATFORM, { remoteNoContextTakeover: true })] : [],
  });
  for (const { kind, parts } of randomConversation(random))
    for (const [n, part] of parts.entries()) {
      const fin = n === parts.length - 1;
      if (kind === 'ping') peer.sendPing(part);
      else if (kind === 'pong') peer.sendPong(part);
      else if (n > 0) peer.sendContinuation(part, fin);
      else if (kind === 'text') peer.sendText(part, fin);
      else peer.sendBinary(part, fin);
    }
  if (random.percent(50)) peer.sendClose(1000, 'bye');
  const stream = Buffer.concat(peer.dataToSend());
  return random.percent(20) ? stream : mutated(stream, random);
}

/** Runs so many clients, some at the same time, each with chance of its own. */
async function flood(clients: number, run: (random: Random) => Promise<void>): Promise<void> {
  for (let seed = 0; seed < clients; seed += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, clients - seed) }, (_, n) => run(new Random(seed + n))),
    );
}

/** The server serves as before, has complained of nothing and kept nobody. */
async function checkUnharmed({ url, server, log }: Served): Promise<void> {
  const { ws, message, ended } = await visit(url);
  ws.send('still there?');
  assert.equal(await message(), 'still there?');
  ws.close();
  await ended;
  for (const connection of server.connections) await connection.waitClosed();
  assert.deepEqual(log.complaints, []);
}

test('no handshake harms a server', LIMIT, async (t) => {
  const served = await serving(t, echoing, { openTimeout: 1, selectSubprotocol: (offered) => offered[0] });
  const request = Buffer.from(upgradeRequest(['Sec-WebSocket-Protocol: other, chat', OFFER, 'Origin: null']));
  let opened = 0;
  await flood(HANDSHAKES, async (random) => {
    const client = new BareClient(served.port);
    client.socket.end(mutated(request, random));
    const { head } = await client.said();
    assert.match(head, /^(HTTP\/1\.1 (101|4\d\d|505) [\s\S]*)?$/);
    if (head.startsWith('HTTP/1.1 101 ')) opened++;
  });
  assert.ok(opened > 0 && opened < HANDSHAKES, `${opened} handshakes were whole`);
  await checkUnharmed(served);
});

for (const compressed of [false, true])
  test(`no frames harm a server, ${compressed ? 'compressed' : 'plain'}`, LIMIT, async (t) => {
    const served = await serving(t, echoing, { maxSize: 100_000 });
    await flood(STREAMS, async (random) => {
      const client = await new BareClient(served.port, upgradeRequest(compressed ? [OFFER] : [])).opened();
      client.socket.end(damagedStream(random, compressed));
      await client.closed;
    });
    await checkUnharmed(served);
  });
