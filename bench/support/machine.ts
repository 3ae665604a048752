import { availableParallelism, cpus, loadavg } from 'node:os';

/** The machine that numbers are from, in one line. Without it they mean nothing. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = loadavg()[0]!.toFixed(1);
  return `${model}, ${availableParallelism()} cores, load ${load} at the start, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
