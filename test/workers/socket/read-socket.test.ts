import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSocket, READ_BYTES } from '../../../src/workers/socket/read-socket.ts';
import { rawServer } from '../../support/raw-server.ts';
import { LOCALHOST } from '../../support/test-certificates.ts';

const SENT = Buffer.from(Array.from({ length: 500_000 }, (_, i) => i % 251));

for (const tls of [undefined, LOCALHOST]) {
  test(`${tls === undefined ? 'plain' : 'TLS'}: every chunk lies in one buffer, and a false stops reading until resume`, async () => {
    await using server = await rawServer({
      script: (peer) => void peer.socket.end(SENT),
      atOnce: true,
      ...(tls === undefined ? {} : { tls }),
    });
    const chunks: Buffer[] = [];
    const buffers = new Set<Buffer>();
    const address = { secure: tls !== undefined, host: 'localhost', port: server.port };
    const socket = connectSocket(
      address,
      { maxPayload: 1, compression: false, ca: LOCALHOST.cert },
      (buffer, bytes) => {
        buffers.add(buffer);
        chunks.push(Buffer.from(buffer.subarray(0, bytes)));
        setImmediate(() => socket.resume());
        return false;
      },
    );
    await new Promise((resolve, reject) => socket.on('end', resolve).on('error', reject));
    socket.destroy();
    assert.deepEqual(
      [...buffers].map(({ length }) => length),
      [READ_BYTES],
    );
    assert.ok(Buffer.concat(chunks).equals(SENT));
  });
}
