import { MisuseError } from '../../invariant.ts';
import { decodeBase64, encodeBase64 } from '../../text/base64.ts';
import { printable } from '../../text/latin1.ts';
import { InvalidHeaderValue } from '../errors/header-errors.ts';
import type { ExtensionParameter } from '../extension.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { HeaderScanner } from './header-scanner.ts';

const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;

/** An extension as one side offers or accepts it. */
export type ExtensionHeader = readonly [name: string, parameters: readonly ExtensionParameter[]];

/** Options of a Connection header. */
export function parseConnection(text: string): string[] {
  const scanner = new HeaderScanner('Connection', text);
  return scanner.list(() => scanner.token());
}

/** Protocols of an Upgrade header, with their versions. */
export function parseUpgrade(text: string): string[] {
  const scanner = new HeaderScanner('Upgrade', text);
  return scanner.list(() => scanner.protocol());
}

/** What a Sec-WebSocket-Extensions header offers, in its order. A parameter without a value has none. */
export function parseExtension(text: string): ExtensionHeader[] {
  const scanner = new HeaderScanner('Sec-WebSocket-Extensions', text);
  return scanner.list(() => {
    const name = scanner.token();
    scanner.skipWhitespace();
    const parameters: ExtensionParameter[] = [];
    while (scanner.trySkip(';')) parameters.push(readParameter(scanner));
    return [name, parameters];
  });
}

function readParameter(scanner: HeaderScanner): ExtensionParameter {
  const name = scanner.token();
  scanner.skipWhitespace();
  if (!scanner.trySkip('=')) return [name, undefined];
  const at = scanner.at;
  const quoted = scanner.peek() === '"';
  const value = quoted ? scanner.quotedString() : scanner.token();
  // RFC 6455, section 9.1: what the quotes enclose is a token, too.
  if (quoted && !TOKEN.test(value)) scanner.fail('invalid quoted header content', at);
  scanner.skipWhitespace();
  return [name, value];
}

export const buildParameters = (parameters: readonly ExtensionParameter[]): string[] =>
  parameters.map(([name, value]) => (value === undefined ? name : `${name}=${value}`));

export const buildExtension = (extensions: readonly ExtensionHeader[]): string =>
  extensions.map(([name, parameters]) => [name, ...buildParameters(parameters)].join('; ')).join(', ');

/** Names in a Sec-WebSocket-Protocol header, in its order. */
export function parseSubprotocol(text: string): string[] {
  const scanner = new HeaderScanner('Sec-WebSocket-Protocol', text);
  return scanner.list(() => scanner.token());
}

export const buildSubprotocol = (subprotocols: readonly string[]): string => subprotocols.join(', ');

/** @throws MisuseError where it is no list, or one of them cannot be in a header. */
export function expectSubprotocols(subprotocols: readonly string[]): void {
  // Text is iterable as well, and a list of its letters is never what was meant.
  if (!Array.isArray(subprotocols))
    throw new MisuseError(`Condition failed: subprotocols is a ${typeof subprotocols}, expected a list`);
  for (const subprotocol of subprotocols as readonly unknown[])
    if (typeof subprotocol !== 'string' || !TOKEN.test(subprotocol))
      throw new MisuseError(
        `Condition failed: subprotocols has ${printable(String(subprotocol))}, expected names without spaces or separators`,
      );
}

/** User and password of an Authorization header with the scheme Basic. */
export function parseAuthorizationBasic(text: string): [username: string, password: string] {
  const header = 'Authorization';
  const scanner = new HeaderScanner(header, text);
  const scheme = scanner.token();
  if (scheme.toLowerCase() !== 'basic') throw new InvalidHeaderValue(header, `unsupported scheme: ${scheme}`);
  if (!scanner.trySkip(' ')) scanner.fail('expected space after scheme');
  const credentials = decodeBase64(scanner.token68());
  if (!scanner.ended) scanner.fail('trailing data');
  const pair = credentials === undefined ? undefined : decodeUtf8(credentials);
  if (typeof pair !== 'string') throw new InvalidHeaderValue(header, 'expected base64-encoded credentials');
  const colon = pair.indexOf(':');
  if (colon < 0) throw new InvalidHeaderValue(header, 'expected username:password credentials');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}

/** @param username without a colon, which would end it. */
export const buildAuthorizationBasic = (username: string, password: string): string =>
  'Basic ' + encodeBase64(encodeUtf8(`${username}:${password}`));

/** @param host an IPv6 address without brackets, or anything else. */
export function buildHost(host: string, port: number, secure: boolean): string {
  const named = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? named : `${named}:${port}`;
}
