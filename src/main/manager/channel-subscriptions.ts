import { type ControlLog, thrownText } from '../control/control-log.ts';
import type { ManagerOptions } from './manager-options.ts';

export interface SubscriptionParts {
  readonly options: Pick<ManagerOptions, 'subscriptions' | 'formatSubscribe' | 'formatUnsubscribe'>;
  readonly log: ControlLog;
  readonly isConnected: () => boolean;
  /** Rejects where it cannot be sent. */
  readonly send: (message: unknown) => Promise<void>;
}

/**
 * What is sent on every connection so that the server says what its user wants to hear: raw messages, then the
 * channels in the order they were asked for. What cannot be sent is logged, and the rest goes on.
 *
 * Runs on: main.
 */
export class ChannelSubscriptions {
  readonly #parts: SubscriptionParts;
  readonly #channels = new Set<string>();
  /** Channels that were subscribed on the connection that is open. */
  readonly #announced = new Set<string>();

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** A copy, in order. */
  get channels(): ReadonlySet<string> {
    return new Set(this.#channels);
  }

  /** A connection opened, on which nothing is subscribed yet. */
  opened(): void {
    this.#announced.clear();
  }

  /** Makes all of them. Never rejects. */
  async restore(): Promise<void> {
    for (const message of this.#parts.options.subscriptions ?? [])
      await this.#send('a subscription', () => message);
    await this.#announceAll([...this.#channels]);
  }

  async add(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.add(channel);
    await this.#announceAll(channels);
  }

  async remove(channels: readonly string[]): Promise<void> {
    const { options, isConnected } = this.#parts;
    const format = options.formatUnsubscribe ?? ((channel) => ({ type: 'unsubscribe', channel }));
    for (const channel of channels) {
      this.#channels.delete(channel);
      if (this.#announced.delete(channel) && isConnected())
        await this.#send(`unsubscribe ${channel}`, () => format(channel));
    }
  }

  async #announceAll(channels: readonly string[]): Promise<void> {
    const { options, isConnected } = this.#parts;
    const format = options.formatSubscribe ?? ((channel) => ({ type: 'subscribe', channel }));
    for (const channel of channels) {
      // It may have been subscribed, or be wanted no longer, since the one before was sent.
      if (!isConnected() || this.#announced.has(channel) || !this.#channels.has(channel)) continue;
      this.#announced.add(channel);
      await this.#send(`subscribe ${channel}`, () => format(channel));
    }
  }

  async #send(what: string, message: () => unknown): Promise<void> {
    try {
      await this.#parts.send(message());
    } catch (thrown) {
      this.#parts.log.warn(`${what} was not sent: ${thrownText(thrown)}`);
    }
  }
}
