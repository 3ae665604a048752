import { safeUrl } from '../../text/safe-url.ts';
import { InvalidURI } from '../errors/handshake-errors.ts';
import { isIpv6, normalizeHost } from './host.ts';

/** Scheme, authority, path, query, fragment: the pattern of RFC 3986, appendix B. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
/** Host and port; an address of version 6 is in brackets. */
const HOST_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::(\d*))?$/;
/** Two programs that read these differently can be played off against each other. */
const REFUSED = /[\p{Cc} \\]/u;
const CONTROL = /\p{Cc}/u;
/** All that RFC 3986 has no place for. `%` is left: what is encoded already stays as it is. */
const NOT_IN_URI = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/gu;

const PORT_MAX = 65535;

/** The address of a WebSocket, in its parts. */
export class WebSocketURI {
  /** `wss`. */
  readonly secure: boolean;
  /** In lower case; an address of version 6 is without brackets. */
  readonly host: string;
  readonly port: number;
  /** Empty where there is none. */
  readonly path: string;
  readonly query: string;
  /** As they are written, percent-encoded; both or neither. */
  readonly username: string | undefined;
  readonly password: string | undefined;

  constructor(parts: Omit<WebSocketURI, 'resourceName' | 'userInfo'>) {
    this.secure = parts.secure;
    this.host = parts.host;
    this.port = parts.port;
    this.path = parts.path;
    this.query = parts.query;
    this.username = parts.username;
    this.password = parts.password;
  }

  /** What the request asks for. */
  get resourceName(): string {
    const path = this.path === '' ? '/' : this.path;
    return this.query === '' ? path : `${path}?${this.query}`;
  }

  /** User and password as the server is to read them: what was percent-encoded is decoded. */
  get userInfo(): readonly [username: string, password: string] | undefined {
    if (this.username === undefined || this.password === undefined) return undefined;
    return [decoded(this.username), decoded(this.password)];
  }
}

/**
 * Reads the address of a WebSocket. Other scripts are encoded: the host by IDNA, all else in percent signs.
 *
 * @throws InvalidURI, which shows neither user nor password nor query.
 */
export function parseUri(text: string): WebSocketURI {
  const [, scheme, authority, path, query, fragment] = PARTS.exec(text)!;
  const protocol = scheme?.toLowerCase();
  if (protocol !== 'ws' && protocol !== 'wss') throw invalid(text, "scheme isn't ws or wss");
  if (REFUSED.test(text) || !text.isWellFormed())
    throw invalid(text, 'spaces, backslashes and control characters must be percent-encoded');
  if (authority === undefined) throw invalid(text, "hostname isn't provided");
  // The last one: a password may have others, the host none.
  const at = authority.lastIndexOf('@');
  const found = HOST_PORT.exec(authority.slice(at + 1));
  if (found === null) throw invalid(text, "host and port aren't valid");
  const [, address, name, digits] = found;
  if (address === undefined && name === '') throw invalid(text, "hostname isn't provided");
  if (fragment !== undefined && fragment !== '') throw invalid(text, 'fragment identifier is meaningless');
  const secure = protocol === 'wss';
  return new WebSocketURI({
    secure,
    host: address === undefined ? expectName(text, name!) : expectAddress(text, address),
    port: digits ? expectPort(text, digits) : secure ? 443 : 80,
    path: encoded(path!),
    query: encoded(query ?? ''),
    ...(at < 0 ? { username: undefined, password: undefined } : expectUser(text, authority.slice(0, at))),
  });
}

function expectUser(text: string, written: string): { username: string; password: string } {
  const colon = written.indexOf(':');
  if (colon < 0) throw invalid(text, 'username provided without password');
  const username = encoded(written.slice(0, colon));
  const password = encoded(written.slice(colon + 1));
  // RFC 7617, section 2: a colon in the name would end it, control characters are refused by servers.
  if (decoded(username).includes(':') || CONTROL.test(decoded(username) + decoded(password)))
    throw invalid(text, 'user information has characters that cannot be sent');
  return { username, password };
}

function expectName(text: string, name: string): string {
  const host = normalizeHost(name);
  if (host === undefined) throw invalid(text, "hostname isn't valid");
  return host;
}

function expectAddress(text: string, address: string): string {
  if (!isIpv6(address)) throw invalid(text, "IPv6 address isn't valid");
  return address.toLowerCase();
}

function expectPort(text: string, digits: string): number {
  const port = Number(digits);
  if (port < 1 || port > PORT_MAX) throw invalid(text, `port isn't between 1 and ${PORT_MAX}`);
  return port;
}

const encoded = (part: string): string => part.replace(NOT_IN_URI, encodeURIComponent);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return part;
  }
}

/** The text is shown as it is only where nothing in it can be a secret. */
const invalid = (text: string, problem: string): InvalidURI =>
  new InvalidURI(/[@?]/.test(text) ? safeUrl(text) : text, problem);
