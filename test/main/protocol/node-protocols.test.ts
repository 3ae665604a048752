import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClientPermessageDeflateFactory,
  ClientProtocol,
  Frame,
  OPCODE,
  Request,
  Response,
  ServerPermessageDeflateFactory,
  ServerProtocol,
  State,
} from '../../../src/main/protocol.ts';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';

type Either = ClientProtocol | ServerProtocol;

/** Carries what one side has to say to the other, as a network would. */
function carry(from: Either, to: Either): (Frame | Request | Response)[] {
  for (const bytes of from.dataToSend()) {
    if (bytes.length === 0) to.receiveEof();
    else to.receiveData(bytes);
  }
  return to.eventsReceived();
}

const text = (payload: string): Uint8Array => new TextEncoder().encode(payload);

test('both sides need no platform, and talk from the request to the end of the stream', () => {
  const client = new ClientProtocol('ws://localhost/chat', {
    extensions: [new ClientPermessageDeflateFactory()],
  });
  const server = new ServerProtocol({ extensions: [new ServerPermessageDeflateFactory()] });
  client.sendRequest(client.connect());
  const [request] = carry(client, server);
  assert.ok(request instanceof Request);
  server.sendResponse(server.accept(request));
  const [response] = carry(server, client);
  assert.ok(response instanceof Response);
  assert.deepEqual([client.state, server.state], [State.OPEN, State.OPEN]);
  assert.deepEqual(
    client.extensions.map(({ name }) => name),
    ['permessage-deflate'],
  );

  client.sendText(text('Hello world!'.repeat(10)));
  const [message] = carry(client, server);
  assert.ok(message instanceof Frame);
  assert.equal(message.opcode, OPCODE.text);
  assert.deepEqual(Buffer.from(message.data), Buffer.from('Hello world!'.repeat(10)));

  server.sendClose(1000, 'bye');
  carry(server, client);
  carry(client, server);
  carry(server, client);
  carry(client, server);
  assert.deepEqual([client.state, server.state], [State.CLOSED, State.CLOSED]);
  assert.deepEqual([client.closeCode, client.closeReason], [1000, 'bye']);
});

test('a platform of the caller is used in place of Node’s', () => {
  const platform = { ...NODE_PLATFORM, randomFill: (bytes: Uint8Array) => void bytes.fill(0) };
  const client = new ClientProtocol('ws://localhost/', { platform });
  assert.equal(client.key, 'AAAAAAAAAAAAAAAAAAAAAA==');
});
