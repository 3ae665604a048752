import assert from 'node:assert/strict';
import { ConnectionControl } from '../../src/main/control/connection-control.ts';
import type { ControlLog } from '../../src/main/control/control-log.ts';
import type { ControlOptions } from '../../src/main/control/control-options.ts';
import type { ManagerOptions } from '../../src/main/manager/manager-options.ts';
import { sessionOptions } from '../../src/main/manager/raw-connection.ts';
import { WebSocketManager } from '../../src/main/manager/websocket-manager.ts';
import { mayFollow } from '../../src/shared/session/connection-state.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedServer, SessionLink, type SessionLinkOptions } from './session-link.ts';

/** Keeps what was logged, a line each. */
export class ListLog implements ControlLog {
  readonly lines: string[] = [];
  debug = (): void => undefined;
  warn = (message: string): void => void this.lines.push(`warn ${message}`);
  error = (message: string): void => void this.lines.push(`error ${message}`);
}

/** What is in a control rig and in a manager rig alike. */
interface Rig {
  readonly clock: ManualClock;
  readonly server: ScriptedServer;
  readonly log: ListLog;
  /** What happened, a line each: `5.1s CONNECTED`, `5.1s down SERVER_CLOSED`. */
  readonly told: string[];
}

function rig(clock: ManualClock): Rig & { readonly note: (what: string) => void } {
  const told: string[] = [];
  const from = clock.now();
  const note = (what: string): void => {
    told.push(`${Math.round((clock.now() - from) / 10) / 100}s ${what}`);
  };
  return { clock, server: new ScriptedServer(), log: new ListLog(), told, note };
}

/** A control over a session with a scripted server. Every step is checked to be one that may follow. */
export function controlRig(
  options: ControlOptions = {},
  link: SessionLinkOptions = {},
  clock = new ManualClock(),
): Rig & { readonly control: ConnectionControl } {
  const { server, log, told, note } = rig(clock);
  const control = new ConnectionControl(
    new SessionLink(clock, server, link),
    { onDisconnect: (reason) => note(`down ${reason}`), ...options },
    { url: 'ws://server/', connectTimeoutMs: 10_000, log, clock },
  );
  control.onState(({ from, state }) => {
    if (!mayFollow(from, state)) note(`${state} does not follow ${from}`);
    note(state);
  });
  return { clock, server, log, told, control };
}

/** A manager over a session with a scripted server. @param latency seconds from thread to thread. */
export function managerRig(
  options: ManagerOptions = {},
  clock = new ManualClock(),
  latency = 0,
): Rig & { readonly manager: WebSocketManager } {
  const { server, log, told, note } = rig(clock);
  const manager = new WebSocketManager(
    'ws://127.0.0.1:9/?token=secret',
    { config: false, onDisconnect: (reason) => note(`down ${reason}`), ...options },
    {
      clock,
      log,
      open: async ({ settings }, taker) =>
        new SessionLink(clock, server, { ...sessionOptions(settings), latency }, taker),
    },
  );
  manager.on('state', ({ from, state }) => {
    assert.ok(mayFollow(from, state), `${state} may follow ${from}`);
    note(state);
  });
  return { clock, server, log, told, manager };
}
