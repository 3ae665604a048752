/** The words of a connection's life as constants, for programs that prefer `ConnectionState.CONNECTED`. */
import type { BackoffStrategy } from '../../shared/contract.ts';
import { CONNECTION_STATES, type ConnectionState as State } from '../../shared/session/connection-state.ts';
import {
  PROACTIVE_REASONS,
  REACTIVE_REASONS,
  type DisconnectReason as Reason,
} from '../../shared/session/disconnect-reason.ts';

const wordsOf = <W extends string>(words: readonly W[]): { readonly [K in W]: K } =>
  Object.freeze(Object.fromEntries(words.map((word) => [word, word]))) as { readonly [K in W]: K };

export const ConnectionState = wordsOf<State>(CONNECTION_STATES);
export type ConnectionState = State;

export const DisconnectReason = wordsOf<Reason>([...PROACTIVE_REASONS, ...REACTIVE_REASONS]);
export type DisconnectReason = Reason;

const RECONNECT_STRATEGIES = [
  /** Without any wait. */
  'IMMEDIATE',
  /** Always `reconnectDelay`. */
  'FIXED_DELAY',
  /** `reconnectDelay`, and twice as long each time up to `reconnectDelayMax`. */
  'EXPONENTIAL_BACKOFF',
  /** After a lost connection as `FIXED_DELAY`; after a disconnect that we wanted `shouldReconnect` decides. */
  'CALLBACK_CONTROLLED',
] as const;

/** How long to wait before each attempt of a reconnect. */
export const ReconnectStrategy = wordsOf(RECONNECT_STRATEGIES);
export type ReconnectStrategy = (typeof RECONNECT_STRATEGIES)[number];

/** What a session calls them. */
export const BACKOFFS: Readonly<Record<ReconnectStrategy, BackoffStrategy>> = {
  IMMEDIATE: 'immediate',
  FIXED_DELAY: 'fixed',
  EXPONENTIAL_BACKOFF: 'exponential',
  CALLBACK_CONTROLLED: 'fixed',
};
