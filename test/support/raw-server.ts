import { createHash } from 'node:crypto';
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TestCertificate } from './test-certificates.ts';
import { type ClientFrame, takeClientFrames } from './wire-frame.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** One client of a raw server, from the moment its request has been read. */
export interface RawPeer {
  readonly socket: Socket;
  /** The request, up to and including its empty line. */
  readonly request: string;
  /** Frames the client has sent. */
  readonly frames: readonly ClientFrame[];
  /** The answer that accepts the upgrade, with further header lines. */
  accept(...headers: string[]): Buffer;
  /** Writes and resolves when the bytes are with the kernel. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** Resolves with the first frame of this opcode, sent already or yet to come; undefined when the client is gone. */
  frame(opcode: number): Promise<ClientFrame | undefined>;
  /** Resolves when the client is gone. */
  readonly gone: Promise<void>;
}

export interface RawServerOptions {
  /** What happens on a connection once the request is read. Nothing is answered by itself. */
  readonly script: (peer: RawPeer) => void | Promise<void>;
  readonly tls?: TestCertificate;
  /** Keeps the script from waiting for a request: it begins as soon as the client is connected. */
  readonly atOnce?: boolean;
}

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** A server on loopback that says exactly the bytes its script says, and answers no frame by itself. */
export async function rawServer(options: RawServerOptions): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    runScript(socket, options);
  };
  const server =
    options.tls === undefined ? createPlainServer(serve) : createTlsServer({ ...options.tls }, serve);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  const url = options.tls === undefined ? `ws://127.0.0.1:${port}/` : `wss://localhost:${port}/`;
  return { port, url, close, [Symbol.asyncDispose]: close };
}

function runScript(socket: Socket, options: RawServerOptions): void {
  const frames: ClientFrame[] = [];
  const waiting: { opcode: number; resolve: (frame: ClientFrame | undefined) => void }[] = [];
  let request = '';
  let unread: Buffer = Buffer.alloc(0);
  const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const peer: RawPeer = {
    socket,
    get request() {
      return request;
    },
    frames,
    accept: (...headers) => acceptReply(request, headers),
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    frame: (opcode) => {
      const sent = frames.find((frame) => frame.opcode === opcode);
      if (sent !== undefined || socket.destroyed) return Promise.resolve(sent);
      return new Promise((resolve) => waiting.push({ opcode, resolve }));
    },
    gone,
  };
  const begin = (): void => {
    // A script that goes on after its client is gone has nothing left to say.
    Promise.resolve(options.script(peer)).catch((error) => {
      if (!socket.destroyed) throw error;
    });
  };
  if (options.atOnce) begin();
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    if (request === '') {
      const end = unread.indexOf('\r\n\r\n');
      if (end === -1) return;
      request = unread.toString('latin1', 0, end + 4);
      unread = unread.subarray(end + 4);
      if (!options.atOnce) begin();
    }
    const taken = takeClientFrames(unread);
    unread = taken.rest;
    frames.push(...taken.frames);
    for (const frame of taken.frames) {
      const index = waiting.findIndex(({ opcode }) => opcode === frame.opcode);
      if (index !== -1) waiting.splice(index, 1)[0]!.resolve(frame);
    }
  });
  gone.then(() => {
    for (const { resolve } of waiting) resolve(undefined);
  });
}

function acceptReply(request: string, headers: readonly string[]): Buffer {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...headers,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
