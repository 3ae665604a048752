import { FAULTS, type FaultCode } from '../faults/fault-catalogue.ts';

/** Reasons of ours: somebody on this side wanted the connection to end. */
export const PROACTIVE_REASONS = [
  'USER_REQUESTED',
  'SCHEDULED',
  'CALLBACK_TRIGGERED',
  'CONNECTION_LIMIT',
] as const;

/** Reasons of the world's. `KILLED` plays the world in a test: the connection is cut as if it had been lost. */
export const REACTIVE_REASONS = [
  'SERVER_CLOSED',
  'NETWORK_ERROR',
  'PING_TIMEOUT',
  'PROTOCOL_ERROR',
  'FEED_SILENT',
  'KILLED',
] as const;

export type ProactiveReason = (typeof PROACTIVE_REASONS)[number];
export type ReactiveReason = (typeof REACTIVE_REASONS)[number];
export type DisconnectReason = ProactiveReason | ReactiveReason;

const PROACTIVE: ReadonlySet<string> = new Set(PROACTIVE_REASONS);

export const isProactive = (reason: DisconnectReason): reason is ProactiveReason => PROACTIVE.has(reason);

export const isReactive = (reason: DisconnectReason): reason is ReactiveReason => !PROACTIVE.has(reason);

const BY_FAULT: ReadonlyMap<FaultCode, ReactiveReason> = new Map([
  [FAULTS.SERVER_CLOSED.id, 'SERVER_CLOSED'],
  [FAULTS.PING_TIMEOUT.id, 'PING_TIMEOUT'],
  [FAULTS.FEED_SILENT.id, 'FEED_SILENT'],
  [FAULTS.PROTOCOL_ERROR.id, 'PROTOCOL_ERROR'],
  [FAULTS.MESSAGE_TOO_LONG.id, 'PROTOCOL_ERROR'],
] as const);

/** Why a connection that ended with this fault is gone. What is not told apart here is the network's doing. */
export const reasonOf = (fault: FaultCode): ReactiveReason => BY_FAULT.get(fault) ?? 'NETWORK_ERROR';
