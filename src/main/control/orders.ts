import type { ConnectionCommand } from '../../shared/contract.ts';
import type { ProactiveReason } from '../../shared/session/disconnect-reason.ts';
import type { ConnectionLink } from './connection-link.ts';
import { type ControlLog, thrownText } from './control-log.ts';
import type { Descent } from './descent-watch.ts';
import type { ReturnWindow } from './return-window.ts';
import { ms } from './seconds.ts';

export interface OrderParts {
  readonly log: ControlLog;
  /** Asked when to come back after a disconnect that says nothing of it; nobody where left out. */
  readonly window: ReturnWindow | undefined;
  /** A command did not reach the session. */
  readonly failed: (thrown: unknown) => void;
}

/**
 * What the session is told to do, and what of it holds until the user says otherwise: to stay down, to wait for
 * `shouldReconnect`, to be over. A worker that was started anew knows nothing of that and is told again.
 *
 * Runs on: main.
 */
export class Orders {
  readonly #link: ConnectionLink;
  readonly #parts: OrderParts;
  #isHeldDown = false;
  #isForGood = false;
  /** The reason of the disconnect after which `shouldReconnect` decides; undefined while it decides nothing. */
  #awaitsWindow: ProactiveReason | undefined;
  /** Commands that the session may not have heard yet. */
  #unheard = 0;

  constructor(link: ConnectionLink, parts: OrderParts) {
    this.#link = link;
    this.#parts = parts;
  }

  /** The user wants it down until told otherwise. */
  get isHeldDown(): boolean {
    return this.#isHeldDown;
  }

  /** The user wants it down for ever. */
  get isForGood(): boolean {
    return this.#isForGood;
  }

  /** A new word of the user's is coming: what was decided before holds no longer, except for an end for good. */
  forget(): void {
    this.#isHeldDown = false;
    this.#awaitsWindow = undefined;
    this.#parts.window?.stop();
  }

  stayDown(): void {
    this.#isHeldDown = true;
    this.give(STAY_DOWN);
  }

  endForGood(): void {
    this.#isForGood = true;
    if (this.#link.state !== 'CLOSED') this.give(END_FOR_GOOD);
  }

  /** Without waiting for the closing handshake any longer. */
  endNow(): void {
    this.give({ ...END_FOR_GOOD, force: true });
  }

  /** Down, and back as the descent says. Whoever was told to stay down does so all the same. */
  descend({ reason, reconnectAfter }: Descent): void {
    if (this.#isHeldDown || this.#isForGood) return;
    this.#awaitsWindow =
      reconnectAfter === undefined && this.#parts.window !== undefined ? reason : undefined;
    if (this.#awaitsWindow !== undefined) this.give(awaitWindow(reason));
    else if (reconnectAfter === undefined) this.give({ kind: 'disconnect', reason });
    else this.give({ kind: 'disconnect', reason, reconnectAfterMs: ms(reconnectAfter) });
  }

  give(command: ConnectionCommand): void {
    this.#unheard++;
    this.#link.command(command).then(
      () => {
        this.#unheard--;
        this.holdTo();
      },
      (thrown: unknown) => {
        this.#unheard--;
        this.#parts.log.error(`${command.kind} did not reach the connection: ${thrownText(thrown)}`);
        this.#parts.failed(thrown);
      },
    );
  }

  /**
   * The session took a step. Once it has heard every command, what it does is what it was told: where it waits
   * for `shouldReconnect` that is asked, and where it does what it was told not to it is told again.
   */
  holdTo(): void {
    const { window } = this.#parts;
    const { state } = this.#link;
    if (state === 'DISCONNECTED' || state === 'CLOSED') this.#awaitsWindow = undefined;
    if (state !== 'RECONNECTING') window?.stop();
    if (this.#unheard > 0) return;
    const standing = this.#standing();
    if (state === 'RECONNECTING' && this.#awaitsWindow !== undefined)
      window?.start((afterMs) => this.#onWindow(afterMs));
    else if ((state === 'CONNECTING' || state === 'CONNECTED') && standing !== undefined) this.give(standing);
  }

  #standing(): ConnectionCommand | undefined {
    if (this.#isForGood) return END_FOR_GOOD;
    if (this.#isHeldDown) return STAY_DOWN;
    return this.#awaitsWindow === undefined ? undefined : awaitWindow(this.#awaitsWindow);
  }

  #onWindow(afterMs: number): void {
    this.#awaitsWindow = undefined;
    this.give(afterMs === 0 ? { kind: 'start' } : { kind: 'reconnect', afterMs });
  }
}

const STAY_DOWN: ConnectionCommand = { kind: 'disconnect', reason: 'USER_REQUESTED' };

const END_FOR_GOOD = { kind: 'close', reason: 'Force close' } as const;

/** Down, and not up again before another command. */
const awaitWindow = (reason: ProactiveReason): ConnectionCommand => ({
  kind: 'disconnect',
  reason,
  reconnectAfterMs: Number.POSITIVE_INFINITY,
});
