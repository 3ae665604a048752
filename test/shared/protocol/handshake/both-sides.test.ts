import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../../src/shared/node/node-platform.ts';
import { ClientProtocol } from '../../../../src/shared/protocol/client-protocol.ts';
import {
  ClientPermessageDeflateFactory,
  ServerPermessageDeflateFactory,
} from '../../../../src/shared/protocol/deflate-negotiation.ts';
import type { Frame } from '../../../../src/shared/protocol/frame.ts';
import { OPCODE } from '../../../../src/shared/protocol/frame-header.ts';
import { Request, Response } from '../../../../src/shared/protocol/handshake/message.ts';
import { SEND_EOF, State } from '../../../../src/shared/protocol/protocol.ts';
import { ServerProtocol } from '../../../../src/shared/protocol/server-protocol.ts';
import { Random } from '../../../support/random.ts';

type Side = ClientProtocol | ServerProtocol;

/** Gives one side what the other has to say, in pieces by chance. */
function deliver(from: Side, to: Side, random: Random): boolean {
  const writes = from.dataToSend();
  const bytes = Buffer.concat(writes);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(random.pick([1, 30, bytes.length]));
    to.receiveData(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  if (writes.includes(SEND_EOF)) to.receiveEof();
  return writes.length > 0;
}

/** Until neither has anything left to say. @returns what each has heard. */
function talk(client: ClientProtocol, server: ServerProtocol, random: Random) {
  const heard = { client: [] as (Frame | Response)[], server: [] as Frame[] };
  for (let more = true; more; ) {
    more = deliver(client, server, random);
    for (const event of server.eventsReceived()) {
      if (event instanceof Request) server.sendResponse(server.accept(event));
      else heard.server.push(event);
    }
    more = deliver(server, client, random) || more;
    heard.client.push(...client.eventsReceived());
  }
  return heard;
}

test('our client and our server understand each other, whatever they agree on', () => {
  const random = new Random(12);
  for (let round = 0; round < 300; round++) {
    const offers = random.percent(70);
    const takes = random.percent(70);
    const bits = (): number | undefined => (random.percent(50) ? undefined : 8 + random.below(8));
    const client = new ClientProtocol(random.pick(['ws://a.example/x?y', 'wss://u:p@[::1]:99']), {
      platform: NODE_PLATFORM,
      ...(offers
        ? { extensions: [new ClientPermessageDeflateFactory({ serverMaxWindowBits: bits() })] }
        : {}),
      subprotocols: random.pick([[], ['chat'], ['other', 'chat']]),
      origin: random.pick([undefined, 'https://a.example']),
    });
    const server = new ServerProtocol({
      platform: NODE_PLATFORM,
      ...(takes ? { extensions: [new ServerPermessageDeflateFactory({ clientMaxWindowBits: bits() })] } : {}),
      selectSubprotocol: (_, offered) => offered.find((one) => one === 'chat'),
      origins: [null, /https:.*/],
    });
    client.sendRequest(client.connect());
    const [response, ...none] = talk(client, server, random).client;
    assert.ok(response instanceof Response);
    assert.deepEqual(none, []);
    assert.deepEqual([client.state, server.state], [State.OPEN, State.OPEN]);
    assert.equal(client.subprotocol, server.subprotocol);
    assert.equal(client.extensions.length, offers && takes ? 1 : 0);
    assert.equal(server.extensions.length, client.extensions.length);

    for (const [from, hears] of [
      [client, 'server'],
      [server, 'client'],
    ] as const) {
      const messages = Array.from({ length: random.below(6) }, () => 'ab😀c'.repeat(random.below(500)));
      for (const message of messages) from.sendText(Buffer.from(message));
      const frames = talk(client, server, random)[hears] as Frame[];
      assert.deepEqual(
        frames.map(({ opcode, data }) => [opcode, String(Buffer.from(data))]),
        messages.map((message) => [OPCODE.text, message]),
      );
    }

    random.pick([client, server]).sendClose(1001, 'enough');
    const { client: toClient, server: toServer } = talk(client, server, random);
    assert.equal(toClient.length + toServer.length, 2);
    assert.deepEqual([client.closeCode, server.closeCode], [1001, 1001]);
    assert.equal(client.handshakeException ?? server.handshakeException, undefined);
  }
});

test('a refusal by our server is understood by our client', () => {
  const random = new Random(1);
  const client = new ClientProtocol('ws://a.example', {
    platform: NODE_PLATFORM,
    origin: 'https://b.example',
  });
  const server = new ServerProtocol({ platform: NODE_PLATFORM, origins: ['https://a.example'] });
  client.sendRequest(client.connect());
  talk(client, server, random);
  assert.equal(client.handshakeException?.message, 'server rejected WebSocket connection: HTTP 403');
  assert.equal(server.handshakeException?.message, 'invalid Origin header: https://b.example');
  assert.deepEqual([client.state, server.state], [State.CLOSED, State.CLOSED]);
});
