import { type Logger, pino } from 'pino';
import type { LogOptions } from '../shared/contract.ts';

/**
 * A worker's log: written synchronously to standard error, so that no line is lost when the thread ends and
 * none waits for the main thread, as `console.log` in a worker would.
 */
export const createWorkerLog = (options: LogOptions): Logger =>
  pino({ name: 'ringfeed', level: options.level }, pino.destination({ fd: 2, sync: true }));
