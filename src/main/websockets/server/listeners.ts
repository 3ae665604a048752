import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';

/** Where to listen: at a host and a port, or at a Unix socket. */
export interface Place {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
  readonly path?: string | undefined;
  readonly backlog?: number | undefined;
}

/** What is done with those who come. */
export interface Reception {
  /** Whether a client that says no more may still be told something. */
  readonly isHalfOpen: boolean;
  readonly accept: (socket: Socket) => void;
  /** One could not be accepted, for want of file descriptors for example. */
  readonly failed: (error: Error) => void;
}

/** An address that a name has but the machine does not. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);
const ATTEMPTS_MAX = 8;

/**
 * Listens at every address the host has: clients take `localhost` for 127.0.0.1 or for ::1, as they please.
 *
 * Rejects with the network's error.
 */
export async function listen(
  { host, port, path, backlog }: Place,
  { isHalfOpen, accept, failed }: Reception,
): Promise<readonly Server[]> {
  const others = backlog === undefined ? {} : { backlog };
  const listening = async (at: ListenOptions): Promise<Server> => {
    const server = createServer({ allowHalfOpen: isHalfOpen, noDelay: true }, accept);
    server.listen({ ...at, ...others });
    await once(server, 'listening');
    server.on('error', failed);
    return server;
  };
  if (path !== undefined) return [await listening({ path })];
  const addresses = await addressesOf(host);
  // A port that is free at one address may be taken at the next; the kernel is asked for another then.
  for (let attempt = 1; ; attempt++)
    try {
      return await listenAtAll(addresses, port, listening);
    } catch (error) {
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || attempt === ATTEMPTS_MAX) throw error;
    }
}

async function listenAtAll(
  addresses: readonly string[],
  port: number,
  listening: (at: ListenOptions) => Promise<Server>,
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  let absent: unknown;
  try {
    for (const address of addresses) {
      const first = servers[0]?.address() as AddressInfo | undefined;
      try {
        servers.push(await listening({ host: address, port: first?.port ?? port }));
      } catch (error) {
        if (!ABSENT.has(codeOf(error))) throw error;
        absent = error;
      }
    }
    if (servers.length === 0) throw absent;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return servers;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}
