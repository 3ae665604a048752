import { isInNetwork, parseIp, parseNetwork } from './ip-address.ts';

/** A host as a list of exceptions sees it. */
export interface ProxiedHost {
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** The entries of a `no_proxy`: separated by commas, spaces or both. */
export const noProxyEntries = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((entry) => entry !== '');

/**
 * True where one of the entries exempts the host from proxies.
 *
 *   `*`                          every host
 *   `example.com`, `.example.com`, `*.example.com`
 *                                this name and all below it, by whole labels: never badexample.com
 *   `192.0.2.1`, `::1`           this address, however it is written
 *   `192.0.2.0/24`, `fd00::/8`   these addresses
 *
 * Each but the networks may name a port, IPv6 then in brackets, and holds for that port alone.
 */
export function isExempt({ host, port }: ProxiedHost, entries: readonly string[]): boolean {
  const name = plainName(host);
  const address = parseIp(name);
  return entries.some((written) => {
    if (written === '*') return true;
    const network = parseNetwork(written);
    if (network !== undefined) return address !== undefined && isInNetwork(address, network);
    const entry = splitPort(written);
    if (entry.port !== undefined && entry.port !== port) return false;
    const entryAddress = parseIp(entry.host);
    if (address !== undefined || entryAddress !== undefined) {
      return address !== undefined && entryAddress?.join() === address.join();
    }
    const suffix = plainName(entry.host).replace(/^(\*?\.)+/, '');
    return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
  });
}

const plainName = (host: string): string => host.toLowerCase().replace(/\.$/, '');

function splitPort(entry: string): { readonly host: string; readonly port: number | undefined } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  // An IPv6 address without brackets has too many colons for a port.
  return { host: bracketed ?? plain ?? entry, port: port === undefined ? undefined : Number(port) };
}
