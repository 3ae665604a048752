/**
 * The flags of this process that its workers take over. Node hands them all on, but refuses to start a worker
 * from a file with the one that says what `node --eval` is written in.
 */
export function workerFlags(flags: readonly string[] = process.execArgv): string[] {
  return flags.filter((flag, n) => !flag.startsWith('--input-type') && flags[n - 1] !== '--input-type');
}
