import { type SessionTimes, type Subscription, subscriptionKey } from '../../shared/contract.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { durationMs, durationS, elapsed, later, type MonotonicNs } from '../../shared/units.ts';
import type { ChannelName, VenueLimits } from '../../shared/venues/venue.ts';
import { requestBatches } from './request-batches.ts';
import { RollingLimit } from './rolling-limit.ts';
import type { Chance } from './seeded-random.ts';
import type { SessionAction } from './session-actions.ts';
import { feedStatus, subscriptionStatus } from './session-status.ts';
import { LONG_AGO, NEVER, SubscriptionEntry } from './subscription-entry.ts';

/**
 * How both Kraken versions refuse a subscription that is already there. It answers a request that was
 * repeated because the first answer was lost. Source: JKorf/Kraken.Net, read 2026-05-27.
 */
const ALREADY_SUBSCRIBED = /already subscribed/i;

/** A refusal that names nothing is taken as "too fast": no request for this long. */
const HOLD = durationS(1);

/**
 * What the feed is subscribed to, and what is still to be asked. Requests go out together, paced by the
 * venue's limit; each is followed until it is answered, repeated a few times, and then given up without
 * disturbing the others.
 *
 * Answers only note what is due; requests leave in `pump`, so that everything one chunk of bytes brought
 * about leaves in as few requests as possible. The table is as large as what the user asked for: nothing the
 * exchange says adds to it.
 */
export class SubscriptionTable {
  readonly #times: SessionTimes;
  readonly #symbolsPerRequest: number;
  readonly #chance: Chance;
  readonly #requests: RollingLimit;
  readonly #entries = new Map<string, SubscriptionEntry>();
  /** Nothing is due before this time. Lowered as entries change, found anew by each `pump`. */
  #nextAt = LONG_AGO;
  #heldUntil = LONG_AGO;
  /** Since when nothing is read; undefined while everything is. */
  #pausedAt: MonotonicNs | undefined;

  constructor(
    times: SessionTimes,
    limits: VenueLimits,
    chance: Chance,
    subscriptions: readonly Subscription[],
  ) {
    this.#times = times;
    this.#symbolsPerRequest = limits.symbolsPerRequest;
    this.#chance = chance;
    this.#requests = new RollingLimit(limits.requestsPerSecond, durationS(1));
    for (const subscription of subscriptions) this.#add(subscription, LONG_AGO);
  }

  /** While connected: when `pump` has something to do. */
  nextDeadline(): number {
    return this.#nextAt;
  }

  /** True while anything is subscribed or being subscribed. */
  get expectsData(): boolean {
    for (const entry of this.#entries.values()) if (entry.expectsData) return true;
    return false;
  }

  /** True once everything that is wanted is answered, and every book that was accepted is whole. */
  get isComplete(): boolean {
    for (const entry of this.#entries.values()) if (!entry.isSettled) return false;
    return true;
  }

  /** What is wanted, but for what the exchange refused. */
  get wanted(): readonly Subscription[] {
    return this.#those(({ wanted, refused }) => wanted && !refused);
  }

  /** What the exchange accepted, that included which is on its way to begin anew behind the strategy's back. */
  get accepted(): readonly Subscription[] {
    return this.#those(({ phase, mending }) => phase === 'subscribed' || mending);
  }

  /** How much of what is wanted was refused, or never answered. */
  get givenUp(): number {
    let count = 0;
    for (const { phase } of this.#entries.values()) if (phase === 'given-up') count++;
    return count;
  }

  want(subscriptions: readonly Subscription[], now: MonotonicNs): void {
    for (const subscription of subscriptions) {
      const entry = this.#entries.get(subscriptionKey(subscription));
      if (entry === undefined) this.#add(subscription, now);
      else {
        entry.wanted = true;
        // Asking again for what was given up is the way to have it tried again.
        if (entry.phase === 'given-up') this.#subscribeAgain(entry, now);
        entry.refused = false;
      }
    }
  }

  /** Each is answered with one `unsubscribed`, unless it is wanted again before that. */
  unwant(
    subscriptions: readonly Subscription[],
    connected: boolean,
    now: MonotonicNs,
    out: SessionAction[],
  ): void {
    for (const subscription of subscriptions) {
      const entry = this.#entries.get(subscriptionKey(subscription));
      if (entry === undefined) continue;
      entry.wanted = false;
      const asked = entry.expectsData || (entry.unanswered > 0 && !entry.refused);
      if (!connected || !asked) this.#remove(entry, out);
      else if (entry.phase !== 'unsubscribing') this.#unsubscribe(entry, now);
    }
  }

  subscribed(subscription: Subscription, now: MonotonicNs, out: SessionAction[]): void {
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry === undefined) return;
    const awaited = entry.unanswered > 0;
    entry.unanswered = Math.max(0, entry.unanswered - 1);
    // An answer that comes after all is as good as one in time.
    const late = entry.phase === 'given-up' && !entry.refused && awaited;
    if (!late && !(entry.phase === 'subscribing' && entry.attempts > 0)) return;
    // The snapshot of a book comes with the answer; where it does not, the book is asked for again.
    entry.enter('subscribed', entry.stale ? this.#ackBy(now) : NEVER);
    this.#noteDue(entry);
    if (!entry.mending) out.push(subscriptionStatus('subscribed', entry.subscription));
    entry.mending = false;
  }

  unsubscribed(subscription: Subscription, now: MonotonicNs, out: SessionAction[]): void {
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry === undefined) return;
    if (entry.phase === 'unsubscribing' && entry.attempts > 0) this.#left(entry, now, out);
    else if (entry.phase === 'subscribed') {
      // Nobody asked for it: the exchange may do so, and is asked again.
      entry.strike(now, this.#times, this.#chance);
      entry.stale = entry.isBook;
      if (entry.isBook) out.push({ kind: 'abandon', subscription: entry.subscription });
      out.push(subscriptionStatus('unsubscribed', entry.subscription, 'the exchange ended it'));
      this.#subscribeAgain(entry, entry.resumeAt);
    }
    // In any other phase it is the late answer to a request that was repeated or overtaken.
  }

  refused(
    subscription: Subscription | undefined,
    reason: string,
    now: MonotonicNs,
    out: SessionAction[],
  ): void {
    if (subscription === undefined) {
      if (now < this.#heldUntil) return;
      this.#heldUntil = later(now, HOLD);
      out.push(feedStatus('fault', reason, FAULTS.SUBSCRIBE_REFUSED.id));
      return;
    }
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry === undefined) return;
    if (ALREADY_SUBSCRIBED.test(reason)) {
      this.subscribed(subscription, now, out);
      return;
    }
    const repeated = entry.phase === 'subscribed' && entry.unanswered > 0;
    entry.unanswered = Math.max(0, entry.unanswered - 1);
    if (entry.phase === 'unsubscribing') {
      if (entry.attempts > 0) this.#left(entry, now, out);
    } else if (!repeated && !(entry.phase === 'subscribing' && entry.attempts === 0) && !entry.refused) {
      entry.enter('given-up', NEVER);
      entry.refused = true;
      out.push(subscriptionStatus('refused', entry.subscription, reason, FAULTS.SUBSCRIBE_REFUSED.id));
    }
  }

  /** A book that cannot be trusted is unsubscribed and, once that is answered, subscribed again. */
  stale(subscription: Subscription, now: MonotonicNs): void {
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry === undefined || !entry.wanted) return;
    entry.stale = true;
    // Data may come before the answer, so a request that is under way counts like a subscription.
    if (entry.phase === 'subscribed' || (entry.phase === 'subscribing' && entry.attempts > 0))
      this.#mend(entry, now);
  }

  /** Whatever is subscribed on a channel is unsubscribed and subscribed again. */
  renew(channel: ChannelName, now: MonotonicNs): void {
    for (const entry of this.#entries.values()) {
      if (entry.subscription.channel !== channel || entry.phase !== 'subscribed' || !entry.wanted) continue;
      entry.stale = entry.isBook;
      this.#mend(entry, now);
    }
  }

  /** Channels with a subscription that the exchange acknowledged. */
  get channels(): ReadonlySet<ChannelName> {
    const channels = new Set<ChannelName>();
    for (const { phase, subscription } of this.#entries.values())
      if (phase === 'subscribed') channels.add(subscription.channel);
    return channels;
  }

  live(subscription: Subscription): void {
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry === undefined) return;
    entry.stale = false;
    if (entry.phase === 'subscribed') entry.dueAt = NEVER;
  }

  /** The snapshot of a book may take its time: whoever asks for it says what came of it. */
  awaited(subscription: Subscription): void {
    const entry = this.#entries.get(subscriptionKey(subscription));
    if (entry?.phase === 'subscribed') entry.dueAt = NEVER;
  }

  /** While we do not read we cannot hear, so no answer is late. */
  paused(now: MonotonicNs): void {
    this.#pausedAt ??= now;
  }

  /** Every wait for the exchange's word is longer by the time it could not be heard. */
  resumed(now: MonotonicNs): void {
    const pausedAt = this.#pausedAt;
    if (pausedAt === undefined) return;
    this.#pausedAt = undefined;
    for (const entry of this.#entries.values()) {
      if (!entry.awaitsWord) continue;
      // What was asked meanwhile waits from then on.
      const askedAt = entry.dueAt - durationMs(this.#times.ackTimeoutMs);
      const unheardFrom = Math.max(pausedAt, askedAt) as MonotonicNs;
      entry.dueAt = later(entry.dueAt, elapsed(unheardFrom, now));
      this.#noteDue(entry);
    }
  }

  /** The connection is gone. What is no longer wanted is gone with it. */
  disconnected(out: SessionAction[]): void {
    for (const entry of this.#entries.values())
      if (entry.wanted) entry.forgetConnection();
      else this.#remove(entry, out);
    this.#nextAt = LONG_AGO;
    this.#heldUntil = LONG_AGO;
    this.#pausedAt = undefined;
  }

  /** Sends what is due, as far as the venue's pace allows, and gives up what waited too long. */
  pump(now: MonotonicNs, out: SessionAction[]): void {
    const unsubscribe: SubscriptionEntry[] = [];
    const subscribe: SubscriptionEntry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.dueAt > now || this.#isUnheard(entry)) continue;
      this.#takeStep(entry, now, out);
      if (entry.dueAt > now) continue;
      if (entry.phase === 'unsubscribing') unsubscribe.push(entry);
      else if (entry.phase === 'subscribing') subscribe.push(entry);
    }
    if (now >= this.#heldUntil) {
      this.#send('unsubscribe', unsubscribe, now, out);
      this.#send('subscribe', subscribe, now, out);
    }
    const readyAt = Math.max(this.#requests.readyAt(), this.#heldUntil);
    this.#nextAt = NEVER;
    for (const entry of this.#entries.values()) {
      if (this.#isUnheard(entry)) continue;
      const { dueAt } = entry;
      this.#nextAt = Math.min(this.#nextAt, dueAt <= now ? readyAt : dueAt) as MonotonicNs;
    }
  }

  /** What it waits for may lie in the socket, where nobody looks for now. */
  #isUnheard(entry: SubscriptionEntry): boolean {
    return this.#pausedAt !== undefined && entry.awaitsWord;
  }

  /** What a wait that ended leads to. Leaves `dueAt` in the past where a request is to be sent. */
  #takeStep(entry: SubscriptionEntry, now: MonotonicNs, out: SessionAction[]): void {
    const { ackAttempts } = this.#times;
    switch (entry.phase) {
      case 'subscribing':
        if (entry.attempts < ackAttempts) return;
        entry.enter('given-up', NEVER);
        out.push(
          subscriptionStatus(
            'fault',
            entry.subscription,
            `no answer to ${ackAttempts} requests`,
            FAULTS.SUBSCRIBE_TIMEOUT.id,
          ),
        );
        return;
      case 'unsubscribing':
        // A book to be mended does not wait: subscribing again is what matters.
        if (entry.attempts >= (entry.wanted ? 1 : ackAttempts)) this.#left(entry, now, out);
        return;
      case 'subscribed':
        this.#mend(entry, now);
        return;
      case 'given-up':
        entry.dueAt = NEVER;
    }
  }

  #send(
    kind: 'subscribe' | 'unsubscribe',
    entries: readonly SubscriptionEntry[],
    now: MonotonicNs,
    out: SessionAction[],
  ): void {
    for (const batch of requestBatches(entries, this.#symbolsPerRequest)) {
      if (!this.#requests.tryTake(now)) return;
      for (const entry of batch) {
        entry.attempts++;
        entry.dueAt = this.#ackBy(now);
        if (kind === 'subscribe') entry.unanswered++;
      }
      out.push({ kind, subscriptions: batch.map((entry) => entry.subscription) });
    }
  }

  #add(subscription: Subscription, now: MonotonicNs): void {
    this.#entries.set(subscriptionKey(subscription), new SubscriptionEntry(subscription, now));
    this.#nextAt = Math.min(this.#nextAt, now) as MonotonicNs;
  }

  #remove(entry: SubscriptionEntry, out: SessionAction[]): void {
    this.#entries.delete(subscriptionKey(entry.subscription));
    entry.dueAt = NEVER;
    out.push(subscriptionStatus('unsubscribed', entry.subscription));
  }

  #unsubscribe(entry: SubscriptionEntry, now: MonotonicNs): void {
    entry.enter('unsubscribing', now);
    this.#noteDue(entry);
    entry.mending = false;
  }

  #subscribeAgain(entry: SubscriptionEntry, at: MonotonicNs): void {
    entry.enter('subscribing', at);
    this.#noteDue(entry);
  }

  #mend(entry: SubscriptionEntry, now: MonotonicNs): void {
    entry.strike(now, this.#times, this.#chance);
    entry.enter('unsubscribing', now);
    this.#noteDue(entry);
    entry.mending = true;
  }

  /** The exchange no longer sends it, as far as anyone can tell. */
  #left(entry: SubscriptionEntry, now: MonotonicNs, out: SessionAction[]): void {
    if (!entry.wanted) {
      this.#remove(entry, out);
      return;
    }
    entry.stale = entry.isBook;
    this.#subscribeAgain(entry, Math.max(now, entry.resumeAt) as MonotonicNs);
  }

  #those(holds: (entry: SubscriptionEntry) => boolean): Subscription[] {
    return [...this.#entries.values()].filter(holds).map(({ subscription }) => subscription);
  }

  #noteDue(entry: SubscriptionEntry): void {
    this.#nextAt = Math.min(this.#nextAt, entry.dueAt) as MonotonicNs;
  }

  #ackBy(now: MonotonicNs): MonotonicNs {
    return later(now, durationMs(this.#times.ackTimeoutMs));
  }
}
