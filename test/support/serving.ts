import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { ServeOptions, ServerLogger } from '../../src/main/options/serve-options.ts';
import { serve } from '../../src/main/websockets/server/serve.ts';
import type { Handler, Server } from '../../src/main/websockets/server/server.ts';
import type { ServerConnection } from '../../src/main/websockets/server/server-connection.ts';
import { FrameHeader } from '../../src/shared/protocol/frame-header.ts';
import { EXAMPLE_KEY } from './handshakes.ts';

/** Keeps what a server says: level, message, and the message of the error. */
export class ListLog implements ServerLogger {
  readonly lines: string[] = [];
  debug = (fields: object, message: string): void => this.#keep('debug', fields, message);
  info = (fields: object, message: string): void => this.#keep('info', fields, message);
  warn = (fields: object, message: string): void => this.#keep('warn', fields, message);
  error = (fields: object, message: string): void => this.#keep('error', fields, message);

  /** Those of warnings and errors. */
  get complaints(): readonly string[] {
    return this.lines.filter((line) => !/^(debug|info)/.test(line));
  }

  #keep(level: string, fields: object, message: string): void {
    const { err } = fields as { readonly err?: unknown };
    this.lines.push(`${level}: ${message}${err instanceof Error ? ` (${err.message})` : ''}`);
  }
}

export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  readonly log: ListLog;
}

/** A server on loopback that ends with the test. */
export async function serving(t: TestContext, handler: Handler, options: ServeOptions = {}): Promise<Served> {
  const log = new ListLog();
  const server = await serve(handler, '127.0.0.1', 0, { logger: log, closeTimeout: 0.2, ...options });
  t.after(async () => {
    for (const connection of server.connections) void connection.close();
    await server.close();
  });
  const port = server.port ?? 0;
  return { server, port, url: `${options.tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}/`, log };
}

/** Sends back whatever comes. */
export const echoing = async (connection: ServerConnection): Promise<void> => {
  for await (const message of connection) await connection.send(message);
};

/** A server's side of connections, for tests that act on both: each `next` is the next that is opened. */
export class Visitors {
  readonly #come: ServerConnection[] = [];
  readonly #wanted: ((connection: ServerConnection) => void)[] = [];

  /** Keeps each connection until it ends. */
  readonly handler = async (connection: ServerConnection): Promise<void> => {
    const wanted = this.#wanted.shift();
    if (wanted === undefined) this.#come.push(connection);
    else wanted(connection);
    await connection.waitClosed();
  };

  next(): Promise<ServerConnection> {
    const come = this.#come.shift();
    return come === undefined ? new Promise((resolve) => this.#wanted.push(resolve)) : Promise.resolve(come);
  }
}

/** A client of ws once it is open, with its end to be waited for. */
export async function visit(url: string, ...rest: [protocols?: string[], options?: object]) {
  const [protocols = [], options = {}] = rest;
  const ws = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
  const ended = new Promise<readonly [code: number, reason: string]>((resolve) =>
    ws.on('close', (code, reason) => resolve([code, reason.toString()])),
  );
  ws.on('error', () => {});
  const messages: string[] = [];
  const waiting: (() => void)[] = [];
  ws.on('message', (data, isBinary) => {
    messages.push(isBinary ? `0x${(data as Buffer).toString('hex')}` : String(data));
    waiting.shift()?.();
  });
  const message = async (): Promise<string> => {
    if (messages.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return messages.shift()!;
  };
  await new Promise((resolve, reject) => ws.on('open', resolve).on('close', reject));
  return { ws, ended, message };
}

/** What a client sends to open a connection. */
export const upgradeRequest = (headers: readonly string[] = []): string =>
  [
    'GET /chat?a=b HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${EXAMPLE_KEY}`,
    'Sec-WebSocket-Version: 13',
    ...headers,
    '',
    '',
  ].join('\r\n');

/** What a server has said, and whether it has ended. */
export interface Said {
  /** The head of its response, and a body. */
  readonly head: string;
  /** `opcode:payload`, with a `+` behind the opcode of what is not the end of its message. */
  readonly frames: readonly string[];
}

/** A client that says the bytes it is told, and answers nothing by itself. */
export class BareClient {
  readonly socket: Socket;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  #bytes = Buffer.alloc(0);
  #look: () => void = () => undefined;

  constructor(port: number, firstBytes = '') {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#look();
    });
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    void this.closed.then(() => this.#look());
    this.socket.write(firstBytes);
  }

  /** Waits until the server has said so much, or has ended. */
  async said(isEnough: (said: Said) => boolean = () => false): Promise<Said> {
    for (;;) {
      const said = this.#read();
      if (this.socket.destroyed || isEnough(said)) return said;
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }

  /** Resolves when the connection is open. */
  async opened(): Promise<this> {
    const { head } = await this.said(({ head }) => head.includes('\r\n\r\n'));
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(head);
    return this;
  }

  #read(): Said {
    const end = this.#bytes.indexOf('\r\n\r\n');
    const head = end < 0 ? this.#bytes : this.#bytes.subarray(0, end + 4);
    const isOpen = head.toString().startsWith('HTTP/1.1 101 ');
    if (end < 0 || !isOpen) return { head: this.#bytes.toString('latin1'), frames: [] };
    const frames: string[] = [];
    const header = new FrameHeader();
    let at = head.length;
    while (header.read(this.#bytes, at, this.#bytes.length)) {
      const from = at + header.headerLength;
      if (from + header.payloadLength > this.#bytes.length) break;
      at = from + header.payloadLength;
      const payload = this.#bytes.subarray(from, at);
      const shown =
        header.opcode === 8 && payload.length >= 2
          ? `${payload.readUInt16BE()} ${payload.subarray(2)}`.trimEnd()
          : payload.toString();
      frames.push(`${header.opcode}${header.fin ? '' : '+'}:${shown}`);
    }
    return { head: head.toString('latin1'), frames };
  }
}
