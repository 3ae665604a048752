import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTransport } from '../../../src/main/websocket-client/open-transport.ts';
import { rawServer } from '../../support/raw-server.ts';

const redirect = (location: string): string =>
  `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;

test('an opening is ended by its signal, whenever that comes', async () => {
  await using server = await rawServer({ script: () => {} });
  const late = new AbortController();
  setTimeout(() => late.abort(new Error('enough')), 20);
  for (const signal of [AbortSignal.abort(new Error('enough')), late.signal])
    await assert.rejects(openTransport(server.url, {}, { signal }), { message: 'enough' });
});

test('credentials stay away once a redirect has led elsewhere, even where another leads back', async () => {
  const requests: string[] = [];
  const urls: string[] = [];
  const script = (peer: {
    request: string;
    write(bytes: Uint8Array | string): Promise<void>;
    accept(): Buffer;
  }) => {
    requests.push(peer.request);
    const next = urls[requests.length - 1];
    return peer.write(next === undefined ? peer.accept() : redirect(next));
  };
  await using one = await rawServer({ script });
  await using other = await rawServer({ script });
  urls.push(other.url, one.url);
  const { transport, facts, headers } = await openTransport(one.url, { header: { Authorization: 'secret' } });
  assert.deepEqual(
    requests.map((request) => request.includes('secret')),
    [true, false, false],
  );
  assert.equal(facts.uri, one.url);
  assert.equal(headers['connection'], 'Upgrade');
  transport.abort();
});

test('the body of an answer without an upgrade, and a redirect that names no place, are the caller’s to see', async () => {
  await using server = await rawServer({
    script: (peer) => peer.write('HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nbody'),
  });
  await assert.rejects(openTransport(server.url, {}), {
    name: 'WebSocketBadStatusException',
    statusCode: 302,
    respBody: new Uint8Array(Buffer.from('body')),
  });
});
