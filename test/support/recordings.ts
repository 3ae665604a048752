import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why a test that needs recordings is skipped where there are none. */
export const NO_RECORDINGS =
  'no recordings: set RINGFEED_RECORDINGS to a folder of recorded sessions, or keep one at ../shared/recordings';

/** The folder of recorded sessions, or undefined where this machine has none. */
export function recordings(): string | undefined {
  const folder = process.env['RINGFEED_RECORDINGS'] ?? join(process.cwd(), '..', 'shared', 'recordings');
  return existsSync(folder) ? folder : undefined;
}

/** The payload texts of one recorded session, in the order they were received. */
export function recordedMessages(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { raw: string }).raw);
}
