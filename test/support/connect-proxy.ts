import { connect, type Socket } from 'node:net';
import { type LoopbackServer, loopbackServer } from './loopback-server.ts';
import type { TestCertificate } from './test-certificates.ts';

export interface ConnectProxyOptions {
  /** An https:// proxy. */
  readonly tls?: TestCertificate;
  /** Refuses with 407 who does not say this. */
  readonly auth?: readonly [username: string, password: string];
}

export interface ConnectProxy extends LoopbackServer {
  /** The requests so far, with their empty lines. */
  readonly requests: readonly string[];
}

/** A proxy on loopback that takes CONNECT, and connects to 127.0.0.1 whatever host is named. */
export async function connectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const requests: string[] = [];
  const server = await loopbackServer(
    (client) => readHead(client, (head, rest) => answer(client, head, rest)),
    options.tls === undefined ? {} : { tls: { ...options.tls } },
  );
  return Object.assign(server, { requests });

  function answer(client: Socket, head: string, rest: Buffer): void {
    requests.push(head);
    const port = /^CONNECT \S+:(\d+) HTTP\/1\.1\r\n/.exec(head)?.[1];
    if (port === undefined) return void client.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n');
    if (options.auth !== undefined) {
      const expected = Buffer.from(options.auth.join(':')).toString('base64');
      if (!head.includes(`\r\nProxy-Authorization: Basic ${expected}\r\n`)) {
        return void client.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n',
        );
      }
    }
    joined(
      client,
      Number(port),
      rest,
      'HTTP/1.1 200 Connection established\r\n\r\n',
      'HTTP/1.1 502 Bad Gateway\r\n\r\n',
    );
  }
}

function readHead(socket: Socket, take: (head: string, rest: Buffer) => void): void {
  let read: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\r\n\r\n');
    if (end === -1) return;
    socket.off('data', onData);
    socket.pause();
    take(read.toString('latin1', 0, end + 4), read.subarray(end + 4));
  };
  socket.on('data', onData);
}

/** Connects a client to a port of this machine, tells it so, and lets both talk. */
export function joined(
  client: Socket,
  port: number,
  rest: Buffer,
  granted: string | Buffer,
  refused: string | Buffer,
): void {
  const upstream = connect({ host: '127.0.0.1', port });
  let connected = false;
  upstream.on('connect', () => {
    connected = true;
    client.write(granted);
    upstream.write(rest);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on('error', () => {
    if (connected) client.destroy();
    else client.end(refused);
  });
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => {
    if (connected) client.destroy();
  });
}
