import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';
import type { SslOpt } from './tls-options.ts';

/** What `setsockopt` takes: level, option and value. */
export type SockOptTuple = readonly [level: number, option: number, value: number];

/*
 * The numbers of Linux, on every system: they are names here, and no kernel gets to see them.
 */
export const SOL_SOCKET = 1;
export const SO_KEEPALIVE = 9;
export const IPPROTO_TCP = 6;
export const SOL_TCP = IPPROTO_TCP;
export const TCP_NODELAY = 1;
/** Seconds of silence after which the kernel first asks the peer. */
export const TCP_KEEPIDLE = 4;
/** Neither of these can be set from JavaScript: Node asks once a second, ten times. */
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;

/** What holds for every connection, before the caller's options. Those of the original that Node can set. */
export const DEFAULT_SOCKET_OPTION: readonly SockOptTuple[] = [
  [SOL_TCP, TCP_NODELAY, 1],
  [SOL_SOCKET, SO_KEEPALIVE, 1],
  [SOL_TCP, TCP_KEEPIDLE, 30],
];

/** Options of a connection's socket, together. */
export class SockOpt {
  sockopt: readonly SockOptTuple[];
  sslopt: SslOpt;
  /** Seconds; null waits for ever. */
  timeout: number | null = null;

  constructor(sockopt: readonly SockOptTuple[] | null = null, sslopt: SslOpt | null = null) {
    this.sockopt = sockopt ?? [];
    this.sslopt = sslopt ?? {};
  }
}

/** The part of `DialOptions` that these options are about. */
export interface SocketSettings {
  readonly noDelay: boolean;
  /** Undefined where the kernel does not ask. */
  readonly keepAliveMs: number | undefined;
}

const SECOND_MS = 1000;
/** The most the kernel takes for TCP_KEEPIDLE. Source: MAX_TCP_KEEPIDLE in Linux's tcp.h. */
const KEEP_IDLE_SECONDS_MAX = 32_767;

/** Names of options that are refused with a reason of their own. */
const FIXED: ReadonlyMap<number, string> = new Map([
  [TCP_KEEPINTVL, 'TCP_KEEPINTVL'],
  [TCP_KEEPCNT, 'TCP_KEEPCNT'],
]);

/**
 * What the options mean for a socket of Node's, after the defaults; the last of an option counts.
 *
 * @throws WebSocketException where one is unknown: an option that is not obeyed must not look as if it were.
 */
export function socketSettings(sockopt: readonly SockOptTuple[] | null | undefined): SocketSettings {
  let noDelay = false;
  let keepAlive = false;
  let keepIdleSeconds = 0;
  for (const tuple of [...DEFAULT_SOCKET_OPTION, ...(sockopt ?? [])]) {
    const [level, option, value] = expectTuple(tuple);
    if (level === SOL_TCP && option === TCP_NODELAY) noDelay = value !== 0;
    else if (level === SOL_SOCKET && option === SO_KEEPALIVE) keepAlive = value !== 0;
    else if (level === SOL_TCP && option === TCP_KEEPIDLE) keepIdleSeconds = expectIdle(value);
    else throw new WebSocketException(unknownOption(level, option));
  }
  return { noDelay, keepAliveMs: keepAlive ? keepIdleSeconds * SECOND_MS : undefined };
}

function expectTuple(tuple: SockOptTuple): SockOptTuple {
  const given: unknown = tuple;
  if (!Array.isArray(given) || given.length !== 3 || !given.every(Number.isInteger))
    throw new WebSocketException(
      `socket option ${String(given)} is not [level, option, value] in whole numbers`,
    );
  return tuple;
}

function expectIdle(seconds: number): number {
  if (seconds < 1 || seconds > KEEP_IDLE_SECONDS_MAX)
    throw new WebSocketException(
      `socket option TCP_KEEPIDLE is ${seconds}, allowed: 1 to ${KEEP_IDLE_SECONDS_MAX} seconds`,
    );
  return seconds;
}

function unknownOption(level: number, option: number): string {
  const fixed = level === SOL_TCP ? FIXED.get(option) : undefined;
  return fixed === undefined
    ? `socket option ${option} of level ${level} cannot be set from JavaScript, ` +
        'only TCP_NODELAY, SO_KEEPALIVE and TCP_KEEPIDLE can'
    : `socket option ${fixed} cannot be set from JavaScript: Node asks a silent peer once a second, ten times`;
}
