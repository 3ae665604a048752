import { SIMULATOR_FAULT_NAMES, type SimulatorFaultName } from '../../shared/simulator/fault-names.ts';
import { SIMULATOR_LIMIT_NAMES, type SimulatorLimitName } from '../../shared/simulator/limit-names.ts';
import type { SimulatorConnectionStats, SimulatorStats } from '../../shared/simulator/simulator-protocol.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';

/** Connections whose counts are kept after their end. */
const CONNECTIONS_KEPT = 1000;

/** What happened on one connection so far. */
export class ConnectionCounts implements SimulatorConnectionStats {
  readonly number: number;
  readonly exchange: ExchangeName;
  open = true;
  messagesSent = 0;
  subscriptions = 0;
  lost = 0;
  delayed = 0;

  constructor(number: number, exchange: ExchangeName) {
    this.number = number;
    this.exchange = exchange;
  }
}

/** What happened on the simulated exchange so far. */
export class SimulatorCounts {
  connections = 0;
  connectionsOpened = 0;
  messagesSent = 0;
  bytesSent = 0;
  requests = 0;
  slowConsumers = 0;
  readonly #faults = new Map<SimulatorFaultName, number>(SIMULATOR_FAULT_NAMES.map((name) => [name, 0]));
  readonly #violations = new Map<SimulatorLimitName, number>(SIMULATOR_LIMIT_NAMES.map((name) => [name, 0]));
  readonly #connectionsSeen: ConnectionCounts[] = [];

  fault(name: SimulatorFaultName): void {
    this.#faults.set(name, this.#faults.get(name)! + 1);
  }

  violation(name: SimulatorLimitName): void {
    this.#violations.set(name, this.#violations.get(name)! + 1);
  }

  /** Gives a new connection its number and its counts. */
  connection(exchange: ExchangeName): ConnectionCounts {
    this.connections++;
    const counts = new ConnectionCounts(++this.connectionsOpened, exchange);
    this.#connectionsSeen.push(counts);
    if (this.#connectionsSeen.length > CONNECTIONS_KEPT) this.#connectionsSeen.shift();
    return counts;
  }

  stats(): SimulatorStats {
    const { connections, connectionsOpened, messagesSent, bytesSent, requests, slowConsumers } = this;
    return {
      connections,
      connectionsOpened,
      messagesSent,
      bytesSent,
      requests,
      slowConsumers,
      faults: Object.fromEntries(this.#faults) as SimulatorStats['faults'],
      violations: Object.fromEntries(this.#violations) as SimulatorStats['violations'],
      connectionsSeen: this.#connectionsSeen.map((counts) => ({ ...counts })),
    };
  }
}
