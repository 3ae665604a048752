/** Exit code of a process ended by a signal it did not handle: 128 and the signal's number. */
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Aborts at the first SIGINT or SIGTERM, for a clean end; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(SIGNAL_CODES[name]);
      controller.abort();
    });
  return controller.signal;
}

/**
 * Aborts when any of the signals does, or after `seconds`. By hand rather than with `AbortSignal.any` and
 * `AbortSignal.timeout`, whose signals Node 20 may collect before they fire.
 */
export function endSignal(signals: readonly AbortSignal[], seconds: number | undefined): AbortSignal {
  const controller = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    controller.abort();
  };
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  for (const signal of signals)
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  return controller.signal;
}
