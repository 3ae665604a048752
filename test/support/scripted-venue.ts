import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ScriptedVenue {
  readonly url: string;
  /** Requests received, in order, over all connections. */
  readonly requests: string[];
  /** Connections made so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A server that calls `play` with each connection's first request, and again with every further one. */
export async function scriptedVenue(
  play: (socket: WebSocket, request: string, nth: number) => void,
): Promise<ScriptedVenue> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const requests: string[] = [];
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    let nth = 0;
    socket.on('message', (data) => {
      requests.push(String(data));
      play(socket, String(data), nth++);
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    connections: () => connections,
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
