import { ConnectionClosed } from '../protocol/errors/connection-closed.ts';
import * as handshake from '../protocol/errors/handshake-errors.ts';
import { InvalidHeader, NegotiationError } from '../protocol/errors/header-errors.ts';
import * as general from '../protocol/errors/websocket-exception.ts';
import {
  ValueError,
  WebSocketAddressException,
  WebSocketBadStatusException,
  WebSocketConnectionClosedException,
  WebSocketException,
  WebSocketPayloadException,
  WebSocketProtocolException,
  WebSocketProxyException,
  WebSocketTimeoutException,
} from './exceptions.ts';
import { headersByName } from './response-headers.ts';

/** What getaddrinfo says where a name has no address: `EAI_` and a word, but for two that libuv renames. */
const NO_ADDRESS = /^(?:ENOTFOUND|ENODATA|EAI_[A-Z]+)$/;

/** What to say where a connection is used whose end this side has begun, and where it was the other one. */
const CLOSED_HERE = 'socket is already closed.';
const LOST = 'Connection to remote host was lost.';
const NO_PONG = 'ping/pong timed out';

/**
 * The error that a caller of this API expects in place of one of `protocol/errors`, which is kept as its cause.
 * What has no place here, errors of the system such as ECONNREFUSED and mistakes in our options, is given back
 * as it is, with its `code`.
 */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof WebSocketException) return error;
  const options: ErrorOptions = { cause: error };
  if (error instanceof handshake.InvalidStatus) return badStatus(error, options);
  if (error instanceof handshake.InvalidProxyStatus)
    return new WebSocketProxyException(
      `failed CONNECT via proxy status: ${error.response.statusCode}`,
      options,
    );
  if (error instanceof handshake.ProxyError || error instanceof handshake.InvalidProxy)
    return new WebSocketProxyException(error.message, options);
  if (error instanceof handshake.InvalidURI) return new ValueError(error.message, options);
  if (error instanceof InvalidHeader || error instanceof NegotiationError)
    return new WebSocketException('Invalid WebSocket Header', options);
  if (error instanceof ConnectionClosed) return closed(error, options);
  return ofItsKind(error, options) ?? error;
}

function badStatus({ response }: handshake.InvalidStatus, options: ErrorOptions): WebSocketException {
  const { statusCode, reasonPhrase, headers, body } = response;
  return new WebSocketBadStatusException(
    // Neither headers nor body, which the original puts here: both may have secrets, and both are fields.
    `Handshake status ${statusCode} ${reasonPhrase}`.trimEnd(),
    statusCode,
    reasonPhrase,
    headersByName(headers),
    body.length === 0 ? null : body,
    options,
  );
}

/** Why a connection ended decides; where nobody broke a rule or a time, it just was closed. */
function closed(error: ConnectionClosed, options: ErrorOptions): WebSocketException {
  const { cause } = error;
  if (cause instanceof general.WebSocketTimeout) return new WebSocketTimeoutException(NO_PONG, options);
  const why = cause instanceof Error ? brokenRule(cause, options) : undefined;
  if (why !== undefined) return why;
  const closedHere = error.sent !== undefined && error.rcvdThenSent !== true;
  return new WebSocketConnectionClosedException(closedHere ? CLOSED_HERE : LOST, options);
}

function ofItsKind(error: Error, options: ErrorOptions): Error | undefined {
  const broken = brokenRule(error, options);
  if (broken !== undefined) return broken;
  if (error instanceof general.WebSocketTimeout || codeOf(error) === 'ETIMEDOUT')
    return new WebSocketTimeoutException(error.message, options);
  if (NO_ADDRESS.test(codeOf(error))) return new WebSocketAddressException(error.message, options);
  // A server that ends the connection before it has answered: the handshake is no HTTP, for want of any.
  if (error instanceof general.EOFError || error.cause instanceof general.EOFError)
    return new WebSocketConnectionClosedException(LOST, options);
  if (error instanceof general.WebSocketException) return new WebSocketException(error.message, options);
  return undefined;
}

function brokenRule(error: Error, options: ErrorOptions): WebSocketException | undefined {
  if (error instanceof general.ProtocolError) return new WebSocketProtocolException(error.message, options);
  if (error instanceof general.PayloadTooBig) return new WebSocketPayloadException(error.message, options);
  if (error instanceof general.UnicodeDecodeError)
    return new WebSocketPayloadException(`cannot decode: ${error.message}`, options);
  return undefined;
}

function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
