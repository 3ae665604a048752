import * as v from 'valibot';
import { MisuseError } from '../../shared/invariant.ts';
import type { TlsSettings } from '../../shared/proxy/dial-options.ts';
import { checkHeaders } from './endpoint-options.ts';
import { check, expected, numberWithin, objectOf, oneOf, shown } from './option-rules.ts';

/** Headers by name; several values of one name as pairs, in a list or any other iterable. */
export type HeaderOption =
  | Readonly<Record<string, string>>
  | Iterable<readonly [name: string, value: string]>;

/** Options of `connect` and `connectSync`. Times are seconds, null is no limit. */
export interface ConnectOptions {
  readonly origin?: string;
  /** Offered, the most wanted first. */
  readonly subprotocols?: readonly string[];
  /** `deflate`, the default, offers permessage-deflate. */
  readonly compression?: 'deflate' | null;
  readonly additionalHeaders?: HeaderOption;
  /** null sends none. */
  readonly userAgentHeader?: string | null;
  /** true, the default: as the environment says; null: none; or the URL of one. */
  readonly proxy?: string | true | null;
  /** From the first step to the end of the opening handshake. 10. */
  readonly openTimeout?: number | null;
  /** Time between two pings of the keepalive. 20. */
  readonly pingInterval?: number | null;
  /** Time in which a ping of the keepalive is answered. 20. */
  readonly pingTimeout?: number | null;
  /** Time in which the server ends the connection after the closing handshake has begun. 10. */
  readonly closeTimeout?: number | null;
  /** Bytes of a message, or of a message and of each frame. 1 MiB. */
  readonly maxSize?: number | null | readonly [message: number | null, fragment: number | null];
  /**
   * Messages that wait to be taken: reading stops above `high` and goes on at `low`, a quarter of it where only
   * the first is given. null: only the memory between the threads, 1 MiB, is the limit. 4096.
   */
  readonly maxQueue?: number | null | readonly [high: number | null, low: number | null];
  /** Bytes that wait to be sent above which `send` waits. 32 KiB. */
  readonly writeLimit?: number;
  /** TLS of a wss:// address. */
  readonly tls?: TlsSettings | null;
  /** TLS to an https:// proxy. */
  readonly proxyTls?: TlsSettings;
  /** Where to connect to instead of the address's host and port. */
  readonly host?: string;
  readonly port?: number;
  /** A Unix socket to connect to. */
  readonly path?: string;
  /** Where to connect from. */
  readonly localAddress?: string;
}

const seconds = v.optional(v.nullable(numberWithin(0, Number.POSITIVE_INFINITY, false)));
const bytes = v.nullable(numberWithin(1, Number.POSITIVE_INFINITY));
const records = v.nullable(numberWithin(0, Number.POSITIVE_INFINITY));
const text = (what: string) => v.string(expected(what));
const pem = v.union(
  [v.string(), v.instance(Uint8Array), v.array(v.union([v.string(), v.instance(Uint8Array)]))],
  expected('PEM text, its bytes, or a list of either'),
);

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

const TlsSchema = objectOf({
  ca: v.optional(pem),
  cert: v.optional(pem),
  key: v.optional(pem),
  passphrase: v.optional(text('text')),
  pfx: v.optional(v.instance(Uint8Array, expected('bytes'))),
  ciphers: v.optional(text('text')),
  ecdhCurve: v.optional(text('text')),
  minVersion: v.optional(oneOf(TLS_VERSIONS)),
  maxVersion: v.optional(oneOf(TLS_VERSIONS)),
  servername: v.optional(text('a host name')),
  rejectUnauthorized: v.optional(v.boolean(expected('true or false'))),
  checkHostname: v.optional(v.boolean(expected('true or false'))),
});

const ConnectSchema = objectOf({
  origin: v.optional(text('an origin')),
  // A text would be a list of its letters.
  subprotocols: v.optional(
    v.array(
      v.custom<string>(
        (input) => typeof input === 'string' && TOKEN.test(input),
        expected("a subprotocol, which has letters, digits and !#$%&'*+-.^_`|~"),
      ),
      expected('a list of subprotocols'),
    ),
  ),
  compression: v.optional(v.nullable(oneOf(['deflate']))),
  additionalHeaders: v.optional(
    v.custom<object>((input) => typeof input === 'object' && input !== null, expected('headers')),
  ),
  userAgentHeader: v.optional(v.nullable(text('text or null'))),
  proxy: v.optional(
    v.custom<string | true | null>(
      (input) => input === true || input === null || typeof input === 'string',
      expected('true, null or the URL of a proxy'),
    ),
  ),
  openTimeout: seconds,
  pingInterval: seconds,
  pingTimeout: seconds,
  closeTimeout: seconds,
  maxSize: v.optional(
    v.union([bytes, v.tuple([bytes, bytes])], expected('bytes, null, or [message, fragment]')),
  ),
  maxQueue: v.optional(
    v.union([records, v.tuple([records, records])], expected('a number of messages, null, or [high, low]')),
  ),
  writeLimit: v.optional(numberWithin(0, 2 ** 30)),
  tls: v.optional(v.nullable(TlsSchema)),
  proxyTls: v.optional(TlsSchema),
  host: v.optional(text('a host')),
  port: v.optional(numberWithin(1, 65_535)),
  path: v.optional(text('the path of a Unix socket')),
  localAddress: v.optional(text('an address')),
});

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkConnectOptions(options: ConnectOptions, secure: boolean): void {
  check(ConnectSchema, options, 'option ');
  const { additionalHeaders, maxQueue, origin, tls, userAgentHeader } = options;
  for (const pair of headerPairs(additionalHeaders)) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string')
      throw new MisuseError(
        `Condition failed: option additionalHeaders has ${shown(pair)}, expected pairs of a name and a value`,
      );
    checkHeaders({ [pair[0]]: pair[1] }, 'option additionalHeaders');
  }
  if (typeof userAgentHeader === 'string')
    checkHeaders({ 'User-Agent': userAgentHeader }, 'option userAgentHeader');
  if (origin !== undefined) checkHeaders({ Origin: origin }, 'option origin');
  if (!secure && tls !== undefined && tls !== null)
    throw new MisuseError('Condition failed: option tls is given with a ws:// address, which has no TLS');
  if (secure && tls === null)
    throw new MisuseError('Condition failed: option tls is null with a wss:// address, which needs TLS');
  const [high, low] = Array.isArray(maxQueue) ? (maxQueue as readonly (number | null)[]) : [];
  if (typeof high === 'number' && typeof low === 'number' && high < low)
    throw new MisuseError(
      `Condition failed: option maxQueue is [${shown(high)}, ${shown(low)}], allowed: high at least as much as low`,
    );
}

export function headerPairs(headers: HeaderOption | undefined): readonly (readonly [string, string])[] {
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? [...headers] : Object.entries(headers);
}
