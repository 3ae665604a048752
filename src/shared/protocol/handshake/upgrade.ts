import { InvalidUpgrade } from '../errors/header-errors.ts';
import { parseConnection, parseUpgrade } from './header-values.ts';
import type { Headers } from './headers.ts';

/**
 * Either side's headers must upgrade the connection to WebSocket, and to nothing else.
 *
 * @throws InvalidUpgrade where they do not, InvalidHeaderFormat where they cannot be read.
 */
export function expectUpgrade(headers: Headers): void {
  const connection = headers.getAll('Connection').flatMap(parseConnection);
  if (!connection.some((option) => option.toLowerCase() === 'upgrade'))
    throw new InvalidUpgrade('Connection', joined(connection));
  const upgrade = headers.getAll('Upgrade').flatMap(parseUpgrade);
  // RFC 6455 writes it in both cases.
  if (upgrade.length !== 1 || upgrade[0]!.toLowerCase() !== 'websocket')
    throw new InvalidUpgrade('Upgrade', joined(upgrade));
}

const joined = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.join(', ');
