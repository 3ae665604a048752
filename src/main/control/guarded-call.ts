import { type ControlLog, thrownText } from './control-log.ts';

/**
 * Calls back into the user's code. What it throws, now or later, is logged and goes no further.
 *
 * @returns undefined where it was done at once, else what resolves, never rejects, when it is done.
 */
export function guardedCall(log: ControlLog, name: string, call: () => unknown): Promise<void> | undefined {
  const failed = (thrown: unknown): void => log.error(`${name} threw ${thrownText(thrown)}`);
  try {
    const result = call();
    if (!isPromise(result)) return undefined;
    return Promise.resolve(result).then(() => undefined, failed);
  } catch (thrown) {
    failed(thrown);
    return undefined;
  }
}

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
