/**
 * How a worker takes over the flags of this process: as Node hands them on, all of them. Only where a flag
 * says what `node --eval` is written in, none, because Node starts no worker from a file with that one.
 * A part of them cannot be handed on, since Node refuses by name those that it inherits without a word.
 */
export function workerFlags(flags: readonly string[] = process.execArgv): { execArgv?: string[] } {
  return flags.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {};
}
