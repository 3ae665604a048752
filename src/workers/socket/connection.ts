import type { ClientRequest, IncomingMessage } from 'node:http';
import type { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ClientOptions, WebSocket } from 'ws';
import type { SocketOptions } from '../../shared/contract.ts';
import { FAULTS, type FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import type { Connection, ConnectionEvents } from '../feed-events.ts';
import { checkedUrl, secretsMasked } from './checked-url.ts';
import { brokenProtocol, type EndCause, handshakeFailure, lostConnection } from './connection-end.ts';
import { FastLane } from './fast-lane.ts';
import { connectSocket } from './read-socket.ts';
import { readBody, refusal } from './refusal.ts';

/**
 * Bytes that may wait when more is to be sent. A single message may be longer; where this much was waiting
 * before it already, the server does not read.
 */
export const OUTGOING_BYTES_MAX = 1024 * 1024;

/** ws keeps the limit in 32 bits, where more would mean none. */
const MAX_PAYLOAD_MAX = 2 ** 31 - 1;

/** From the last frame of a server until the connection is cut, should it not end by itself, milliseconds. */
const LINGER_MS = 1_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly socket: SocketOptions;
  /** From this call until the connection is open. */
  readonly connectTimeoutMs: number;
  readonly events: ConnectionEvents;
  /** Read once for every chunk of the socket. */
  readonly clock: () => MonotonicNs;
  /** Where chunks of the socket are read into; one of its own where left out. */
  readonly readBuffer?: Buffer;
  /** Cuts the connection, or the attempt. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to a WebSocket server. Whatever the server and the network do comes through `events`, and ends in
 * one `closed`, never before this call has returned.
 *
 * `send` and `ping` do nothing where the connection is not open. Messages that arrive after `close` are still
 * handed over, until the server has answered it or its time is up; those that wait for a `resume` then are not.
 *
 * @throws MisuseError where the URL, `maxPayload` or a header cannot work.
 */
export function openConnection(options: ConnectionOptions): Connection {
  const { socket, events } = options;
  const url = checkedUrl(options.url, socket.allowPlain ?? false);
  if (!(socket.maxPayload > 0 && socket.maxPayload <= MAX_PAYLOAD_MAX)) {
    throw new MisuseError(`Condition failed: maxPayload is above 0 and at most ${MAX_PAYLOAD_MAX}`);
  }
  const where = safeUrl(options.url);
  const masked = secretsMasked(url);

  /** The first reason to end is the one that is reported. */
  let cause: EndCause | undefined;
  let opened = false;
  let ended = false;
  let lingerTimer: NodeJS.Timeout | undefined;
  let closeTimer: NodeJS.Timeout | undefined;

  const lane = new FastLane({
    events,
    maxPayload: socket.maxPayload,
    clock: options.clock,
    over: linger,
  });

  const ws = openWebSocket(url, options, where, lane);

  const connectTimer = setTimeout(() => {
    const detail = `${where}: not open after ${options.connectTimeoutMs} ms; check the network, or raise connectTimeoutMs`;
    cut({ fault: FAULTS.CONNECT_TIMEOUT.id, detail, ours: false });
  }, options.connectTimeoutMs);

  ws.on('open', () => {
    // The lane has given up while ws was about to open.
    if (lane.destroyed) return;
    opened = true;
    clearTimeout(connectTimer);
    lane.beginFrames(ws.extensions !== '');
    events.opened();
  });
  ws.on('message', (message: Buffer, isBinary) => lane.takeFromWs(message, isBinary));
  ws.on('pong', () => events.pong());
  ws.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
    if (cause !== undefined) return;
    // Known from here on, should the body never end.
    cause = refusal(response, where, '');
    readBody(response, (body) => {
      cause = refusal(response, where, body);
      cut(cause);
    });
  });
  ws.on('error', (error) => {
    cause ??= opened ? brokenProtocol(error) : handshakeFailure(error, where);
    lane.discard();
    linger();
  });
  ws.on('close', (code, reason) => {
    if (ended) return;
    ended = true;
    clearTimeout(connectTimer);
    clearTimeout(lingerTimer);
    clearTimeout(closeTimer);
    options.signal?.removeEventListener('abort', onAbort);
    const text = reason.toString();
    const end = cause ?? lostConnection(code, text, lane.socketError);
    events.closed({ ...end, code, detail: masked(end.detail) });
  });

  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();

  function onAbort(): void {
    cut({ fault: FAULTS.NONE.id, detail: 'aborted', ours: true });
  }

  function cut(reason: EndCause): void {
    cause ??= reason;
    ws.terminate();
    lane.destroy();
  }

  function linger(): void {
    if (!ended) lingerTimer ??= setTimeout(() => lane.destroy(), LINGER_MS);
  }

  /** @returns whether more may be sent; cuts the connection where too much waits. */
  function mayGoOut(): boolean {
    if (ws.readyState !== WebSocket.OPEN) return false;
    if (ws.bufferedAmount <= OUTGOING_BYTES_MAX) return true;
    const detail = `the server does not read: more than ${OUTGOING_BYTES_MAX} bytes wait to be sent`;
    cut({ fault: FAULTS.PEER_NOT_READING.id, detail, ours: true });
    return false;
  }

  return {
    send(data) {
      if (mayGoOut()) ws.send(data);
    },
    get unsentBytes() {
      return ws.bufferedAmount;
    },
    ping() {
      // Behind so much it would say nothing that the missing pong does not say.
      if (ws.readyState === WebSocket.OPEN && ws.bufferedAmount <= OUTGOING_BYTES_MAX) ws.ping();
    },
    close(code, reason, timeoutMs) {
      if (ended || closeTimer !== undefined) return;
      // First, because it throws where code or reason may not be sent.
      ws.close(code, reason);
      cause ??= { fault: FAULTS.NONE.id, detail: reason, ours: true };
      closeTimer = setTimeout(() => lane.destroy(), timeoutMs);
    },
    terminate(fault: FaultCode, detail) {
      if (!ended) cut({ fault, detail, ours: true });
    },
    resume() {
      lane.resumeMessages();
    },
  };
}

/** @throws MisuseError where ws or http refuses what it was given. */
function openWebSocket(url: URL, opening: ConnectionOptions, where: string, lane: FastLane): WebSocket {
  const { socket, readBuffer } = opening;
  const secure = url.protocol === 'wss:';
  const address = {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
  };
  const connect = (): Duplex =>
    lane.attach(connectSocket(address, socket, (buffer, bytes) => lane.takeChunk(buffer, bytes), readBuffer));
  const options: ClientOptions & { readonly maxPendingAutoPongs: number } = {
    perMessageDeflate: socket.compression,
    maxPayload: socket.maxPayload,
    followRedirects: false,
    autoPong: true,
    // Unlimited here: the lane stops reading while pongs wait, and a limit would cut without a word.
    maxPendingAutoPongs: 0,
    ...(socket.headers === undefined ? {} : { headers: { ...socket.headers } }),
    // ws and http take any Duplex; only the types of ws ask for a Socket.
    createConnection: connect as unknown as typeof createConnection,
  };
  try {
    return new WebSocket(url, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MisuseError(`Condition failed: ${where} can be asked for with these options: ${why}`);
  }
}
