import { MisuseError } from '../../shared/invariant.ts';
import {
  isProactive,
  PROACTIVE_REASONS,
  type ProactiveReason,
} from '../../shared/session/disconnect-reason.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { SYSTEM_CLOCK } from '../control/clock.ts';
import { ConnectionControl } from '../control/connection-control.ts';
import type { ConnectionLink } from '../control/connection-link.ts';
import type { ControlOptions } from '../control/control-options.ts';
import type { Logger } from '../log.ts';
import type { ConnectionOptions } from '../options/connection-options.ts';
import type { Feed } from './feed.ts';

/** Decides when one connection of a feed goes down, comes back, and is replaced. */
export class FeedControl extends ConnectionControl {
  /** Name of the connection. */
  readonly name: string;
  readonly #link: ConnectionLink;

  constructor(feed: Feed, link: ConnectionLink, options: ControlOptions, log: Logger) {
    super(link, options, {
      url: safeUrl(feed.settings.url),
      connectTimeoutMs: feed.settings.times.connectTimeoutMs,
      log: log.child({ feed: feed.name }),
      clock: SYSTEM_CLOCK,
    });
    this.name = feed.name;
    this.#link = link;
  }

  /** The same as `disconnect`, by the name that a manager has for it: `connect` brings the connection back. */
  close(): Promise<void> {
    return this.disconnect();
  }

  /**
   * Replaces the connection by a new one without a gap: that one is made and subscribed beside it, and takes
   * over once it is live. Resolves once the worker has taken it in; nothing happens without a connection.
   *
   * @throws MisuseError for a reason that is not proactive; ControlError when the worker does not answer.
   */
  async rotate(reason: ProactiveReason = 'SCHEDULED'): Promise<void> {
    if (!isProactive(reason))
      throw new MisuseError(
        `Condition failed: rotate reason is "${String(reason)}", allowed: ${PROACTIVE_REASONS.join(', ')}`,
      );
    await this.#link.command({ kind: 'rotate', reason });
  }
}

/** A feed option's own words on control, for the connection of this name. */
export function controlOptions(option: ConnectionOptions, name: string): ControlOptions {
  const { shouldDisconnect, shouldReconnect, onConnect, onDisconnect } = option;
  return {
    shouldDisconnect: shouldDisconnect && (() => shouldDisconnect(name)),
    shouldReconnect: shouldReconnect && (() => shouldReconnect(name)),
    onConnect: onConnect && (() => onConnect(name)),
    onDisconnect: onDisconnect && ((reason) => onDisconnect(reason, name)),
    disconnectCheckInterval: option.disconnectCheckInterval,
    reconnectCheckInterval: option.reconnectCheckInterval,
  };
}

/** True where somebody of the user's is to be asked or told of the feed's connections from the start. */
export const hasCallbacks = (option: ConnectionOptions): boolean =>
  [option.shouldDisconnect, option.shouldReconnect, option.onConnect, option.onDisconnect].some(
    (callback) => callback !== undefined,
  );
