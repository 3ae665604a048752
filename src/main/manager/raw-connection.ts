import type { LogOptions, SocketOptions } from '../../shared/contract.ts';
import type { FeedLimits } from '../../shared/venues/feed-limits.ts';
import { PLATFORM_LIMITS, type PlatformName } from '../../shared/venues/platform-limits.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import type { MessageTaker } from '../control/message-drain.ts';
import { openRawLink, type RawLinkOptions } from '../control/raw-link.ts';
import type { WorkerProgram } from '../feeds/worker-control.ts';
import type { ManagerSettings } from './manager-settings.ts';
import type { OpenedLink } from './renewable-link.ts';
import { BACKOFFS } from './vocabulary.ts';

/** Time for the closing handshake, before the connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

export interface RawConnectionOptions {
  readonly url: string;
  readonly settings: ManagerSettings;
  readonly socket: Partial<SocketOptions>;
  readonly log: Partial<LogOptions>;
  readonly seed: number | undefined;
  readonly platform: PlatformName | undefined;
}

/** How the manager's connection is opened; a test puts a session without a socket in its place. */
export type OpenRawConnection = (options: RawConnectionOptions, taker: MessageTaker) => Promise<OpenedLink>;

/** @param program the feed worker's where left out. */
export const openRawConnection = (
  options: RawConnectionOptions,
  taker: MessageTaker,
  program?: WorkerProgram,
): Promise<OpenedLink> =>
  openRawLink({ ...sessionOptions(options.settings), ...linkOptions(options), ...bound(taker) }, program);

const linkOptions = ({
  url,
  socket,
  log,
  seed,
  platform,
}: RawConnectionOptions): Omit<RawLinkOptions, 'onMessage'> => ({
  url,
  socket,
  log,
  ...(seed === undefined ? {} : { seed }),
  ...(platform === undefined ? {} : { limits: attemptsOf(PLATFORM_LIMITS[platform]) }),
});

/** A connection's end is the control's to foresee, which asks the user; the attempts are the worker's. */
const attemptsOf = ({ attempts, attemptsWindowMs }: VenueLimits): FeedLimits => ({
  attempts,
  attemptsWindowMs,
});

const bound = (taker: MessageTaker): MessageTaker => ({
  onMessage: (data, receivedAtNs) => taker.onMessage(data, receivedAtNs),
  onDropped: (messages, fault) => taker.onDropped?.(messages, fault),
});

/** The manager's settings, which are in seconds, in the words of a session. */
export function sessionOptions(settings: ManagerSettings): Required<Pick<RawLinkOptions, 'times' | 'plan'>> {
  const ms = (seconds: number): number => seconds * 1000;
  const delays = { delayMs: ms(settings.reconnectDelay), maxMs: ms(settings.reconnectDelayMax) };
  return {
    times: {
      connectTimeoutMs: ms(settings.connectTimeout),
      // What is silent on a connection that is not known to promise anything is for its user to say.
      silentAfterMs: 0,
      pingIntervalMs: ms(settings.pingInterval),
      pongTimeoutMs: ms(settings.pingTimeout),
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      backoffMs: delays.delayMs,
      backoffMaxMs: delays.maxMs,
      stableAfterMs: ms(settings.stableConnectionTime),
      unavailableDelayMs: ms(settings.serverUnavailableDelay),
      attemptsMax: settings.maxReconnectAttempts,
    },
    plan: {
      autoStart: false,
      autoReconnect: settings.autoReconnect,
      backoff: {
        strategy: BACKOFFS[settings.reconnectStrategy],
        ...delays,
        jitter: settings.reconnectJitter,
      },
      quickMs: null,
      exhausted: 'rest',
    },
  };
}
