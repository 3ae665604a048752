import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface LoopbackServer extends AsyncDisposable {
  /** 0 of a Unix socket. */
  readonly port: number;
  /** The TCP connections so far, in their order; those under TLS too. */
  readonly accepted: readonly Socket[];
  /** The connection with this index, made already or yet to come. */
  connection(index?: number): Promise<Socket>;
  /** Resolves when the connection with this index, made already or yet to come, is closed. */
  closed(index?: number): Promise<void>;
}

export interface LoopbackOptions {
  readonly tls?: TlsOptions;
  /** A Unix socket in place of a port. */
  readonly path?: string;
  readonly host?: string;
}

/** A server on loopback that knows its connections. `serve` is given each, under TLS once that is agreed on. */
export async function loopbackServer(
  serve: (socket: Socket) => void,
  { tls, path, host = '127.0.0.1' }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const accepted: Socket[] = [];
  const closes: Promise<void>[] = [];
  const waiting: (() => void)[] = [];
  const listened = (socket: Socket): void => {
    socket.on('error', () => {});
    serve(socket);
  };
  const server: Server = tls === undefined ? createPlainServer(listened) : createTlsServer(tls, listened);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    accepted.push(socket);
    closes.push(new Promise((resolve) => socket.on('close', () => resolve())));
    for (const look of waiting.splice(0)) look();
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    if (path === undefined) server.listen(0, host, resolve);
    else server.listen(path, resolve);
  });
  const connection = async (index = 0): Promise<Socket> => {
    while (accepted.length <= index) await new Promise<void>((resolve) => waiting.push(resolve));
    return accepted[index]!;
  };
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    accepted,
    connection,
    closed: async (index = 0) => {
      await connection(index);
      await closes[index];
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of accepted) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends back whatever comes. */
export const echo = (socket: Socket): void => void socket.pipe(socket);

/** Writes a text and reads as many bytes as it has, of an echo. */
export async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return readText(socket, Buffer.byteLength(text));
}

/** The next bytes of a socket as text; what came behind them is put back. */
export function readText(socket: Socket, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const onReadable = (): void => {
      const read = socket.read(bytes) as Buffer | null;
      if (read !== null) end(() => resolve(read.toString()));
    };
    const onClose = (): void => end(() => reject(new Error('the socket closed before all was read')));
    const end = (settle: () => void): void => {
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      settle();
    };
    socket.on('readable', onReadable);
    socket.on('close', onClose);
    onReadable();
  });
}
