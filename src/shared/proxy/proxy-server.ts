import { InvalidProxy } from '../protocol/errors/handshake-errors.ts';
import { isIpv6, normalizeHost } from '../protocol/handshake/host.ts';

/**
 * The port a proxy listens on where its address names none. Python websockets takes 80 for SOCKS too; 1080 is
 * the port registered for it.
 */
const DEFAULT_PORTS = { http: 80, https: 443, socks4: 1080, socks4a: 1080, socks5: 1080, socks5h: 1080 };

/** How a proxy is spoken to. With socks4 and socks5 names are looked up here, with socks4a and socks5h there. */
export type ProxyScheme = keyof typeof DEFAULT_PORTS;

/** A proxy as plain data, which may cross threads. */
export interface ProxyServer {
  readonly scheme: ProxyScheme;
  /** As `normalizeHost` gives it; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Both or neither, decoded. */
  readonly username?: string;
  readonly password?: string;
}

const SCHEMES: ReadonlyMap<string, ProxyScheme> = new Map(
  (Object.keys(DEFAULT_PORTS) as ProxyScheme[]).map((scheme) => [scheme, scheme]),
);

export const proxyScheme = (text: string): ProxyScheme | undefined => SCHEMES.get(text.toLowerCase());

export const defaultPort = (scheme: ProxyScheme): number => DEFAULT_PORTS[scheme];

/** Scheme, authority, and whatever follows it. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is;

/** Host and port. Brackets are for IPv6 alone, and what ends a name or a line elsewhere is in no host. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a host must not have.
const HOST_AND_PORT = /^(?:\[([0-9a-f:.]+)\]|([^\u0000-\u0020\u007f:@[\]\\%<>^`{|}"]+))(?::(\d*))?$/i;

/** What a SOCKS5 proxy can be told of a user or a password, bytes. Source: RFC 1929, section 2. */
const SOCKS_TEXT_BYTES_MAX = 255;

/**
 * Reads the address of a proxy.
 *
 * @throws InvalidProxy with a text that shows neither user nor password.
 */
export function parseProxy(text: string): ProxyServer {
  const address = ADDRESS.exec(text.trim());
  if (address === null) {
    throw new InvalidProxy(shownProxy(text), 'scheme is missing, expected one as in http://proxy:8080');
  }
  const scheme = proxyScheme(address[1]!);
  const refuse = (msg: string): never => {
    throw new InvalidProxy(shownProxy(text), msg);
  };
  if (scheme === undefined) return refuse(`scheme ${address[1]} isn't supported`);
  const authority = address[2]!;
  const hostAt = authority.lastIndexOf('@') + 1;
  if (authority.slice(hostAt) === '') return refuse("hostname isn't provided");
  const hostAndPort = HOST_AND_PORT.exec(authority.slice(hostAt));
  if (hostAndPort === null) return refuse('expected a host and a port, as in http://proxy:8080');
  const port = hostAndPort[3] ? Number(hostAndPort[3]) : defaultPort(scheme);
  if (port === 0 || port > 0xffff) return refuse('port is not between 1 and 65535');
  if (!/^\/?$/.test(address[3]!)) return refuse('path, query and fragment are meaningless');
  const [, address6, name] = hostAndPort;
  const host = address6 === undefined ? normalizeHost(name!) : address6.toLowerCase();
  if (host === undefined || (address6 !== undefined && !isIpv6(address6))) {
    return refuse("hostname isn't valid");
  }
  if (hostAt === 0) return { scheme, host, port };
  const userinfo = authority.slice(0, hostAt - 1);
  const passwordAt = userinfo.indexOf(':') + 1;
  if (passwordAt === 0) return refuse('username provided without password');
  const username = percentDecoded(userinfo.slice(0, passwordAt - 1));
  const password = percentDecoded(userinfo.slice(passwordAt));
  return checkedProxy({ scheme, host, port, username, password }, shownProxy(text));
}

/** @throws InvalidProxy where this user or password cannot be told to such a proxy. */
export function checkedProxy(proxy: ProxyServer, shown: string = proxyAddress(proxy)): ProxyServer {
  const { scheme, username, password } = proxy;
  if (username === undefined || password === undefined) return proxy;
  if (!scheme.startsWith('socks')) {
    // Source: RFC 7617, section 2: there it would end the name.
    if (username.includes(':')) throw new InvalidProxy(shown, 'username has a colon');
    return proxy;
  }
  if (utf8Length(username) > SOCKS_TEXT_BYTES_MAX || utf8Length(password) > SOCKS_TEXT_BYTES_MAX) {
    throw new InvalidProxy(shown, `username or password is longer than ${SOCKS_TEXT_BYTES_MAX} bytes`);
  }
  if (username.includes('\0')) throw new InvalidProxy(shown, 'username has a NUL character');
  return proxy;
}

/** The address of a proxy as it may be shown: without user and password. */
export function proxyAddress(proxy: ProxyServer): string {
  const host = proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host;
  return `${proxy.scheme}://${host}:${proxy.port}`;
}

/**
 * A text that should be a proxy's address, as it may be shown. Whatever is not plainly a host and a port may
 * be a part of a password: one that was not percent-encoded, or lost its `@`.
 */
export function shownProxy(text: string): string {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const rest = text.slice(scheme === null ? 0 : scheme[0].length).trim();
  const hostAt = rest.lastIndexOf('@') + 1;
  const authority = /^[^/?#]*/.exec(rest.slice(hostAt))![0];
  const host = HOST_AND_PORT.test(authority) ? authority : authority === '' ? '' : '***';
  const before = scheme === null ? '' : `${scheme[1]!.toLowerCase()}://`;
  return `${before}${hostAt > 0 ? '***@' : ''}${host}`;
}

/** Percent-encoded bytes as the UTF-8 they are; those that are none stay as they were written. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
