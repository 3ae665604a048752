import type { ConnectOptions } from '../../src/main/options/connect-options.ts';
import { connect } from '../../src/main/websockets/connect.ts';
import type { Connection } from '../../src/main/websockets/connection.ts';
import type { Message } from '../../src/main/websockets/transport.ts';
import { type RawPeer, type RawServer, rawServer } from './raw-server.ts';

/** A connection and who is at its other end: a server that says the bytes it is told to and nothing else. */
export interface ClientPair extends AsyncDisposable {
  readonly ws: Connection;
  readonly peer: RawPeer;
  readonly server: RawServer;
}

/** @param headers more lines of the answer to the handshake. */
export async function clientPair(
  options: ConnectOptions = {},
  headers: readonly string[] = [],
): Promise<ClientPair> {
  let peer: RawPeer | undefined;
  const server = await rawServer({
    script: (client) => {
      peer = client;
      return client.write(client.accept(...headers));
    },
  });
  const ws = await connect(server.url, { proxy: null, ...options });
  return {
    ws,
    peer: peer!,
    server,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await ws.waitClosed();
    },
  };
}

/** All messages until the end, shortened, and what the end was. */
export async function received(ws: Pick<Connection, 'recv'>): Promise<string[]> {
  const heard: string[] = [];
  for (;;) {
    try {
      heard.push(shown(await ws.recv()));
    } catch (error) {
      heard.push(String(error));
      return heard;
    }
  }
}

export const shown = (message: Message): string =>
  typeof message === 'string' ? message : `<${Buffer.from(message).toString('hex')}>`;

/** The code of a close frame's payload; undefined where there is none. */
export const codeOf = (frame: { readonly payload: Buffer } | undefined): number | undefined =>
  frame === undefined || frame.payload.length < 2 ? undefined : frame.payload.readUInt16BE(0);

/** Resolves when the server's writes are held up, or rejects when they never are. */
export async function writesUntilHeldUp(peer: RawPeer, chunk: Uint8Array, limit: number): Promise<number> {
  let written = 0;
  while (written < limit) {
    const wrote = peer.write(chunk).then(() => true);
    const held = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500));
    written++;
    if (!(await Promise.race([wrote, held]))) return written;
  }
  throw new Error(`nothing held up ${limit} writes`);
}
