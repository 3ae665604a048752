import { SIMULATOR_FAULT_NAMES, type SimulatorFaultName } from '../../shared/simulator/fault-names.ts';
import type { SimulatorStats } from '../../shared/simulator/simulator-protocol.ts';

/** What happened on the simulated exchange so far. */
export class SimulatorCounts {
  connections = 0;
  connectionsOpened = 0;
  messagesSent = 0;
  bytesSent = 0;
  requests = 0;
  slowConsumers = 0;
  readonly #faults = new Map<SimulatorFaultName, number>(SIMULATOR_FAULT_NAMES.map((name) => [name, 0]));

  fault(name: SimulatorFaultName): void {
    this.#faults.set(name, this.#faults.get(name)! + 1);
  }

  stats(): SimulatorStats {
    const { connections, connectionsOpened, messagesSent, bytesSent, requests, slowConsumers } = this;
    const faults = Object.fromEntries(this.#faults) as SimulatorStats['faults'];
    return { connections, connectionsOpened, messagesSent, bytesSent, requests, slowConsumers, faults };
  }
}
