import { MisuseError } from '../../shared/invariant.ts';

/** Milliseconds of the seconds that the user speaks in. */
export function ms(seconds: number): number;
export function ms(seconds: number | undefined): number | undefined;
export function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** @throws MisuseError for what is no time from now on. */
export function checkSeconds(what: string, value: number): void {
  if (!(value >= 0))
    throw new MisuseError(`Condition failed: ${what} is ${value}, allowed: 0 or more seconds`);
}
