import * as v from 'valibot';
import { PLATFORMS } from '../../shared/venues/platform-limits.ts';
import { checkEndpoint, checkHeaders } from './endpoint-options.ts';
import { LOG_LEVELS, SocketSchema } from './open-options.ts';
import { check, expected, flag, numberWithin, objectOf, oneOf } from './option-rules.ts';

const callback = v.optional(v.custom<object>((input) => typeof input === 'function', expected('a function')));
const seconds = v.optional(numberWithin(0, Number.POSITIVE_INFINITY, false));
/** A check at every moment would leave the event loop no other. */
const interval = v.optional(numberWithin(0.01, 86_400, false));
const count = v.optional(numberWithin(0, Number.POSITIVE_INFINITY));

const ManagerSchema = objectOf({
  url: v.string(expected('a ws:// or wss:// URL')),
  shouldDisconnect: callback,
  shouldReconnect: callback,
  onConnect: callback,
  onDisconnect: callback,
  onDisconnectAlert: callback,
  onMessage: callback,
  onAlert: callback,
  formatSubscribe: callback,
  formatUnsubscribe: callback,
  connectTimeout: interval,
  connectionTimeout: interval,
  pingInterval: seconds,
  pingTimeout: seconds,
  reconnectStrategy: v.optional(
    oneOf(['IMMEDIATE', 'FIXED_DELAY', 'EXPONENTIAL_BACKOFF', 'CALLBACK_CONTROLLED']),
  ),
  reconnectDelay: seconds,
  reconnectDelayMax: seconds,
  maxReconnectDelay: seconds,
  maxReconnectAttempts: count,
  reconnectJitter: v.optional(numberWithin(0, 1, false)),
  autoReconnect: v.optional(flag),
  stableConnectionTime: seconds,
  serverUnavailableDelay: seconds,
  disconnectCheckInterval: interval,
  reconnectCheckInterval: interval,
  disconnectMargin: seconds,
  disconnectAlertInterval: seconds,
  connectionLimit: seconds,
  queueSize: count,
  subscriptions: v.optional(v.array(v.unknown(), expected('a list of messages'))),
  config: v.optional(
    v.custom<object | string | false>(
      (input) =>
        input === false || typeof input === 'string' || (typeof input === 'object' && !Array.isArray(input)),
      expected('a mapping, the path of a file, or false'),
    ),
  ),
  preset: v.optional(oneOf(['trading', 'monitoring'])),
  platform: v.optional(oneOf(PLATFORMS)),
  socket: v.optional(SocketSchema),
  log: v.optional(objectOf({ level: v.optional(oneOf(LOG_LEVELS)) })),
  seed: v.optional(numberWithin(0, 0xffff_ffff)),
});

interface Checked {
  readonly url: string;
  readonly socket?:
    | { readonly allowPlain?: boolean | undefined; readonly headers?: object | undefined }
    | undefined;
}

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkManagerOptions(options: Checked): void {
  check(ManagerSchema, options, 'option ');
  const { url, socket } = options;
  checkEndpoint(url, socket?.allowPlain === true, 'option url');
  if (socket?.headers !== undefined) checkHeaders(socket.headers, 'option socket.headers');
}
