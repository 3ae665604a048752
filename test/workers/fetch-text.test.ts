import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fetchText } from '../../src/workers/fetch-text.ts';

/** A server on this machine for one test. */
async function withServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  play: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await play(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('an answer is its status and text, whatever the status', async () => {
  await withServer(
    (request, response) => {
      const status = request.url === '/known?a=b' ? 200 : 429;
      response.writeHead(status, { 'retry-after': '7' }).end('…words');
    },
    async (url) => {
      assert.deepEqual(await fetchText(`${url}/known?a=b`, 2_000), {
        status: 200,
        text: '…words',
        retryAfterS: 7,
      });
      assert.equal((await fetchText(`${url}/other`, 2_000)).status, 429);
    },
  );
});

test('a redirect is followed within the host, and nowhere else', async () => {
  await withServer(
    (request, response) => {
      const to = { '/here': '/there', '/away': 'https://example.com/there', '/round': '/round' }[
        request.url!
      ];
      if (to === undefined) response.end('arrived');
      else response.writeHead(302, { location: to }).end();
    },
    async (url) => {
      assert.equal((await fetchText(`${url}/here`, 2_000)).text, 'arrived');
      await assert.rejects(fetchText(`${url}/away`, 2_000), /another host/);
      await assert.rejects(fetchText(`${url}/round`, 2_000), /more than 3 redirects/);
    },
  );
});

test('an answer that is too long is not read to its end', async () => {
  await withServer(
    (_request, response) => {
      const part = Buffer.alloc(1 << 20);
      const send = (): void => {
        while (!response.destroyed && response.write(part));
        response.once('drain', send);
      };
      send();
    },
    (url) => assert.rejects(fetchText(url, 10_000), /an answer of more than 16777216 bytes/),
  );
});

test('a server that does not answer, or stops in the middle, is not waited for', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/half') response.writeHead(200, { 'content-length': '100' }).write('half');
    },
    async (url) => {
      await assert.rejects(fetchText(`${url}/never`, 100), /no answer within 100 ms/);
      await assert.rejects(fetchText(`${url}/half`, 100), /no answer within 100 ms/);
    },
  );
});

test('where nobody listens, the reason is told', async () => {
  await assert.rejects(fetchText('http://127.0.0.1:1/', 2_000), /ECONNREFUSED|bad port/);
});

test('nothing is asked unencrypted of another machine', async () => {
  await assert.rejects(fetchText('http://example.com/', 2_000), /expected https:/);
});
