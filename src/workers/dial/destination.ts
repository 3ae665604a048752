import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ProxyError } from '../../shared/protocol/errors/handshake-errors.ts';
import { isIpv6, normalizeHost } from '../../shared/protocol/handshake/host.ts';
import { unlessAborted } from './stage.ts';

/** What a proxy is asked to connect to: a name in ASCII, or an address, and nothing that could be more. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** @throws ProxyError where no proxy can be told this host or this port. */
export function destinationOf(host: string, port: number): Destination {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const named = isIpv6(bare) ? bare : normalizeHost(host);
  if (named === undefined) throw new ProxyError('the host is no name that a proxy could be told');
  if (!Number.isInteger(port) || port < 1 || port > 0xffff) {
    throw new ProxyError('the port is none that a proxy could be told');
  }
  return { host: named, port };
}

/** The same with a name looked up here, for proxies that are to be told an address. */
export async function lookedUp(
  { host, port }: Destination,
  family: 0 | 4 | 6,
  signal: AbortSignal,
): Promise<Destination> {
  if (isIP(host) !== 0) return { host, port };
  const { address } = await unlessAborted(signal, lookup(host, { family }));
  return { host: address, port };
}
