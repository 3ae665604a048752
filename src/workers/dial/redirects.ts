import { InvalidURI, SecurityError } from '../../shared/protocol/errors/handshake-errors.ts';
import { type HeadersLike, pairsOf } from '../../shared/protocol/handshake/headers.ts';
import type { Response } from '../../shared/protocol/handshake/message.ts';
import { parseUri, type WebSocketURI } from '../../shared/protocol/handshake/uri.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';

/** Redirects that are followed for one connection where nothing else is said. */
export const REDIRECTS_MAX = 10;

const REDIRECTS: readonly number[] = [300, 301, 302, 303, 307, 308];

/** What speaks for us, or for the host, to the origin it was given for and to no other. */
const FOR_ONE_ORIGIN: readonly string[] = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/** An opening handshake that was answered. */
export interface Asked {
  readonly uri: string;
  /** What was added to the request. */
  readonly headers: HeadersLike;
  /** Redirects that led here. */
  readonly followed: number;
  /** Given by hand: a socket that is used up, or a Unix socket, a host or a port, which are those of one origin. */
  readonly byHand?: 'socket' | 'address' | undefined;
}

/** Where to ask next, and with what. */
export interface Redirect {
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * Where an answer sends us; undefined where it sends us nowhere.
 *
 * @throws SecurityError where it is not to be followed, InvalidURI where it is no address of a WebSocket,
 * InvalidHeader where there are several Locations.
 */
export function redirectOf(
  { statusCode, headers }: Pick<Response, 'statusCode' | 'headers'>,
  asked: Asked,
  redirectsMax: number = REDIRECTS_MAX,
): Redirect | undefined {
  const location = REDIRECTS.includes(statusCode) ? headers.get('Location') : undefined;
  if (location === undefined) return undefined;
  if (asked.followed >= redirectsMax) throw new SecurityError(`more than ${redirectsMax} redirects`);
  const from = parseUri(asked.uri);
  const uri = resolved(location, asked.uri);
  const to = parseUri(uri);
  const shown = safeUrl(uri);
  if (asked.byHand === 'socket') {
    throw new SecurityError(`cannot follow redirect to ${shown} with a preexisting socket`);
  }
  if (from.secure && !to.secure) throw new SecurityError(`cannot follow redirect to non-secure URI ${shown}`);
  const sent = [...pairsOf(asked.headers)];
  if (isSameOrigin(from, to)) return { uri, headers: sent };
  if (asked.byHand === 'address') {
    throw new SecurityError(
      `cannot follow cross-origin redirect to ${shown} with an explicit host, port or Unix socket`,
    );
  }
  return { uri, headers: sent.filter(([name]) => !FOR_ONE_ORIGIN.includes(name.toLowerCase())) };
}

function resolved(location: string, base: string): string {
  if (!URL.canParse(location, base)) throw new InvalidURI(safeUrl(location), "redirect isn't a URI");
  const url = new URL(location, base);
  // Meant for who reads a document; a WebSocket has no place in it to go to.
  url.hash = '';
  return url.href;
}

const isSameOrigin = (a: WebSocketURI, b: WebSocketURI): boolean =>
  a.secure === b.secure && a.host === b.host && a.port === b.port;
