import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as Listener, Socket } from 'node:net';
import { type Server as FrameServer, type ServerOptions, WebSocketServer } from 'ws';
import { CloseCode } from '../../../shared/protocol/close-code.ts';
import { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import { RequestLineTooLong, SecurityError } from '../../../shared/protocol/errors/handshake-errors.ts';
import type { Request, Response } from '../../../shared/protocol/handshake/message.ts';
import { latin1Text } from '../../../shared/text/latin1.ts';
import { checkClose } from '../payload.ts';
import { TIMER_MAX_MS } from '../waiting-time.ts';
import { answerWith, requestOf } from './http-answer.ts';
import { listen, type Place } from './listeners.ts';
import { OpeningDeadlines } from './opening-deadlines.ts';
import { type Judgement, RequestJudge } from './request-judge.ts';
import type { ServePlan } from './serve-plan.ts';
import { ServedSocket } from './served-socket.ts';
import { ServerConnection } from './server-connection.ts';
import { WsTransport } from './ws-transport.ts';

/** What is done with a connection. When it returns, the connection is closed. */
export type Handler = (connection: ServerConnection) => unknown;

export interface CloseOptions {
  /** 1001. */
  readonly code?: number;
  readonly reason?: string;
  /** false leaves connections open until their handlers are done with them. */
  readonly closeConnections?: boolean;
}

/** As memory for compression goes, half of zlib's usual amount per connection for hardly longer messages. */
const MEMORY_LEVEL = 5;
const SWITCHING_PROTOCOLS = 101;
const EXTENSIONS = 'Sec-WebSocket-Extensions: ';

/**
 * A WebSocket server. Made by `serve`.
 *
 * Runs on: main, or whichever thread serves; handlers run there as well.
 */
export class Server implements AsyncDisposable {
  readonly #plan: ServePlan;
  readonly #handler: Handler;
  readonly #judge: RequestJudge;
  readonly #deadlines: OpeningDeadlines;
  /** Reads requests. It listens nowhere itself. */
  readonly #http: HttpServer;
  /** Reads and writes frames. */
  readonly #frames: FrameServer<typeof ServedSocket>;
  /** By their requests, what connections are opened with. */
  readonly #opening = new WeakMap<IncomingMessage, Response>();
  readonly #connections = new Set<ServerConnection>();
  readonly #handlers = new Set<Promise<void>>();
  /** All there are, below TLS. */
  readonly #sockets = new Set<Socket>();
  #listeners: readonly Listener[] = [];
  #address: AddressInfo | string | null = null;
  #closing: Promise<void> | undefined;
  #closed: () => void = () => undefined;
  readonly #whenClosed: Promise<void>;

  /** @internal */
  constructor(handler: Handler, plan: ServePlan) {
    this.#handler = handler;
    this.#plan = plan;
    this.#judge = new RequestJudge(plan);
    this.#deadlines = new OpeningDeadlines(plan.openTimeoutMs);
    this.#frames = new WebSocketServer(framesOptions(plan));
    this.#frames.on('headers', (lines, message) => this.#writeHead(lines, message));
    // The deadline is for all of it; Node's times are for parts.
    const timeless = { requestTimeout: 0, headersTimeout: 0 };
    this.#http =
      plan.tls === undefined ? createHttpServer(timeless) : createHttpsServer({ ...plan.tls, ...timeless });
    this.#http.on('request', (message, response) => {
      void this.#judged(message).then((judgement) => {
        if (response.writable) answerWith(judgement.response, response);
      });
    });
    this.#http.on('upgrade', (message, socket, head) => void this.#upgrade(message, socket as Socket, head));
    this.#whenClosed = new Promise((resolve) => {
      this.#closed = resolve;
    });
  }

  /** @internal Rejects with the network's error. */
  async listen(place: Place): Promise<void> {
    this.#listeners = await listen(place, {
      isHalfOpen: this.#plan.tls === undefined,
      accept: (socket) => this.#accept(socket),
      failed: (error) => this.#plan.logger.error({ err: error }, 'a client could not be accepted'),
    });
    this.#address = this.#listeners[0]!.address();
  }

  /** Where it listens: the first address, or the path of a Unix socket. */
  address(): AddressInfo | string | null {
    return this.#address;
  }

  /** The port it listens at; undefined for a Unix socket. */
  get port(): number | undefined {
    return typeof this.#address === 'object' ? this.#address?.port : undefined;
  }

  /** Those that are open, or closing. */
  get connections(): ReadonlySet<ServerConnection> {
    return this.#connections;
  }

  /**
   * Closes the server: connections are closed, clients that still come are refused with 503, and once all
   * handlers are done nobody listens any more, which is when this resolves. Calling it again waits for the same.
   * A handler may call it but not wait for it.
   */
  async close({
    code = CloseCode.GOING_AWAY,
    reason = '',
    closeConnections = true,
  }: CloseOptions = {}): Promise<void> {
    // Before anything has begun: what cannot be sent is the caller's mistake.
    checkClose(code, reason);
    this.#closing ??= this.#drain();
    if (closeConnections)
      await Promise.all([...this.#connections].map((connection) => connection.close(code, reason)));
    await this.#closing;
  }

  /** Resolves when the server has been closed. */
  waitClosed(): Promise<void> {
    return this.#whenClosed;
  }

  /** Resolves when the server has been closed, which `signal` does as well. */
  async serveForever({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const close = (): void => void this.close();
    if (signal?.aborted === true) close();
    signal?.addEventListener('abort', close);
    await this.#whenClosed;
    signal?.removeEventListener('abort', close);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ---- From a socket to a connection.

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#plan.maxConnections) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Whoever reads it listens for errors. It may fail before or after.
    socket.on('error', () => {});
    this.#deadlines.begin(socket, this.#plan.tls !== undefined);
    this.#http.emit('connection', socket);
  }

  async #judged(message: IncomingMessage): Promise<Judgement & { readonly request?: Request }> {
    try {
      const request = requestOf(message, this.#plan.limits);
      return { ...(await this.#judge.judge(request)), request };
    } catch (error) {
      const text = error instanceof Error ? `${error.message}\n` : '';
      if (error instanceof RequestLineTooLong) return this.#judge.refusal(414, text);
      return this.#judge.refusal(error instanceof SecurityError ? 431 : 400, text);
    }
  }

  async #upgrade(message: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => {});
    const { request, response, subprotocol } = await this.#judged(message);
    if (request === undefined || response.statusCode !== SWITCHING_PROTOCOLS) return refuse(socket, response);
    // Looked at last: it may have begun while a function of the options took its time.
    if (this.#closing !== undefined) return refuse(socket, this.#judge.refusal(503, SHUTTING_DOWN).response);
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.#opening.set(message, response);
    this.#frames.handleUpgrade(message, socket, head, (ws) => {
      this.#deadlines.met(socket);
      const connection = new ServerConnection(
        new WsTransport(ws, socket, this.#plan),
        {
          request,
          response,
          subprotocol,
          localAddress: localAddress === undefined ? undefined : [localAddress, localPort ?? 0],
          remoteAddress: remoteAddress === undefined ? undefined : [remoteAddress, remotePort ?? 0],
        },
        this.#plan.logger,
      );
      const handled = this.#handle(connection).finally(() => this.#handlers.delete(handled));
      this.#handlers.add(handled);
    });
  }

  /** @param lines what ws would write. Of those, it alone knows what compression has been agreed on. */
  #writeHead(lines: string[], message: IncomingMessage): void {
    const response = this.#opening.get(message)!;
    const extensions = lines.find((line) => line.startsWith(EXTENSIONS));
    if (extensions !== undefined)
      response.headers.add('Sec-WebSocket-Extensions', extensions.slice(EXTENSIONS.length));
    const head = latin1Text(response.serialize()).split('\r\n');
    // ws ends the head itself.
    lines.splice(0, lines.length, ...head.slice(0, -2));
  }

  // ---- From a connection to its end.

  async #handle(connection: ServerConnection): Promise<void> {
    const { logger } = this.#plan;
    this.#connections.add(connection);
    void connection.waitClosed().then(() => this.#connections.delete(connection));
    logger.debug({ id: connection.id, remoteAddress: connection.remoteAddress }, 'connection open');
    try {
      await this.#handler(connection);
      await connection.close();
    } catch (error) {
      // A client that has gone is no mistake of the handler's: `recv` and `send` tell it so.
      const isEnd = error instanceof ConnectionClosed && error === connection.closeInfo;
      if (isEnd) logger.debug({ err: error, id: connection.id }, 'connection ended under its handler');
      else logger.error({ err: error, id: connection.id }, 'connection handler failed');
      await connection.close(CloseCode.INTERNAL_ERROR);
    }
  }

  /** Waits for the handlers, and listens no more. */
  async #drain(): Promise<void> {
    await Promise.all(this.#handlers);
    const ended = this.#listeners.map(
      (listener) => new Promise<void>((resolve) => listener.close(() => resolve())),
    );
    // Those that have no connection, and whom none is waited for.
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(ended);
    this.#http.close();
    this.#closed();
  }
}

const SHUTTING_DOWN = 'Failed to open a WebSocket connection: server is shutting down.\n';

function refuse(socket: Socket, response: Response): void {
  socket.once('finish', () => socket.destroy());
  socket.end(response.serialize());
}

const framesOptions = (plan: ServePlan): ServerOptions<typeof ServedSocket> & { closeTimeout: number } => ({
  noServer: true,
  clientTracking: false,
  WebSocket: ServedSocket,
  // A client that pings more often than it reads has its newest ping answered, instead of being cut off.
  autoPong: false,
  maxPayload: plan.maxSize ?? 0,
  closeTimeout: plan.closeTimeoutMs ?? TIMER_MAX_MS,
  // The subprotocol is decided on already.
  handleProtocols: () => false,
  perMessageDeflate: plan.compression
    ? { serverNoContextTakeover: true, zlibDeflateOptions: { memLevel: MEMORY_LEVEL } }
    : false,
});
