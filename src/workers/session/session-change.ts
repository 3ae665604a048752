import type { ConnectionChange } from '../../shared/contract.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import type { ConnectionState } from '../../shared/session/connection-state.ts';
import type { DisconnectReason } from '../../shared/session/disconnect-reason.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import type { SessionAction } from './session-actions.ts';

type Status = Extract<SessionAction, { kind: 'status' }>;

/**
 * A step of the session in the words of the main thread.
 *
 * @param actions what the session answered to the input that made it take this step.
 * @param reason why the last connection ended.
 */
export function sessionChange(
  state: ConnectionState,
  reason: DisconnectReason | undefined,
  actions: readonly SessionAction[],
  at: MonotonicNs,
): ConnectionChange {
  const find = (holds: (status: Status) => boolean): Status | undefined =>
    actions.find((action): action is Status => action.kind === 'status' && holds(action));
  const ended = find(({ code }) => code === STATUSES.disconnected.id);
  const givenUp = find(({ fault }) => fault === FAULTS.RETRIES_EXHAUSTED.id);
  const waits = find(({ code }) => code === STATUSES.reconnecting.id);
  const cut = actions.find((action) => action.kind === 'terminate');
  const closing = actions.find((action) => action.kind === 'close');
  const why = ended?.detail ?? waits?.detail ?? cut?.detail ?? closing?.reason ?? '';
  return {
    state,
    reason,
    fault: givenUp?.fault ?? ended?.fault ?? FAULTS.NONE.id,
    ...(givenUp === undefined || ended === undefined ? {} : { cause: ended.fault }),
    code: ended?.value ?? 0,
    detail: givenUp === undefined ? why : `${givenUp.detail}${why === '' ? '' : `: ${why}`}`,
    at,
  };
}
