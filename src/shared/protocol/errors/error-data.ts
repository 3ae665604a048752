import { InvariantError, invariant, MisuseError } from '../../invariant.ts';
import { Close } from '../close-code.ts';
import { Headers } from '../handshake/headers.ts';
import { Response } from '../handshake/message.ts';
import { ConnectionClosed, ConnectionClosedError, ConnectionClosedOK } from './connection-closed.ts';
import * as handshake from './handshake-errors.ts';
import * as header from './header-errors.ts';
import * as general from './websocket-exception.ts';

/** What structured cloning carries as it is. */
export type PlainValue =
  | undefined
  | boolean
  | number
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** An error as plain data, which crosses a thread; the other side makes the same class of it. */
export interface ErrorData {
  /** Name of the class; of an error of the platform, which has no class here, the name it gave itself. */
  readonly name: string;
  readonly message: string;
  /** Whether the class is one of this package. */
  readonly known: boolean;
  /** What the constructor takes besides the message, by the names of the fields. */
  readonly fields: Readonly<Record<string, PlainValue>>;
  readonly cause?: ErrorData;
}

type Fields = Readonly<Record<string, PlainValue>>;

interface ErrorKind {
  readonly type: abstract new (...args: never[]) => Error;
  pack(error: Error): Fields;
  make(fields: Fields, message: string, options: ErrorOptions): Error;
}

/** A cause of a cause of a cause; what lies deeper is left out, so that a circle has an end. */
const CAUSES_DEEP = 8;

/** An error that is its message and nothing else. */
const plain = (type: new (message: string, options?: ErrorOptions) => Error): ErrorKind => ({
  type,
  pack: () => ({}),
  make: (_fields, message, options) => new type(message, options),
});

function kind<E extends Error>(
  type: abstract new (...args: never[]) => E,
  pack: (error: E) => Fields,
  make: (fields: Fields, options: ErrorOptions) => E,
): ErrorKind {
  return {
    type,
    // The catalogue is asked for the kind of exactly this class.
    pack: (error) => pack(error as E),
    make: (fields, _message, options) => make(fields, options),
  };
}

const headerKind = (
  type: new (header: string, value?: string, options?: ErrorOptions) => header.InvalidHeader,
): ErrorKind =>
  kind(
    type,
    ({ header, value }) => ({ header, value }),
    (fields, options) => new type(text(fields, 'header'), optionalText(fields, 'value'), options),
  );

const closedKind = (
  type: new (rcvd?: Close, sent?: Close, first?: boolean, options?: ErrorOptions) => ConnectionClosed,
): ErrorKind =>
  kind(
    type,
    ({ rcvd, sent, rcvdThenSent }) => ({ rcvd: packClose(rcvd), sent: packClose(sent), rcvdThenSent }),
    (fields, options) => {
      const { rcvdThenSent } = fields;
      invariant(
        rcvdThenSent === undefined || typeof rcvdThenSent === 'boolean',
        'the order of the close frames is known or not',
      );
      return new type(makeClose(fields, 'rcvd'), makeClose(fields, 'sent'), rcvdThenSent, options);
    },
  );

const responseKind = (
  type: new (
    response: Response,
    options?: ErrorOptions,
  ) => handshake.InvalidStatus | handshake.InvalidProxyStatus,
): ErrorKind =>
  kind(
    type,
    ({ response }) => ({
      statusCode: response.statusCode,
      reasonPhrase: response.reasonPhrase,
      headers: [...response.headers].map(([name, value]) => [name, value]),
      body: response.body,
    }),
    (fields, options) => new type(makeResponse(fields), options),
  );

const KINDS: readonly ErrorKind[] = [
  plain(general.WebSocketException),
  plain(general.ProtocolError),
  plain(general.InvalidState),
  plain(general.ConcurrencyError),
  plain(general.WebSocketTimeout),
  plain(general.EOFError),
  plain(handshake.InvalidHandshake),
  plain(handshake.SecurityError),
  plain(handshake.RequestLineTooLong),
  plain(handshake.StatusLineTooLong),
  plain(handshake.HeaderLineTooLong),
  plain(handshake.TooManyHeaders),
  plain(handshake.ProxyError),
  plain(handshake.InvalidProxyMessage),
  plain(handshake.InvalidMessage),
  plain(header.NegotiationError),
  plain(InvariantError),
  plain(MisuseError),
  closedKind(ConnectionClosed),
  closedKind(ConnectionClosedOK),
  closedKind(ConnectionClosedError),
  headerKind(header.InvalidHeader),
  headerKind(header.InvalidHeaderFormat),
  headerKind(header.InvalidHeaderValue),
  headerKind(header.InvalidUpgrade),
  responseKind(handshake.InvalidStatus),
  responseKind(handshake.InvalidProxyStatus),
  kind(
    header.InvalidOrigin,
    ({ value }) => ({ value }),
    (fields, options) => new header.InvalidOrigin(optionalText(fields, 'value'), options),
  ),
  kind(
    handshake.InvalidURI,
    ({ uri, msg }) => ({ uri, msg }),
    (fields, options) => new handshake.InvalidURI(text(fields, 'uri'), text(fields, 'msg'), options),
  ),
  kind(
    handshake.InvalidProxy,
    ({ proxy, msg }) => ({ proxy, msg }),
    (fields, options) => new handshake.InvalidProxy(text(fields, 'proxy'), text(fields, 'msg'), options),
  ),
  kind(
    handshake.InvalidMethod,
    ({ method }) => ({ method }),
    (fields, options) => new handshake.InvalidMethod(text(fields, 'method'), options),
  ),
  kind(
    handshake.InvalidProtocol,
    ({ protocol }) => ({ protocol }),
    (fields, options) => new handshake.InvalidProtocol(text(fields, 'protocol'), options),
  ),
  kind(
    header.DuplicateParameter,
    ({ parameter }) => ({ parameter }),
    (fields, options) => new header.DuplicateParameter(text(fields, 'parameter'), options),
  ),
  kind(
    header.InvalidParameterName,
    ({ parameter }) => ({ parameter }),
    (fields, options) => new header.InvalidParameterName(text(fields, 'parameter'), options),
  ),
  kind(
    header.InvalidParameterValue,
    ({ parameter, value }) => ({ parameter, value }),
    (fields, options) =>
      new header.InvalidParameterValue(text(fields, 'parameter'), optionalText(fields, 'value'), options),
  ),
  kind(
    general.PayloadTooBig,
    ({ size, maxSize, currentSize }) => ({ size, maxSize, currentSize }),
    (fields, options) => {
      const { size, maxSize, currentSize } = fields;
      invariant(size === undefined || typeof size === 'number', 'a size is a number');
      invariant(typeof maxSize === 'number', 'a limit is a number');
      invariant(currentSize === undefined || typeof currentSize === 'number', 'a size is a number');
      return new general.PayloadTooBig(size, maxSize, currentSize, options);
    },
  ),
  kind(
    general.UnicodeDecodeError,
    ({ reason, position }) => ({ reason, position }),
    (fields, options) => {
      const { position } = fields;
      invariant(typeof position === 'number', 'a position is a number');
      return new general.UnicodeDecodeError(text(fields, 'reason'), position, options);
    },
  ),
];

/** By the class itself and not by its name, which a bundler may change. */
const KIND_BY_TYPE: ReadonlyMap<unknown, ErrorKind> = new Map(KINDS.map((each) => [each.type, each]));
const KIND_BY_NAME: ReadonlyMap<string, ErrorKind> = new Map(
  KINDS.map((each) => [classNameOf(each.type), each]),
);

function classNameOf(type: ErrorKind['type']): string {
  const { prototype } = type as { readonly prototype: Error };
  // The two of `invariant.ts` carry their name as a field.
  return prototype.name === 'Error' ? type.name : prototype.name;
}

/** @returns the error as data for another thread. Anything that is no error becomes one with its text. */
export function packError(error: unknown): ErrorData {
  return packWithin(error, CAUSES_DEEP);
}

/**
 * @returns an error of the same class with the same fields and message. Its trace is that of this call.
 * @throws InvariantError where `packError` has not made the data.
 */
export function unpackError(data: unknown): Error {
  invariant(isErrorData(data), 'an error that crosses a thread is data made by packError');
  const options: ErrorOptions = data.cause === undefined ? {} : { cause: unpackError(data.cause) };
  if (!data.known) return foreignError(data, options);
  const found = KIND_BY_NAME.get(data.name);
  invariant(found !== undefined, `an error that crosses a thread has a known class, not ${data.name}`);
  return found.make(data.fields, data.message, options);
}

function packWithin(error: unknown, depth: number): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), known: false, fields: {} };
  const found = KIND_BY_TYPE.get(error.constructor);
  const data = {
    name: found === undefined ? error.name : classNameOf(found.type),
    message: error.message,
    known: found !== undefined,
    fields: found === undefined ? codeOf(error) : found.pack(error),
  };
  if (error.cause === undefined || depth === 0) return data;
  return { ...data, cause: packWithin(error.cause, depth - 1) };
}

/** Node's errors say by their code what happened; nothing else of them is meant for another thread. */
function codeOf(error: Error): Fields {
  if (!('code' in error)) return {};
  const { code } = error;
  return typeof code === 'string' || typeof code === 'number' ? { code } : {};
}

function foreignError(data: ErrorData, options: ErrorOptions): Error {
  const error = new Error(data.message, options);
  error.name = data.name;
  return 'code' in data.fields ? Object.assign(error, { code: data.fields['code'] }) : error;
}

function isErrorData(data: unknown): data is ErrorData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'name' in data &&
    typeof data.name === 'string' &&
    'message' in data &&
    typeof data.message === 'string' &&
    'known' in data &&
    typeof data.known === 'boolean' &&
    'fields' in data &&
    typeof data.fields === 'object' &&
    data.fields !== null
  );
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  invariant(typeof value === 'string', `the field ${name} of an error is text`);
  return value;
}

function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined ? undefined : text(fields, name);
}

const packClose = (close: Close | undefined): PlainValue =>
  close === undefined ? undefined : [close.code, close.reason];

function makeClose(fields: Fields, name: string): Close | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  invariant(Array.isArray(value), `the field ${name} of an error is a close frame`);
  const [code, reason]: readonly unknown[] = value;
  invariant(typeof code === 'number', 'the code of a close frame is a number');
  invariant(typeof reason === 'string', 'the reason of a close frame is text');
  return new Close(code, reason);
}

function makeResponse(fields: Fields): Response {
  const { statusCode, headers, body } = fields;
  invariant(typeof statusCode === 'number', 'a status is a number');
  invariant(Array.isArray(headers), 'headers are a list');
  invariant(body === undefined || body instanceof Uint8Array, 'a body is bytes');
  const pairs = headers.map((pair: unknown): [string, string] => {
    invariant(Array.isArray(pair), 'a header is a pair');
    const [name, value]: readonly unknown[] = pair;
    invariant(typeof name === 'string' && typeof value === 'string', 'a header is a pair of texts');
    return [name, value];
  });
  return new Response(statusCode, text(fields, 'reasonPhrase'), new Headers(pairs), body);
}
