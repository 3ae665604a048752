import type { TlsOptions } from 'node:tls';
import * as v from 'valibot';
import { MisuseError } from '../../shared/invariant.ts';
import type { HeadersLike } from '../../shared/protocol/handshake/headers.ts';
import type { Request, Response } from '../../shared/protocol/handshake/message.ts';
import { type HeaderOption, headerPairs } from './connect-options.ts';
import { checkHeaders } from './endpoint-options.ts';
import { check, expected, numberWithin, objectOf, oneOf, shown } from './option-rules.ts';

/** Where a server tells of what its users do not see. A pino logger is one. */
export interface ServerLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An answer over plain HTTP. A `Response` is one. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly reasonPhrase?: string;
  readonly headers?: HeadersLike;
  readonly body?: string | Uint8Array;
}

type Eventually<T> = T | Promise<T>;

/** Looks at a request before anything else does. What it returns is the answer; undefined goes on. */
export type ProcessRequest = (request: Request) => Eventually<HttpAnswer | undefined>;

/** Changes the response in place, or returns another. */
export type ProcessResponse = (
  request: Request,
  response: Response,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that changes it in place returns nothing
) => Eventually<Response | undefined | void>;

/** Options of `serve`. Times are seconds, null is no limit. */
export interface ServeOptions {
  /** Origins that may connect; null stands for a request that has none. Without a list any may. */
  readonly origins?: readonly (string | RegExp | null)[];
  /** The most wanted first. With a list, a client that offers none of them is refused. */
  readonly subprotocols?: readonly string[];
  /** Chooses instead, among what the client offers; undefined is none. A NegotiationError refuses the client. */
  readonly selectSubprotocol?: (offered: readonly string[], request: Request) => string | undefined;
  /** Answers requests that are for no WebSocket, such as health checks, and those that may not have one. */
  readonly processRequest?: ProcessRequest;
  readonly processResponse?: ProcessResponse;
  /** `deflate`, the default, accepts permessage-deflate. */
  readonly compression?: 'deflate' | null;
  /** Of responses that open a connection. */
  readonly additionalHeaders?: HeaderOption;
  /** null sends none. */
  readonly serverHeader?: string | null;
  /** From the acceptance of a TCP connection, over TLS, to the end of the opening handshake. 10. */
  readonly openTimeout?: number | null;
  /** Time between two pings of the keepalive. 20. */
  readonly pingInterval?: number | null;
  /** Time in which a ping of the keepalive is answered. 20. */
  readonly pingTimeout?: number | null;
  /** Time in which the client ends the connection after the closing handshake has begun. 10. */
  readonly closeTimeout?: number | null;
  /** Bytes of a message. 1 MiB. */
  readonly maxSize?: number | null;
  /**
   * Messages that wait to be taken: reading stops above `high` and goes on at `low`, a quarter of it where only
   * the first is given. What was in one read of the socket comes in whole. 16.
   */
  readonly maxQueue?: number | null | readonly [high: number | null, low: number | null];
  /** Bytes that wait to be sent above which `send` waits. 32 KiB. */
  readonly writeLimit?: number;
  /** TCP connections at the same time, those in their handshake included; more are closed at once. */
  readonly maxConnections?: number;
  /** Serves wss://. As `https.createServer` takes it. */
  readonly tls?: TlsOptions;
  /** A Unix socket to serve instead of a host and a port. */
  readonly path?: string;
  /** Connections that the kernel keeps while they wait to be accepted. */
  readonly backlog?: number;
  /** Where errors of handlers go; to standard error where left out, from the level of `RINGFEED_LOG` on. */
  readonly logger?: ServerLogger;
}

const seconds = v.optional(v.nullable(numberWithin(0, Number.POSITIVE_INFINITY, false)));
const messages = v.nullable(numberWithin(0, Number.POSITIVE_INFINITY));
const text = (what: string) => v.string(expected(what));
const call = v.optional(
  v.custom<() => unknown>((input) => typeof input === 'function', expected('a function')),
);
const holder = (what: string) =>
  v.optional(v.custom<object>((input) => typeof input === 'object' && input !== null, expected(what)));

const LOGGER_METHODS = ['debug', 'info', 'warn', 'error'] as const;

const ServeSchema = objectOf({
  origins: v.optional(
    v.array(
      v.nullable(v.union([v.string(), v.instance(RegExp)], expected('an origin, a RegExp or null'))),
      expected('a list of origins'),
    ),
  ),
  // A text would be a list of its letters.
  subprotocols: v.optional(v.array(text('a subprotocol'), expected('a list of subprotocols'))),
  selectSubprotocol: call,
  processRequest: call,
  processResponse: call,
  compression: v.optional(v.nullable(oneOf(['deflate']))),
  additionalHeaders: holder('headers'),
  serverHeader: v.optional(v.nullable(text('text or null'))),
  openTimeout: seconds,
  pingInterval: seconds,
  pingTimeout: seconds,
  closeTimeout: seconds,
  // ws keeps the limit in 32 bits.
  maxSize: v.optional(v.nullable(numberWithin(1, 2 ** 31 - 1))),
  maxQueue: v.optional(
    v.union(
      [messages, v.tuple([messages, messages])],
      expected('a number of messages, null, or [high, low]'),
    ),
  ),
  writeLimit: v.optional(numberWithin(0, 2 ** 30)),
  maxConnections: v.optional(numberWithin(1, Number.POSITIVE_INFINITY)),
  tls: holder('what https.createServer takes'),
  path: v.optional(text('the path of a Unix socket')),
  backlog: v.optional(numberWithin(1, 2 ** 31 - 1)),
  logger: v.optional(
    v.custom<object>(
      (input) =>
        typeof input === 'object' &&
        input !== null &&
        LOGGER_METHODS.every((name) => typeof (input as Record<string, unknown>)[name] === 'function'),
      expected('a logger with debug, info, warn and error'),
    ),
  ),
});

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkServeOptions(options: ServeOptions): void {
  check(ServeSchema, options, 'option ');
  const { additionalHeaders, serverHeader, maxQueue } = options;
  for (const [name, value] of headerPairs(additionalHeaders))
    checkHeaders({ [name]: value }, 'option additionalHeaders');
  if (typeof serverHeader === 'string') checkHeaders({ Server: serverHeader }, 'option serverHeader');
  const [high, low] = Array.isArray(maxQueue) ? (maxQueue as readonly (number | null)[]) : [];
  if (typeof high === 'number' && typeof low === 'number' && high < low)
    throw new MisuseError(
      `Condition failed: option maxQueue is [${shown(high)}, ${shown(low)}], allowed: high at least as much as low`,
    );
}
