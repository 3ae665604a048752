import type { AppOptions } from '../../src/main/websocket-client/app-options.ts';
import { WebSocketApp } from '../../src/main/websocket-client/websocket-app.ts';
import { shown } from './client-pair.ts';

export interface LoggedApp {
  readonly app: WebSocketApp;
  /** The callbacks in the order of their calls. */
  readonly calls: string[];
  /** Resolves once there was such a call, `count` times. */
  called(start: string, count?: number): Promise<void>;
}

/** An app whose callbacks write down their calls, before they do what the options say. */
export function loggedApp(url: string, options: AppOptions = {}): LoggedApp {
  const calls: string[] = [];
  const waiting: { start: string; count: number; resolve: () => void }[] = [];
  const look = (): void => {
    for (const one of waiting)
      if (calls.filter((call) => call.startsWith(one.start)).length >= one.count) one.resolve();
  };
  const log = (call: string): void => {
    calls.push(call);
    look();
  };
  const { onReconnect, onContMessage } = options;
  const app = new WebSocketApp(url, {
    ...options,
    onOpen: (app) => {
      log('open');
      return options.onOpen?.(app);
    },
    onReconnect:
      onReconnect &&
      ((app) => {
        log('reconnect');
        return onReconnect(app);
      }),
    onData: (app, data, opcode, fin) => {
      log(`data ${shown(data)} ${opcode} ${fin}`);
      return options.onData?.(app, data, opcode, fin);
    },
    onMessage: (app, message) => {
      log(`message ${shown(message)}`);
      return options.onMessage?.(app, message);
    },
    onContMessage:
      onContMessage &&
      ((app, data, fin) => {
        log(`cont ${shown(data)} ${fin}`);
        return onContMessage(app, data, fin);
      }),
    onError: (app, error) => {
      log(`error ${error.name}: ${error.message}`);
      return options.onError?.(app, error);
    },
    onClose: (app, code, reason) => {
      log(`close ${code} ${reason}`);
      return options.onClose?.(app, code, reason);
    },
    onPing: (app, data) => {
      log(`ping ${shown(data)}`);
      return options.onPing?.(app, data);
    },
    onPong: (app, data) => {
      log(`pong ${shown(data)}`);
      return options.onPong?.(app, data);
    },
  });
  return {
    app,
    calls,
    called: (start, count = 1) =>
      new Promise((resolve) => {
        waiting.push({ start, count, resolve });
        look();
      }),
  };
}
