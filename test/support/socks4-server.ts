import type { Socket } from 'node:net';
import { joined } from './connect-proxy.ts';
import { type LoopbackServer, loopbackServer } from './loopback-server.ts';

const GRANTED = Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]);
const REJECTED = Buffer.from([0, 91, 0, 0, 0, 0, 0, 0]);

export interface Socks4Server extends LoopbackServer {
  /** What was asked for: `host:port user`, the host as a name where the proxy is to look it up. */
  readonly requests: readonly string[];
}

/** A SOCKS4 and SOCKS4a proxy on loopback that connects to 127.0.0.1 whatever host is named. */
export async function socks4Server(options: { readonly user?: string } = {}): Promise<Socks4Server> {
  const requests: string[] = [];
  const server = await loopbackServer((client) => {
    let read: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk]);
      const request = parsed(read);
      if (request === undefined) return;
      client.off('data', onData);
      client.pause();
      answer(client, request);
    };
    client.on('data', onData);
  });
  return Object.assign(server, { requests });

  function answer(client: Socket, request: Request): void {
    requests.push(`${request.host}:${request.port} ${request.user}`);
    if (options.user !== undefined && request.user !== options.user) return void client.end(REJECTED);
    joined(client, request.port, request.rest, GRANTED, REJECTED);
  }
}

interface Request {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly rest: Buffer;
}

function parsed(bytes: Buffer): Request | undefined {
  const userEnd = bytes.indexOf(0, 8);
  if (bytes.length < 9 || userEnd === -1) return undefined;
  const port = bytes.readUInt16BE(2);
  const user = bytes.toString('utf8', 8, userEnd);
  const address = bytes.subarray(4, 8).join('.');
  if (!/^0\.0\.0\.[1-9]/.test(address))
    return { host: address, port, user, rest: bytes.subarray(userEnd + 1) };
  const nameEnd = bytes.indexOf(0, userEnd + 1);
  if (nameEnd === -1) return undefined;
  return {
    host: bytes.toString('utf8', userEnd + 1, nameEnd),
    port,
    user,
    rest: bytes.subarray(nameEnd + 1),
  };
}
