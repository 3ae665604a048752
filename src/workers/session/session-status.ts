import type { Subscription } from '../../shared/contract.ts';
import { FAULTS, type FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { STATUSES, type StatusName } from '../../shared/faults/status-catalogue.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../shared/units.ts';
import type { SessionAction } from './session-actions.ts';

type SessionStatus = Extract<SessionAction, { kind: 'status' }>;

const NO_VALUE = Number.NaN;

const status = (
  name: StatusName,
  instrument: InstrumentId,
  fault: FaultCode,
  value: number,
  detail: string,
): SessionStatus => ({ kind: 'status', code: STATUSES[name].id, instrument, fault, value, detail });

/** A status of the whole feed. */
export const feedStatus = (
  name: StatusName,
  detail = '',
  fault: FaultCode = FAULTS.NONE.id,
  value = NO_VALUE,
): SessionAction => status(name, NO_INSTRUMENT, fault, value, detail);

/** A status of one subscription. The detail begins with which one: `book 10`, `trade`. */
export function subscriptionStatus(
  name: StatusName,
  subscription: Subscription,
  words = '',
  fault: FaultCode = FAULTS.NONE.id,
): SessionStatus {
  const parameter = subscription.depth ?? subscription.interval;
  const which = parameter === undefined ? subscription.channel : `${subscription.channel} ${parameter}`;
  return status(name, subscription.instrument, fault, NO_VALUE, words === '' ? which : `${which}: ${words}`);
}
