import { InvalidHandshake } from '../protocol/errors/handshake-errors.ts';
import { Headers } from '../protocol/handshake/headers.ts';
import { encodeUtf8 } from '../protocol/utf8.ts';
import { latin1Text, printable } from '../text/latin1.ts';
import { WebSocketException } from './exceptions.ts';
import { type ParsedUrl, parseUrl } from './parse-url.ts';

/** Added headers: lines `Name: value`, or values by name, of which those that are null are not sent. */
export type HeaderOption = readonly string[] | Readonly<Record<string, string | null | undefined>>;

/** What the caller says of the request. */
export interface HandshakeOptions {
  readonly header?: HeaderOption | null | undefined;
  readonly cookie?: string | null | undefined;
  /** In place of `http(s)://host[:port]`. */
  readonly origin?: string | null | undefined;
  readonly suppressOrigin?: boolean | undefined;
  /** Of the Host header. */
  readonly host?: string | null | undefined;
  /** The whole line that stands in place of `Connection: Upgrade`. */
  readonly connection?: string | null | undefined;
  readonly subprotocols?: readonly string[] | null | undefined;
}

/** What to send: a request of the method GET. */
export interface HandshakeRequest {
  readonly path: string;
  /**
   * In the order they are sent. A value is text in which each character is a byte. The value of Sec-WebSocket-Key
   * is `KEY_PLACEHOLDER` unless the caller has one of his own.
   */
  readonly headers: readonly HeaderPair[];
}

type HeaderPair = readonly [name: string, value: string];

/** Stands where the key belongs, which is made anew for each attempt. No key that is given can be empty. */
export const KEY_PLACEHOLDER = '';

const KEY = 'sec-websocket-key';
const VERSION = '13';
/** A request has one of each, so the caller's takes the place of ours. */
const SINGLE: ReadonlySet<string> = new Set(['host', 'origin', KEY, 'sec-websocket-version']);
/** Left out of Host and Origin whichever scheme it is, as the original does. */
const PORTS_LEFT_OUT: readonly number[] = [80, 443];

/**
 * The request of an opening handshake, in the order the original sends it.
 *
 * @param jarCookie what the jar has for this host.
 * @throws ValueError where the address is none, WebSocketException where a header cannot be sent: what would end a
 * line is never let through, be it in the address, a cookie or a value from a function of the caller.
 */
export function handshakeRequest(url: string, options: HandshakeOptions, jarCookie = ''): HandshakeRequest {
  const target = parseUrl(url);
  const hostPort = hostPortOf(target);
  const added = addedHeaders(options.header);
  const given = new Set(added.map(([name]) => name.toLowerCase()));
  const pairs: HeaderPair[] = [
    ['Upgrade', 'websocket'],
    ['Host', options.host || hostPort],
  ];
  if (!options.suppressOrigin)
    pairs.push(['Origin', options.origin ?? `${target.secure ? 'https' : 'http'}://${hostPort}`]);
  pairs.push(['Sec-WebSocket-Key', KEY_PLACEHOLDER], ['Sec-WebSocket-Version', VERSION]);
  pairs.push(options.connection ? parseLine(options.connection) : ['Connection', 'Upgrade']);
  const subprotocols = options.subprotocols ?? [];
  if (subprotocols.length > 0) pairs.push(['Sec-WebSocket-Protocol', subprotocols.join(',')]);
  const ours = pairs.filter(([name]) => {
    const key = name.toLowerCase();
    return !(SINGLE.has(key) && given.has(key));
  });
  const cookie = [jarCookie, options.cookie].filter(Boolean).join('; ');
  const cookies: HeaderPair[] = cookie === '' ? [] : [['Cookie', cookie]];
  return { path: target.resource, headers: [...ours, ...added, ...cookies].map(sendable) };
}

/** The headers of the caller, as pairs. @throws WebSocketException where a line has no colon. */
function addedHeaders(header: HeaderOption | null | undefined): HeaderPair[] {
  if (header === null || header === undefined) return [];
  const pairs = isLines(header) ? header.map(parseLine) : entriesOf(header);
  for (const [name, value] of pairs)
    if (name.toLowerCase() === KEY && value === KEY_PLACEHOLDER)
      throw new WebSocketException('Invalid header: Sec-WebSocket-Key is empty');
  return pairs;
}

const isLines = (header: HeaderOption): header is readonly string[] => Array.isArray(header);

const entriesOf = (header: Readonly<Record<string, string | null | undefined>>): HeaderPair[] =>
  Object.entries(header).flatMap(([name, value]): HeaderPair[] =>
    value === null || value === undefined ? [] : [[name, value]],
  );

function parseLine(line: string): HeaderPair {
  const colon = line.indexOf(':');
  if (colon < 0)
    throw new WebSocketException('Invalid header: expected a name, a colon and a value on each line');
  // Spaces alone: trimming more would also take away the ends of lines, which are to be refused.
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}

/** The original sends text as UTF-8. A value is not shown where it is refused: it may be a secret. */
function sendable([name, value]: HeaderPair): HeaderPair {
  try {
    const sent = latin1Text(encodeUtf8(value));
    new Headers().add(name, sent);
    return [name, sent];
  } catch (error) {
    if (!(error instanceof InvalidHandshake)) throw error;
    throw new WebSocketException(
      `Invalid header: ${printable(name)} has characters that would end it or its line`,
    );
  }
}

function hostPortOf({ host, port }: ParsedUrl): string {
  const named = host.includes(':') ? `[${host}]` : host;
  return PORTS_LEFT_OUT.includes(port) ? named : `${named}:${port}`;
}
