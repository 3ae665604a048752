import { type DestinationStream, type Logger, pino } from 'pino';
import type { ABNF } from '../../shared/websocket-client/abnf.ts';
import { bytesRepr } from '../../shared/websocket-client/bytes-repr.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';

export type TraceLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface TraceOptions {
  /** Anything with `write(text)`; standard error where left out. */
  readonly destination?: DestinationStream;
  /** The least that is written. DEBUG, which traces are of. */
  readonly level?: TraceLevel;
}

const LEVELS: ReadonlyMap<string, string> = new Map([
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARNING', 'warn'],
  ['ERROR', 'error'],
]);

const DUMP_END = '-----------------------';

/** Undefined until tracing is on: nothing is written before, and nothing after it is off again. */
let logger: Logger | undefined;
/** Made once: each would stay until the process ends. */
let standardError: DestinationStream | undefined;

/**
 * Writes what connections send and receive, a JSON line each. Calling it again changes where and how much, and
 * never writes a line twice.
 *
 * The traces are everything: tokens in headers and messages too.
 */
export function enableTrace(on: boolean, { destination, level = 'DEBUG' }: TraceOptions = {}): void {
  const known = LEVELS.get(level.toUpperCase());
  if (known === undefined)
    throw new WebSocketException(`level is ${level}, expected ${[...LEVELS.keys()].join(', ')}`);
  if (!on) {
    logger = undefined;
    return;
  }
  if (destination === undefined) standardError ??= pino.destination({ fd: 2, sync: true });
  logger = pino({ name: 'websocket', level: known }, destination ?? standardError);
}

/** A text of several lines under a title, such as the head of a request. */
export function dump(title: string, message: string): void {
  trace(`--- ${title} ---`);
  trace(message);
  trace(DUMP_END);
}

export const error = (message: string): void => logger?.error(message);
export const warning = (message: string): void => logger?.warn(message);
export const info = (message: string): void => logger?.info(message);
export const debug = (message: string): void => logger?.debug(message);
export const trace = (message: string): void => logger?.debug(message);

export const isEnabledForError = (): boolean => logger?.isLevelEnabled('error') ?? false;
export const isEnabledForDebug = (): boolean => logger?.isLevelEnabled('debug') ?? false;
/** Ask before making the text of a trace. */
export const isEnabledForTrace = (): boolean => logger !== undefined;

/** @param bytes the frame as it went over the wire. */
export function traceSent(frame: ABNF, bytes: Uint8Array): void {
  if (!isEnabledForDebug()) return;
  trace(`++Sent raw: ${bytesRepr(bytes)}`);
  trace(`++Sent decoded: ${frame}`);
}

/** @param bytes the frame as it came over the wire, or as it would. */
export function traceReceived(frame: ABNF, bytes: Uint8Array): void {
  if (!isEnabledForDebug()) return;
  trace(`++Rcv raw: ${bytesRepr(bytes)}`);
  trace(`++Rcv decoded: ${frame}`);
}
