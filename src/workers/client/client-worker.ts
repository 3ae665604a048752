/** Entry of the thread that holds the connections of clients: the sockets, the protocol, the pings. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { OpenCommand } from '../../shared/client/client-contract.ts';
import { ClientConnection } from './client-connection.ts';

const connections = new Set<ClientConnection>();

parentPort!.on('message', (command: OpenCommand<MessagePort>) => {
  const connection: ClientConnection = new ClientConnection(command, () => connections.delete(connection));
  connections.add(connection);
  void connection.open();
});

// Whatever ends this thread: a main thread that is blocked learns of it here and nowhere else.
process.on('exit', () => {
  Atomics.store(workerData as Int32Array, 0, 1);
  for (const connection of connections) connection.cutOff(new Error('the thread of the connections ended'));
});
