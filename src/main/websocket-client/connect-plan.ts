import type { ConnectPlan } from '../../shared/client/client-contract.ts';
import { encodeUtf8 } from '../../shared/protocol/utf8.ts';
import type { Environment } from '../../shared/proxy/proxy-environment.ts';
import type { ProxyServer } from '../../shared/proxy/proxy-server.ts';
import { resolveHostProxy } from '../../shared/proxy/resolve-host-proxy.ts';
import { SimpleCookieJar } from '../../shared/websocket-client/cookie-jar.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';
import { type HeaderOption, handshakeRequest } from '../../shared/websocket-client/handshake-headers.ts';
import { type ParsedUrl, parseUrl } from '../../shared/websocket-client/parse-url.ts';
import { translated } from '../../shared/websocket-client/translate.ts';
import { handshakeLimits } from '../websockets/environment.ts';
import { timerMs } from '../websockets/waiting-time.ts';
import type { ConnectOptions } from './connect-options.ts';
import { socketSettings } from './socket-options.ts';
import { tlsSettings } from './tls-options.ts';

/** What the redirects that were followed have changed. */
export interface AttemptState {
  /** This is another origin than the one that was asked for: what was given for that one is not for this one. */
  readonly isOtherOrigin: boolean;
}

export const FIRST_ATTEMPT: AttemptState = { isOtherOrigin: false };

/** Cookies that servers have set, for all connections of this process. */
export const COOKIE_JAR = new SimpleCookieJar();

const PROXY_TIMEOUT_S = 60;
/** As long as `close` waits where it is not told otherwise. */
const CLOSE_TIMEOUT_S = 3;
/** The original has no limit, so one server could take all of the memory. */
const MAX_SIZE = 64 * 1024 * 1024;
/** Frames that wait for the main thread: reading stops above `high` and goes on at `low`. */
const QUEUE = { high: 4096, low: 1024 };
const WRITE_LIMIT = 32 * 1024;

/** What speaks for us, or for the host, to the origin it was given for and to no other. */
const FOR_ONE_ORIGIN: readonly string[] = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/**
 * What is asked of the thread of the connections.
 *
 * @throws ValueError where the address is none, WebSocketProxyException where the proxy is none,
 * WebSocketException where another option cannot work.
 */
export function connectPlan(
  url: string,
  options: ConnectOptions = {},
  state: AttemptState = FIRST_ATTEMPT,
  env: Environment = process.env,
): ConnectPlan {
  const target = parseUrl(url);
  checkTimes(options);
  if (options.socket !== undefined && options.socket !== null)
    throw new WebSocketException('socket: a connected socket cannot cross to the thread of the connections');
  const { secure, host } = target;
  const allowed = state.isOtherOrigin ? withoutCredentials(options) : options;
  const interval = options.pingInterval ?? 0;
  const { noDelay, keepAliveMs } = socketSettings(options.sockopt);
  return {
    uri: addressOf(target),
    origin: undefined,
    subprotocols: [],
    compression: false,
    headers: [],
    userAgent: null,
    request: handshakeRequest(url, allowed, COOKIE_JAR.get(host, secure)),
    maxSize: [options.maxSize === undefined ? MAX_SIZE : options.maxSize, null],
    queue: QUEUE,
    openTimeoutMs: timerMs(options.timeout) ?? null,
    pingIntervalMs: interval === 0 ? null : (timerMs(interval) ?? null),
    pingTimeoutMs: timerMs(options.pingTimeout) ?? null,
    pingPayload: bytesOf(options.pingPayload ?? ''),
    closeTimeoutMs:
      timerMs(options.closeTimeout === undefined ? CLOSE_TIMEOUT_S : options.closeTimeout) ?? null,
    writeLimit: WRITE_LIMIT,
    followsRedirects: false,
    delivers: 'frames',
    // As the original does, since servers that do so have been made for it.
    acceptsMasked: true,
    checksText: !(options.skipUtf8Validation ?? false),
    proxy: proxyOf(target, options, env),
    proxyTimeoutMs: timerMs(options.httpProxyTimeout ?? PROXY_TIMEOUT_S),
    noDelay,
    keepAliveMs,
    env: {},
    tls: secure ? tlsSettings(options.sslopt, env) : {},
    proxyTls: {},
    host: undefined,
    port: undefined,
    path: undefined,
    localAddress: undefined,
    limits: handshakeLimits(env),
  };
}

const TIMES = [
  'timeout',
  'httpProxyTimeout',
  'pingInterval',
  'pingTimeout',
  'closeTimeout',
] as const satisfies readonly (keyof ConnectOptions)[];

function checkTimes(options: ConnectOptions): void {
  for (const name of TIMES) {
    const seconds = options[name];
    if (seconds === undefined || seconds === null) continue;
    if (typeof seconds !== 'number' || Number.isNaN(seconds) || seconds < 0)
      throw new WebSocketException(`${name} is ${String(seconds)}, expected seconds from 0 on`);
  }
  const { maxSize } = options;
  if (maxSize !== undefined && maxSize !== null && !(Number.isInteger(maxSize) && maxSize > 0))
    throw new WebSocketException(`maxSize is ${String(maxSize)}, expected bytes from 1 on, or null`);
}

const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === 'string' ? encodeUtf8(payload) : payload;

/** Without user, password and fragment, which no handshake shows. */
function addressOf({ secure, host, port, resource }: ParsedUrl): string {
  const named = host.includes(':') ? `[${host}]` : host;
  return `${secure ? 'wss' : 'ws'}://${named}:${port}${resource}`;
}

function proxyOf(target: ParsedUrl, options: ConnectOptions, env: Environment): ProxyServer | null {
  try {
    const proxy = resolveHostProxy(
      target,
      {
        host: options.httpProxyHost ?? undefined,
        port: options.httpProxyPort ?? undefined,
        auth: options.httpProxyAuth ?? undefined,
        noProxy: options.httpNoProxy ?? undefined,
        type: options.proxyType ?? undefined,
      },
      env,
    );
    return proxy ?? null;
  } catch (error) {
    throw translated(error);
  }
}

function withoutCredentials(options: ConnectOptions): ConnectOptions {
  return { ...options, header: forAnyOrigin(options.header), cookie: null, host: null };
}

function forAnyOrigin(header: HeaderOption | null | undefined): HeaderOption | null | undefined {
  const isAllowed = (name: string): boolean => !FOR_ONE_ORIGIN.includes(name.trim().toLowerCase());
  if (header === null || header === undefined) return header;
  if (isLines(header)) return header.filter((line) => isAllowed(line.split(':', 1)[0]!));
  return Object.fromEntries(Object.entries(header).filter(([name]) => isAllowed(name)));
}

const isLines = (header: HeaderOption): header is readonly string[] => Array.isArray(header);
