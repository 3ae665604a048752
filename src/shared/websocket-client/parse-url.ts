import { InvalidURI } from '../protocol/errors/handshake-errors.ts';
import { parseUri } from '../protocol/handshake/uri.ts';
import { ValueError } from './exceptions.ts';

/** Where a WebSocket address leads. */
export interface ParsedUrl {
  /** In lower case; an address of version 6 is without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, as the request asks for them. */
  readonly resource: string;
  /** `wss`. */
  readonly secure: boolean;
}

/** Scheme, authority, and the rest without the fragment. */
const PARTS = /^([^:]*):(?:\/\/([^/?#]*))?([^#]*)/s;
const REFUSED = /[\p{Cc} \\]/u;
const SCHEMES: readonly string[] = ['ws', 'wss'];

/**
 * Reads the address of a WebSocket. A fragment, which no server sees, is dropped, and so are user and password,
 * which nobody asks for in a handshake.
 *
 * @throws ValueError, which shows neither user nor password nor query.
 */
export function parseUrl(url: string): ParsedUrl {
  const parts = PARTS.exec(url);
  if (parts === null) throw new ValueError('url is invalid');
  const [, scheme, authority = '', rest] = parts;
  const hostAt = authority.lastIndexOf('@') + 1;
  const place = authority.slice(hostAt);
  if (place === '' || place.startsWith(':')) throw new ValueError('hostname is invalid');
  if (!SCHEMES.includes(scheme!.toLowerCase())) throw new ValueError(`scheme ${scheme} is invalid`);
  // Dropped below, and so looked at here: another program may take a backslash for the end of the host.
  if (REFUSED.test(authority.slice(0, hostAt)))
    throw new ValueError('url is invalid: user or password must be percent-encoded');
  try {
    const { host, port, resourceName, secure } = parseUri(`${scheme}://${place}${rest}`);
    return { host, port, resource: resourceName, secure };
  } catch (error) {
    if (!(error instanceof InvalidURI)) throw error;
    throw new ValueError(error.message, { cause: error });
  }
}
