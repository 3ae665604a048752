import { MisuseError } from '../../../shared/invariant.ts';
import { shown } from '../../options/option-rules.ts';
import type { ServeOptions } from '../../options/serve-options.ts';
import { servePlanOf } from './serve-plan.ts';
import { type Handler, Server } from './server.ts';

const PORT_MAX = 65_535;

/**
 * Serves WebSocket connections in this thread.
 *
 * Each connection is given to `handler`; when that returns, the connection is closed with 1000, and when it
 * throws, with 1011, and the error is logged.
 *
 * @param host a name or an address; of a name, all its addresses. `0.0.0.0` and `::` are all of the machine.
 * @param port 0 takes one that is free: see `port` of the server.
 *
 * Rejects with the network's error, or a MisuseError for options that cannot work.
 */
export async function serve(
  handler: Handler,
  host = 'localhost',
  port = 0,
  options: ServeOptions = {},
): Promise<Server> {
  if (typeof handler !== 'function')
    throw new MisuseError(`Condition failed: the handler is ${shown(handler)}, expected a function`);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
    throw new MisuseError(
      `Condition failed: port is ${shown(port)}, allowed: whole numbers from 0 to ${PORT_MAX}`,
    );
  const plan = servePlanOf(options);
  const server = new Server(handler, plan);
  await server.listen({ host, port, path: plan.path, backlog: plan.backlog });
  return server;
}

/** Serves at a Unix socket, or at a named pipe of Windows. */
export const unixServe = (
  handler: Handler,
  path: string,
  options: Omit<ServeOptions, 'path'> = {},
): Promise<Server> => serve(handler, undefined, undefined, { ...options, path });
