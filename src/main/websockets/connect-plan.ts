import type { ConnectPlan } from '../../shared/client/client-contract.ts';
import { parseUri } from '../../shared/protocol/handshake/uri.ts';
import { type ConnectOptions, checkConnectOptions, headerPairs } from '../options/connect-options.ts';
import { VERSION } from '../version.ts';
import { handshakeLimits, redirectsMax } from './environment.ts';
import { timerMs } from './waiting-time.ts';

const OPEN_TIMEOUT_S = 10;
const PING_S = 20;
const CLOSE_TIMEOUT_S = 10;
const MAX_SIZE = 1024 * 1024;
/** High-water mark of messages that wait; so many that a wake of the main thread is for more than a few. */
const MAX_QUEUE = 4096;
const LOW_PART = 4;
const WRITE_LIMIT = 32 * 1024;

/** Variables that may name a proxy, in either case. */
const PROXY_VARIABLE = /^((ws|wss|http|https|socks|all|no)_proxy|REQUEST_METHOD)$/i;

/**
 * What is asked of the thread of the connections.
 *
 * @throws InvalidURI; MisuseError naming the option, what was given and what is allowed.
 */
export function planOf(
  uri: string,
  options: ConnectOptions,
  followsRedirects: boolean,
  env: NodeJS.ProcessEnv = process.env,
): ConnectPlan {
  const { secure } = parseUri(uri);
  checkConnectOptions(options, secure);
  return {
    uri,
    origin: options.origin,
    subprotocols: options.subprotocols ?? [],
    compression: options.compression !== null,
    headers: headerPairs(options.additionalHeaders),
    userAgent:
      options.userAgentHeader === undefined
        ? (env['RINGFEED_USER_AGENT'] ?? `ringfeed/${VERSION}`)
        : options.userAgentHeader,
    maxSize: sizes(options.maxSize),
    queue: queueLimits(options.maxQueue, MAX_QUEUE),
    openTimeoutMs: ms(options.openTimeout, OPEN_TIMEOUT_S),
    pingIntervalMs: ms(options.pingInterval, PING_S),
    pingTimeoutMs: ms(options.pingTimeout, PING_S),
    closeTimeoutMs: ms(options.closeTimeout, CLOSE_TIMEOUT_S),
    writeLimit: options.writeLimit ?? WRITE_LIMIT,
    followsRedirects,
    redirectsMax: redirectsMax(env),
    proxy: options.proxy ?? (options.proxy === null ? null : true),
    env: Object.fromEntries(
      Object.entries(env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && PROXY_VARIABLE.test(entry[0]),
      ),
    ),
    tls: options.tls ?? {},
    proxyTls: options.proxyTls ?? {},
    host: options.host,
    port: options.port,
    path: options.path,
    localAddress: options.localAddress,
    limits: handshakeLimits(env),
  };
}

/** Null where there is no limit. */
export function ms(seconds: number | null | undefined, otherwise: number): number | null {
  return timerMs(seconds === undefined ? otherwise : seconds) ?? null;
}

function sizes(option: ConnectOptions['maxSize']): ConnectPlan['maxSize'] {
  if (option === undefined) return [MAX_SIZE, null];
  return option === null || typeof option === 'number' ? [option, null] : option;
}

/** Both water marks, of which one may be left out. */
export function queueLimits(option: ConnectOptions['maxQueue'], otherwise: number): ConnectPlan['queue'] {
  if (option === null) return null;
  if (option === undefined || typeof option === 'number') {
    const high = option ?? otherwise;
    return { high, low: Math.floor(high / LOW_PART) };
  }
  const [high, low] = option;
  if (high === null && low === null) return null;
  if (high === null) return { high: low! * LOW_PART, low: low! };
  return { high, low: low ?? Math.floor(high / LOW_PART) };
}
