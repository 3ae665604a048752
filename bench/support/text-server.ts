/**
 * A process of its own that sends texts as fast as they are read: `?messages=1000&bytes=190`, then closes with
 * 1000. All frames are made beforehand and written many at a time.
 *
 * Ends by itself when its parent is gone.
 */

import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { serializeFrame } from '../../src/shared/protocol/frame.ts';
import { OPCODE } from '../../src/shared/protocol/frame-header.ts';

/** Messages written at once: about 190 KB of the usual ones. */
const MESSAGES_PER_WRITE = 1024;
const DIGITS = 10;

/** Frames one after the other, each text beginning with its number. */
function blockOf(bytes: number): Buffer {
  const frames = Array.from({ length: MESSAGES_PER_WRITE }, (_, n) => {
    const text = String(n).padStart(DIGITS, '0').padEnd(bytes, 'x').slice(0, bytes);
    return serializeFrame(OPCODE.text, Buffer.from(text), true, 0, undefined);
  });
  return Buffer.concat(frames);
}

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer();
server.on('upgrade', (request, socket: Socket, head) => {
  socket.setNoDelay(true);
  const query = new URL(request.url ?? '/', 'ws://localhost').searchParams;
  const block = blockOf(Number(query.get('bytes')));
  webSockets.handleUpgrade(request, socket, head, (ws) => {
    let left = Number(query.get('messages'));
    ws.on('error', () => undefined);
    const write = (): void => {
      if (left === 0) {
        ws.close(1000);
        return;
      }
      const messages = Math.min(left, MESSAGES_PER_WRITE);
      left -= messages;
      socket.write(block.subarray(0, (block.length / MESSAGES_PER_WRITE) * messages), write);
    };
    write();
  });
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
