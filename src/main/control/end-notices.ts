import type { DisconnectReason } from '../../shared/session/disconnect-reason.ts';
import { AlertThrottle } from './alert-throttle.ts';
import { CONTROL_DEFAULTS, type ControlOptions, type ControlParts } from './control-options.ts';
import { guardedCall } from './guarded-call.ts';
import { ms } from './seconds.ts';

/**
 * Tells whoever wants to know that a connection ended, and why.
 *
 * Runs on: main.
 */
export class EndNotices {
  readonly #options: ControlOptions;
  readonly #parts: ControlParts;
  readonly #alerts: AlertThrottle;

  constructor(options: ControlOptions, parts: ControlParts) {
    this.#options = options;
    this.#parts = parts;
    this.#alerts = new AlertThrottle(
      ms(options.disconnectAlertInterval ?? CONTROL_DEFAULTS.disconnectAlertInterval),
    );
  }

  tell(reason: DisconnectReason): void {
    const { log, clock, lost } = this.#parts;
    const { onDisconnect, onDisconnectAlert } = this.#options;
    lost?.(reason);
    if (onDisconnect !== undefined) guardedCall(log, 'onDisconnect', () => onDisconnect(reason));
    const count = this.#alerts.count(clock.now());
    if (count > 0 && onDisconnectAlert !== undefined)
      guardedCall(log, 'onDisconnectAlert', () => onDisconnectAlert(reason, count));
  }
}
