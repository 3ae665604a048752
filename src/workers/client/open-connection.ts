import type { Socket } from 'node:net';
import type { ConnectPlan, OpenedFacts } from '../../shared/client/client-contract.ts';
import { NODE_PLATFORM } from '../../shared/node/node-platform.ts';
import { ClientProtocol } from '../../shared/protocol/client-protocol.ts';
import { ClientPermessageDeflateFactory } from '../../shared/protocol/deflate-negotiation.ts';
import { InvalidStatus } from '../../shared/protocol/errors/handshake-errors.ts';
import { WebSocketTimeout } from '../../shared/protocol/errors/websocket-exception.ts';
import { Frame } from '../../shared/protocol/frame.ts';
import { Headers } from '../../shared/protocol/handshake/headers.ts';
import { Request, type Response } from '../../shared/protocol/handshake/message.ts';
import { parseUri } from '../../shared/protocol/handshake/uri.ts';
import { State } from '../../shared/protocol/protocol.ts';
import type { ProxyServer } from '../../shared/proxy/proxy-server.ts';
import { resolveProxy } from '../../shared/proxy/resolve-proxy.ts';
import { dial, type SocketReading } from '../dial/dial.ts';
import { redirectOf } from '../dial/redirects.ts';
import { HeadEnd } from '../socket/head-end.ts';

/** A connection that is open, before any frame was read. */
export interface OpenedConnection {
  readonly socket: Socket;
  readonly protocol: ClientProtocol;
  readonly facts: OpenedFacts;
}

/** Where the bytes of the connection go, from its first one on. */
export interface ConnectionReading {
  readonly buffer: Buffer;
  /** What comes behind the opening handshake, as `SocketReading` has it. */
  frames(bytes: Buffer, from: number, to: number): boolean;
}

/**
 * Opens a connection: the socket, the proxy, TLS, the opening handshake, and all of that again where the
 * server sends us elsewhere. Rejects with why it could not; then no socket is left open.
 */
export async function openConnection(
  plan: ConnectPlan,
  reading: ConnectionReading,
  abort: AbortSignal,
): Promise<OpenedConnection> {
  const { openTimeoutMs } = plan;
  if (openTimeoutMs === null) return await follow(plan, reading, abort);
  const deadline = new AbortController();
  const late = (): void => deadline.abort(new WebSocketTimeout('timed out during opening handshake'));
  const timer = setTimeout(late, openTimeoutMs);
  try {
    return await follow(plan, reading, AbortSignal.any([abort, deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function follow(
  plan: ConnectPlan,
  reading: ConnectionReading,
  signal: AbortSignal,
): Promise<OpenedConnection> {
  let { uri, headers } = plan;
  const byHand =
    plan.host === undefined && plan.port === undefined && plan.path === undefined ? undefined : 'address';
  for (let followed = 0; ; followed++) {
    try {
      return await openOne(plan, uri, headers, reading, signal);
    } catch (error) {
      if (!(error instanceof InvalidStatus) || !plan.followsRedirects) throw error;
      const next = redirectOf(
        error.response as Response,
        { uri, headers, followed, byHand },
        plan.redirectsMax,
      );
      if (next === undefined) throw error;
      ({ uri, headers } = next);
    }
  }
}

async function openOne(
  plan: ConnectPlan,
  address: string,
  headers: ConnectPlan['headers'],
  reading: ConnectionReading,
  signal: AbortSignal,
): Promise<OpenedConnection> {
  const uri = parseUri(address);
  const protocol = new ClientProtocol(uri, {
    platform: NODE_PLATFORM,
    origin: plan.origin,
    maxSize: plan.maxSize,
    extensions: plan.compression ? [new ClientPermessageDeflateFactory()] : undefined,
    subprotocols: plan.subprotocols.length > 0 ? plan.subprotocols : undefined,
    additionalHeaders: headers,
    limits: plan.limits,
    checksText: plan.checksText,
    acceptsMasked: plan.acceptsMasked,
    key: plan.request?.headers.find(([name, value]) => isKey(name) && value !== '')?.[1],
    takesAnySubprotocol: plan.request !== undefined,
  });
  const request = requestOf(plan, protocol);
  const handshake = new Handshake(protocol, reading);
  const { socket } = await dial(
    uri,
    {
      host: plan.host,
      port: plan.port,
      path: plan.path,
      localAddress: plan.localAddress,
      tls: plan.tls,
      proxyTls: plan.proxyTls,
      userAgent: plan.userAgent ?? undefined,
      proxy: isProxy(plan.proxy) ? plan.proxy : resolveProxy(uri, plan.proxy, plan.env),
      proxyTimeoutMs: plan.proxyTimeoutMs,
      noDelay: plan.noDelay,
      keepAliveMs: plan.keepAliveMs,
    },
    { signal, reading: handshake },
  );
  const response = await handshake.run(socket, request, signal);
  return { socket, protocol, facts: factsOf(address, protocol, socket, request, response) };
}

const isKey = (name: string): boolean => name.toLowerCase() === 'sec-websocket-key';

const isProxy = (proxy: ConnectPlan['proxy']): proxy is ProxyServer =>
  typeof proxy === 'object' && proxy !== null;

function requestOf({ request: whole, userAgent }: ConnectPlan, protocol: ClientProtocol): Request {
  if (whole !== undefined) {
    const headers = whole.headers.map(([name, value]) => [name, isKey(name) ? protocol.key : value] as const);
    return new Request(whole.path, new Headers(headers));
  }
  const request = protocol.connect();
  if (userAgent !== null && !request.headers.has('User-Agent')) request.headers.add('User-Agent', userAgent);
  return request;
}

/** The opening handshake on a socket: its bytes go to the protocol, those behind it to whoever reads frames. */
class Handshake implements SocketReading {
  readonly buffer: Buffer;
  readonly #protocol: ClientProtocol;
  readonly #reading: ConnectionReading;
  readonly #headEnd = new HeadEnd();
  #isOver = false;
  #response: Response | undefined;
  #settle: () => void = () => undefined;

  constructor(protocol: ClientProtocol, reading: ConnectionReading) {
    this.#protocol = protocol;
    this.#reading = reading;
    this.buffer = reading.buffer;
  }

  /** Resolves when the connection is open. Rejects, the socket destroyed, where it will not be. */
  run(socket: Socket, request: Request, signal: AbortSignal): Promise<Response> {
    const protocol = this.#protocol;
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        this.#isOver = true;
        socket.off('end', ended).off('close', ended).off('error', end);
        signal.removeEventListener('abort', aborted);
        if (error === undefined) resolve(this.#response!);
        else {
          // Whoever reads the socket no more does not care how it ends.
          socket.on('error', () => undefined).destroy();
          reject(error);
        }
      };
      const aborted = (): void => end(signal.reason as Error);
      const ended = (): void => {
        protocol.receiveEof();
        this.#settle();
      };
      this.#settle = () => {
        if (protocol.handshakeException !== undefined) end(protocol.handshakeException);
        else if (protocol.state === State.OPEN) end();
      };
      socket.on('end', ended).on('close', ended).on('error', end);
      signal.addEventListener('abort', aborted);
      if (signal.aborted) aborted();
      else if (socket.destroyed) ended();
      else {
        socket.resume();
        protocol.sendRequest(request);
        for (const bytes of protocol.dataToSend()) socket.write(bytes);
        // A server that speaks before it is spoken to has been read already.
        this.#settle();
      }
    });
  }

  take(bytes: Buffer, length: number): boolean {
    if (this.#isOver) return this.#reading.frames(bytes, 0, length);
    const protocol = this.#protocol;
    // Byte for byte only up to the end of the head: what is behind it belongs to the protocol where it refuses.
    const headEnd = this.#headEnd.find(bytes, 0, length);
    const upTo = headEnd < 0 ? length : headEnd;
    protocol.receiveData(Uint8Array.prototype.slice.call(bytes, 0, upTo));
    if (upTo < length && protocol.state !== State.OPEN)
      protocol.receiveData(Uint8Array.prototype.slice.call(bytes, upTo, length));
    for (const event of protocol.eventsReceived()) if (!(event instanceof Frame)) this.#response = event;
    if (protocol.state !== State.OPEN) {
      this.#settle();
      return true;
    }
    this.#isOver = true;
    this.#settle();
    return upTo === length || this.#reading.frames(bytes, upTo, length);
  }
}

function factsOf(
  uri: string,
  { subprotocol }: ClientProtocol,
  { localAddress, localPort, remoteAddress, remotePort }: Socket,
  request: Request,
  response: Response,
): OpenedFacts {
  return {
    uri,
    subprotocol,
    localAddress: localAddress === undefined ? undefined : [localAddress, localPort ?? 0],
    remoteAddress: remoteAddress === undefined ? undefined : [remoteAddress, remotePort ?? 0],
    request: { path: request.path, headers: [...request.headers] },
    response: {
      statusCode: response.statusCode,
      reasonPhrase: response.reasonPhrase,
      headers: [...response.headers],
    },
  };
}
