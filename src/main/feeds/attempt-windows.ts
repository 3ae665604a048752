import { AttemptWindow } from '../../shared/session/attempt-window.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';

/**
 * The memory of every window there is. A window outlives the feeds that used it: the venue has not forgotten
 * their attempts when they are closed. One for each host the program itself names, so its size is the
 * program's to choose and nothing that the network does makes it grow.
 */
const WINDOWS = new Map<string, SharedArrayBuffer>();

/**
 * The window that all feeds of this process share whose URL has the same host, whichever `openFeeds` they are
 * of. Feeds that were given other numbers than the rest have a window of their own: who names them knows the
 * host better. A host is what a venue counts attempts at, whatever the protocol or the exchange's name.
 *
 * Runs on: main.
 */
export function attemptMemory(url: string, limits: VenueLimits): SharedArrayBuffer {
  // A URL's host is in lower case and without the default port.
  const key = `${new URL(url).host} ${limits.attempts} ${limits.attemptsWindowMs}`;
  let memory = WINDOWS.get(key);
  if (memory === undefined) {
    memory = AttemptWindow.memory(limits.attempts);
    WINDOWS.set(key, memory);
  }
  return memory;
}
