import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';

/*
 * Defaults of the whole thread that imports this, which is the process unless it starts threads of its own. Those
 * of the connections are told the value with each connection.
 */
let reconnectSeconds = 0;
let timeoutSeconds: number | null = null;

/**
 * Seconds between two attempts of a `WebSocketApp` that is not told otherwise; 0 does not reconnect.
 *
 * @throws WebSocketException where it is no time.
 */
export function setReconnect(seconds: number): void {
  reconnectSeconds = expectSeconds('reconnect', seconds);
}

export const getReconnect = (): number => reconnectSeconds;

/**
 * Seconds a connection waits for each step where it is not told otherwise; null waits for ever.
 *
 * @throws WebSocketException where it is no time.
 */
export function setDefaultTimeout(seconds: number | null): void {
  timeoutSeconds = seconds === null ? null : expectSeconds('timeout', seconds);
}

export const getDefaultTimeout = (): number | null => timeoutSeconds;

function expectSeconds(what: string, seconds: number): number {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0)
    throw new WebSocketException(`${what} is ${String(seconds)}, expected seconds from 0 on`);
  return seconds;
}
