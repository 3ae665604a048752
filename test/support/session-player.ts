import type { SessionTimes, Subscription } from '../../src/shared/contract.ts';
import { FAULTS, type FaultName, faultName } from '../../src/shared/faults/fault-catalogue.ts';
import { statusName } from '../../src/shared/faults/status-catalogue.ts';
import {
  durationS,
  type InstrumentId,
  later,
  type MonotonicNs,
  NO_INSTRUMENT,
  NS_PER_S,
} from '../../src/shared/units.ts';
import type { VenueLimits } from '../../src/shared/venues/venue.ts';
import type { ConnectionEnd } from '../../src/workers/feed-events.ts';
import { Session, type SessionOptions } from '../../src/workers/session/session.ts';
import type { SessionAction, SessionInput } from '../../src/workers/session/session-actions.ts';

/** Instruments of every script: the id is the place. */
const SYMBOLS = ['BTC', 'ETH', 'SOL', 'ADA'] as const;
type Symbol = (typeof SYMBOLS)[number];

const idOf = (symbol: Symbol): InstrumentId => SYMBOLS.indexOf(symbol) as InstrumentId;

export const trade = (symbol: Symbol): Subscription => ({ channel: 'trade', instrument: idOf(symbol) });
export const book = (symbol: Symbol, depth = 10): Subscription => ({
  channel: 'book',
  depth,
  instrument: idOf(symbol),
});

/** How a connection ended, by the fault and what differs from a plain end. */
export const end = (fault: FaultName, rest: Partial<ConnectionEnd> = {}): SessionInput => ({
  kind: 'ended',
  end: { fault: FAULTS[fault].id, code: 1006, detail: '', ours: false, ...rest },
});

export const OPENED: SessionInput = { kind: 'opened' };
export const START: SessionInput = { kind: 'start' };
export const HEARD: SessionInput = { kind: 'heard' };
export const RESET = end('CONNECTION_RESET');

/** What came of one subscription. */
export const ack = (subscription: Subscription): SessionInput => ({ kind: 'subscribed', subscription });
export const gone = (subscription: Subscription): SessionInput => ({ kind: 'unsubscribed', subscription });
export const no = (subscription: Subscription | undefined, reason: string): SessionInput => ({
  kind: 'refused',
  subscription,
  reason,
});
export const stale = (subscription: Subscription): SessionInput => ({
  kind: 'book-stale',
  subscription,
  fault: FAULTS.CHECKSUM_MISMATCH.id,
});
export const live = (subscription: Subscription): SessionInput => ({ kind: 'book-live', subscription });
export const want = (...subscriptions: Subscription[]): SessionInput => ({ kind: 'want', subscriptions });
export const unwant = (...subscriptions: Subscription[]): SessionInput => ({ kind: 'unwant', subscriptions });

/** Round times, so that a script reads by itself. Silence and pings are off unless a script asks for them. */
export const TIMES: SessionTimes = {
  connectTimeoutMs: 10_000,
  ackTimeoutMs: 5_000,
  ackAttempts: 3,
  silentAfterMs: 0,
  pingIntervalMs: 0,
  pongTimeoutMs: 3_000,
  closeTimeoutMs: 2_000,
  backoffMs: 1_000,
  backoffMaxMs: 60_000,
  stableAfterMs: 30_000,
  unavailableDelayMs: 30_000,
  attemptsMax: Number.POSITIVE_INFINITY,
};

export const LIMITS: VenueLimits = {
  symbolsPerRequest: 100,
  requestsPerSecond: 20,
  subscriptionsPerConnection: Number.POSITIVE_INFINITY,
  connections: Number.POSITIVE_INFINITY,
  connectionLifeMs: Number.POSITIVE_INFINITY,
  connectionMarginMs: 300_000,
  attempts: 150,
  attemptsWindowMs: 600_000,
};

export type Script = readonly (readonly [seconds: number, input: SessionInput])[];

export interface Play extends Partial<Omit<SessionOptions, 'times' | 'limits'>> {
  readonly times?: Partial<SessionTimes>;
  readonly limits?: Partial<VenueLimits>;
  /** Goes on until this second after the last input; until the last input where left out. */
  readonly until?: number;
  /** Ticks come only where the script has them, as on a thread that stands still in between. */
  readonly noTicks?: boolean;
}

/** Time of the first second of a script: any time will do below 2^53, where a double no longer holds each ns. */
export const ORIGIN = (86_400 * 100 * NS_PER_S) as MonotonicNs;

/** No script that ends needs this many ticks; a session that asks for more asks forever. */
const TICKS_MAX = 10_000;

/**
 * Plays a script to a session and gives what the session did, a line each: `7s terminate FEED_SILENT`.
 * Between the inputs it ticks the session at its deadlines. Jitter is off unless the options say otherwise.
 */
export function play(script: Script, options: Play = {}): string[] {
  const lines: string[] = [];
  const session = new Session({
    seed: 1,
    subscriptions: [],
    quickMs: 0,
    ...options,
    times: { ...TIMES, ...options.times },
    limits: { ...LIMITS, ...options.limits },
    backoff: options.backoff ?? { strategy: 'exponential', delayMs: 1_000, maxMs: 60_000, jitter: 0 },
  });
  const receive = (input: SessionInput, now: MonotonicNs): void => {
    for (const action of session.receive(input, now)) lines.push(`${secondsOf(now)}s ${line(action)}`);
  };
  let clock = ORIGIN;
  const tickUntil = (at: MonotonicNs): void => {
    for (let ticks = 0; options.noTicks !== true && session.nextDeadline() <= at; ticks++) {
      if (ticks > TICKS_MAX) throw new Error(`asked for more than ${TICKS_MAX} ticks`);
      clock = Math.max(clock, session.nextDeadline()) as MonotonicNs;
      receive({ kind: 'tick' }, clock);
    }
    clock = at;
  };
  for (const [seconds, input] of script) {
    const at = later(ORIGIN, durationS(seconds));
    // What is due at the time of an input comes after it, as a timer does.
    tickUntil((at - 1) as MonotonicNs);
    clock = at;
    receive(input, at);
  }
  tickUntil(later(ORIGIN, durationS(options.until ?? script.at(-1)?.[0] ?? 0)));
  return lines;
}

const secondsOf = (now: MonotonicNs): number => Math.round((now - ORIGIN) / 1_000_000) / 1_000;

const symbolsOf = (subscriptions: readonly Subscription[]): string =>
  subscriptions.map(({ instrument }) => SYMBOLS[instrument] ?? `#${instrument}`).join(' ');

const channelOf = ({ channel, depth }: Subscription): string =>
  depth === undefined ? channel : `${channel} ${depth}`;

function line(action: SessionAction): string {
  switch (action.kind) {
    case 'subscribe':
    case 'unsubscribe':
      return `${action.kind} ${channelOf(action.subscriptions[0]!)} ${symbolsOf(action.subscriptions)}`;
    case 'abandon':
      return `abandon ${channelOf(action.subscription)} ${symbolsOf([action.subscription])}`;
    case 'close':
      return `close ${action.code}`;
    case 'terminate':
      return `terminate ${faultName(action.fault)}`;
    case 'status': {
      const words: string[] = [statusName(action.code)];
      if (action.fault !== FAULTS.NONE.id) words.push(faultName(action.fault));
      if (!Number.isNaN(action.value)) words.push(String(action.value));
      if (action.instrument !== NO_INSTRUMENT) words.push(SYMBOLS[action.instrument] ?? '?', action.detail);
      return words.join(' ');
    }
    case 'expiring':
      return `expiring ${action.reason}`;
    case 'connect':
    case 'ping':
    case 'done':
      return action.kind;
  }
}
