import { WebSocketException } from './exceptions.ts';

/**
 * The subprotocol that a server has picked of those offered, in lower case; null where none was offered.
 *
 * @throws WebSocketException where it has picked none of them.
 */
export function agreedSubprotocol(
  offered: readonly string[] | null | undefined,
  answered: string | null | undefined,
): string | null {
  if (offered === null || offered === undefined || offered.length === 0) return null;
  const picked = answered?.toLowerCase();
  if (picked === undefined || !offered.some((one) => one.toLowerCase() === picked))
    throw new WebSocketException('Invalid WebSocket Header');
  return picked;
}
