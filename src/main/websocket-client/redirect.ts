import { SecurityError } from '../../shared/protocol/errors/handshake-errors.ts';
import type { Response } from '../../shared/protocol/handshake/message.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';
import { type ParsedUrl, parseUrl } from '../../shared/websocket-client/parse-url.ts';

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where to ask next. */
export interface Redirect {
  readonly url: string;
  /** It is not the origin that was asked. */
  readonly isOtherOrigin: boolean;
}

/**
 * Where an answer sends us; undefined where it sends us nowhere. A server that answers as if to a browser, with
 * an address of http:// or https://, means ws:// or wss://.
 *
 * @throws WebSocketException where it is no address, or would give up TLS.
 */
export function redirectOf(
  { statusCode, headers }: Pick<Response, 'statusCode' | 'headers'>,
  asked: string,
): Redirect | undefined {
  const [location, ...others] = REDIRECTS.includes(statusCode) ? headers.getAll('Location') : [];
  if (location === undefined) return undefined;
  if (others.length > 0) throw new WebSocketException('cannot follow redirect to several locations');
  const url = resolved(location, asked);
  const to = parsed(url);
  const from = parseUrl(asked);
  if (from.secure && !to.secure) {
    const cause = new SecurityError(`cannot follow redirect to non-secure URI ${safeUrl(url)}`);
    throw new WebSocketException(cause.message, { cause });
  }
  return { url, isOtherOrigin: !isSameOrigin(from, to) };
}

function resolved(location: string, base: string): string {
  if (!URL.canParse(location, base)) throw new WebSocketException('cannot follow redirect: no address');
  return new URL(location, base).href.replace(/^http(s?):/, 'ws$1:');
}

function parsed(url: string): ParsedUrl {
  try {
    return parseUrl(url);
  } catch (error) {
    // The mistake is the server's, not one of the caller's values.
    throw new WebSocketException(`cannot follow redirect to ${safeUrl(url)}`, { cause: error });
  }
}

const isSameOrigin = (a: ParsedUrl, b: ParsedUrl): boolean =>
  a.secure === b.secure && a.host === b.host && a.port === b.port;
