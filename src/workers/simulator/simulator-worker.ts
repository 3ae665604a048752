/**
 * Entry of the simulated exchange's thread. It tells its addresses once it listens, then answers one
 * command after the other; it ends by itself when told to stop.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../shared/invariant.ts';
import type {
  SimulatorCommand,
  SimulatorMessage,
  SimulatorOptions,
  SimulatorRequest,
  SimulatorResult,
} from '../../shared/simulator/simulator-protocol.ts';
import { SimulatedExchange } from './simulated-exchange.ts';

invariant(parentPort !== null, 'the simulator’s entry runs in a worker');
const port = parentPort;

const exchange = new SimulatedExchange(workerData as SimulatorOptions);
const post = (message: SimulatorMessage): void => port.postMessage(message);

async function carryOut(command: SimulatorCommand): Promise<SimulatorResult> {
  switch (command.type) {
    case 'fault':
      exchange.fault(command.fault);
      return undefined;
    case 'clear':
      exchange.clear(command.name);
      return undefined;
    case 'rate':
      exchange.setRate(command.rate);
      return undefined;
    case 'step':
      return exchange.step(command.count);
    case 'stats':
      return exchange.stats();
    case 'truth':
      return exchange.truth(command.exchange, command.symbol);
    case 'stop':
      await exchange.stop();
      return undefined;
  }
}

port.on('message', async ({ id, command }: SimulatorRequest) => {
  const result = await carryOut(command);
  post({ type: 'result', id, result });
  if (command.type === 'stop') port.close();
});

try {
  post({ type: 'ready', ...(await exchange.start()) });
} catch (error) {
  post({ type: 'failed', detail: error instanceof Error ? error.message : String(error) });
  port.close();
}
