import type { HandshakeLimits } from '../../../shared/protocol/handshake/handshake-limits.ts';
import { expectSubprotocols } from '../../../shared/protocol/handshake/header-values.ts';
import { createLog, logLevel } from '../../log.ts';
import { headerPairs } from '../../options/connect-options.ts';
import { checkServeOptions, type ServeOptions, type ServerLogger } from '../../options/serve-options.ts';
import { VERSION } from '../../version.ts';
import { ms, queueLimits } from '../connect-plan.ts';
import { handshakeLimits } from '../environment.ts';
import type { QueueLimits } from './socket-inbox.ts';

const OPEN_TIMEOUT_S = 10;
const PING_S = 20;
const CLOSE_TIMEOUT_S = 10;
const MAX_SIZE = 1024 * 1024;
const MAX_QUEUE = 16;
const WRITE_LIMIT = 32 * 1024;

/** What a server does, with nothing left out. Times in ms; null is no limit. */
export interface ServePlan
  extends Pick<
    ServeOptions,
    | 'origins'
    | 'subprotocols'
    | 'selectSubprotocol'
    | 'processRequest'
    | 'processResponse'
    | 'tls'
    | 'path'
    | 'backlog'
  > {
  readonly compression: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly serverHeader: string | null;
  readonly openTimeoutMs: number | null;
  readonly pingIntervalMs: number | null;
  readonly pingTimeoutMs: number | null;
  readonly closeTimeoutMs: number | null;
  readonly maxSize: number | null;
  readonly queue: QueueLimits | null;
  readonly writeLimit: number;
  readonly maxConnections: number;
  readonly limits: HandshakeLimits;
  readonly logger: ServerLogger;
}

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function servePlanOf(options: ServeOptions, env: NodeJS.ProcessEnv = process.env): ServePlan {
  checkServeOptions(options);
  if (options.subprotocols !== undefined) expectSubprotocols(options.subprotocols);
  return {
    ...options,
    compression: options.compression !== null,
    headers: headerPairs(options.additionalHeaders),
    serverHeader:
      options.serverHeader === undefined
        ? (env['RINGFEED_SERVER'] ?? `ringfeed/${VERSION}`)
        : options.serverHeader,
    openTimeoutMs: ms(options.openTimeout, OPEN_TIMEOUT_S),
    pingIntervalMs: ms(options.pingInterval, PING_S),
    pingTimeoutMs: ms(options.pingTimeout, PING_S),
    closeTimeoutMs: ms(options.closeTimeout, CLOSE_TIMEOUT_S),
    maxSize: options.maxSize === undefined ? MAX_SIZE : options.maxSize,
    queue: queueLimits(options.maxQueue, MAX_QUEUE),
    writeLimit: options.writeLimit ?? WRITE_LIMIT,
    maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
    limits: handshakeLimits(env),
    // An error that nobody sees is worse than a line on standard error that nobody asked for.
    logger: options.logger ?? createLog(logLevel(undefined)),
  };
}
