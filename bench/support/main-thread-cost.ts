import { readFileSync } from 'node:fs';

/** What a span of time cost the main thread. */
export interface MainThreadCost {
  /** Time the event loop was not waiting for something to do, ns. Counts waiting for a core as well. */
  readonly busyNs: number;
  /** Time on a processor, ns; NaN where the system does not say. */
  readonly cpuNs: number;
}

/** Runs on: main. */
export class MainThreadMeter {
  #cpuNs = 0;
  #loop = performance.eventLoopUtilization();

  start(): void {
    this.#cpuNs = mainThreadCpuNs();
    this.#loop = performance.eventLoopUtilization();
  }

  read(): MainThreadCost {
    const { active } = performance.eventLoopUtilization(this.#loop);
    return { busyNs: active * 1e6, cpuNs: mainThreadCpuNs() - this.#cpuNs };
  }
}

/** Node 23.9 and later; missing from the types of Node 20. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };

function mainThreadCpuNs(): number {
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) * 1000;
  }
  try {
    // Linux: ns on a processor, ns waiting for one, time slices. Brought up to date at every tick of the kernel.
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]);
  } catch {
    return Number.NaN;
  }
}
