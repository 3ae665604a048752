import { type Logger, pino } from 'pino';
import { MisuseError } from '../shared/invariant.ts';
import { didYouMean } from './options/nearest.ts';
import { LOG_LEVELS } from './options/open-options.ts';

export type { Logger } from 'pino';

/** The level asked for by the option, else by `RINGFEED_LOG`, else `warn`. */
export function logLevel(option: string | undefined): string {
  const level = option ?? process.env['RINGFEED_LOG'] ?? 'warn';
  if (!(LOG_LEVELS as readonly string[]).includes(level))
    throw new MisuseError(
      `Condition failed: RINGFEED_LOG is "${level}", allowed: ${LOG_LEVELS.join(', ')}${didYouMean(level, LOG_LEVELS)}`,
    );
  return level;
}

/** The main thread's log, to standard error like the workers'. */
export const createLog = (level: string): Logger =>
  pino({ name: 'ringfeed', level }, pino.destination({ fd: 2, sync: true }));
