import { MisuseError } from '../invariant.ts';
import { withoutControls } from '../text/latin1.ts';
import {
  HeaderLineTooLong,
  InvalidHandshake,
  InvalidMethod,
  InvalidProtocol,
  InvalidStatus,
  RequestLineTooLong,
  TooManyHeaders,
} from './errors/handshake-errors.ts';
import {
  InvalidHeader,
  InvalidHeaderValue,
  InvalidOrigin,
  InvalidUpgrade,
  NegotiationError,
} from './errors/header-errors.ts';
import { InvalidState } from './errors/websocket-exception.ts';
import type { Extension, ServerExtensionFactory } from './extension.ts';
import { acceptKey, isKey } from './handshake/accept-key.ts';
import { firstAgreed } from './handshake/first-agreed.ts';
import { HANDSHAKE_LIMITS, type HandshakeLimits } from './handshake/handshake-limits.ts';
import { HandshakeReader } from './handshake/handshake-reader.ts';
import {
  buildExtension,
  type ExtensionHeader,
  expectSubprotocols,
  parseExtension,
  parseSubprotocol,
} from './handshake/header-values.ts';
import { Headers } from './handshake/headers.ts';
import { readRequest } from './handshake/http-head.ts';
import { type Request, Response } from './handshake/message.ts';
import { statusPhrase } from './handshake/status-phrases.ts';
import { expectUpgrade } from './handshake/upgrade.ts';
import { Protocol, type ProtocolOptions, State } from './protocol.ts';
import { encodeUtf8 } from './utf8.ts';

export interface ServerProtocolOptions extends Omit<ProtocolOptions, 'extensions'> {
  /** Origins that may connect; null stands for a client that sends none. Without a list any may. */
  readonly origins?: readonly (string | RegExp | null)[] | undefined;
  readonly extensions?: readonly ServerExtensionFactory[] | undefined;
  /** The most wanted first. With a list, a client that offers none of them is refused. */
  readonly subprotocols?: readonly string[] | undefined;
  /**
   * Chooses instead: among what the client offers, or undefined for none. A NegotiationError refuses the
   * client with 400.
   */
  readonly selectSubprotocol?:
    | ((protocol: ServerProtocol, offered: readonly string[]) => string | undefined)
    | undefined;
  readonly limits?: HandshakeLimits | undefined;
  /** Milliseconds since the Unix epoch. Without it responses have no Date. */
  readonly now?: (() => number) | undefined;
}

const SWITCHING_PROTOCOLS = 101;
/** Each that is declined costs an exception, and hundreds fit in a line. Further ones are declined unread. */
const OFFERS_MAX = 64;

/**
 * The server's side of a WebSocket connection without its I/O. The client's request is an event: `accept`
 * answers it, or `reject`; `sendResponse` sends the answer. With 101 the connection is open.
 */
export class ServerProtocol extends Protocol<Request> {
  /** The client's Origin, once the request is accepted. */
  origin: string | undefined;
  readonly #options: ServerProtocolOptions;
  readonly #reader: HandshakeReader<Request>;

  /** @throws MisuseError where a subprotocol cannot be in a header. */
  constructor(options: ServerProtocolOptions) {
    const { platform, maxSize, state = State.CONNECTING, limits = HANDSHAKE_LIMITS } = options;
    super('server', { platform, maxSize, state });
    if (options.subprotocols !== undefined) expectSubprotocols(options.subprotocols);
    this.#options = options;
    this.#reader = new HandshakeReader(
      (stream) => readRequest(stream, limits),
      'did not receive a valid HTTP request',
    );
  }

  /**
   * The response to a request: 101, or the one that says what is wrong with it; `handshakeException` tells
   * that, too. It may be changed before `sendResponse` sends it.
   */
  accept(request: Request): Response {
    try {
      const response = this.#switching(request);
      this.handshakeException = undefined;
      return response;
    } catch (error) {
      if (!(error instanceof InvalidHandshake)) {
        // What an extension or `selectSubprotocol` threw is for our log alone.
        this.handshakeException = new InvalidHandshake('opening handshake failed', { cause: error });
        return this.reject(
          500,
          'Failed to open a WebSocket connection.\nSee server log for more information.\n',
        );
      }
      this.handshakeException = error;
      return this.#refusal(error);
    }
  }

  /** A response that refuses: one that a browser shows as text. */
  reject(statusCode: number, text: string): Response {
    const phrase = statusPhrase(statusCode);
    if (phrase === undefined)
      throw new MisuseError(`Condition failed: status is ${statusCode}, expected one that HTTP has`);
    const body = encodeUtf8(text);
    const headers = this.#dated();
    headers.add('Connection', 'close');
    headers.add('Content-Length', String(body.length));
    headers.add('Content-Type', 'text/plain; charset=utf-8');
    return new Response(statusCode, phrase, headers, body);
  }

  /**
   * @throws InvalidState where the client is gone or was answered; MisuseError where the response was changed
   * to what HTTP has not.
   */
  sendResponse(response: Response): void {
    if (this.state !== State.CONNECTING || this.closeExpected())
      throw new InvalidState('the opening handshake is over');
    this.write(response.serialize());
    if (response.statusCode === SWITCHING_PROTOCOLS) this.open();
    else this.refuse(new InvalidStatus(response));
  }

  protected override receiveHandshake(bytes: Uint8Array): Uint8Array | undefined {
    const rest = this.#reader.push(bytes);
    this.#judge();
    return rest;
  }

  protected override receiveHandshakeEof(): void {
    this.#reader.end();
    this.#judge();
  }

  #judge(): void {
    const { failure, result } = this.#reader;
    if (result !== undefined) this.addEvent(result);
    if (failure === undefined) return;
    this.handshakeException = failure;
    // Whoever breaks a limit speaks HTTP and is told; other bytes are answered with none.
    if (failure instanceof RequestLineTooLong) this.sendResponse(this.reject(414, failed(failure)));
    else if (failure instanceof HeaderLineTooLong || failure instanceof TooManyHeaders)
      this.sendResponse(this.reject(431, failed(failure)));
    else this.refuse(failure);
  }

  /** @throws InvalidHandshake where the request cannot be accepted. */
  #switching(request: Request): Response {
    const { headers } = request;
    if (request.method !== 'GET') throw new InvalidMethod(request.method);
    if (request.protocol !== 'HTTP/1.1') throw new InvalidProtocol(request.protocol);
    expectUpgrade(headers);
    const key = headers.get('Sec-WebSocket-Key');
    if (key === undefined) throw new InvalidHeader('Sec-WebSocket-Key');
    if (!isKey(key)) throw new InvalidHeaderValue('Sec-WebSocket-Key', withoutControls(key));
    const version = headers.get('Sec-WebSocket-Version');
    if (version === undefined) throw new InvalidHeader('Sec-WebSocket-Version');
    if (version !== '13') throw new InvalidHeaderValue('Sec-WebSocket-Version', withoutControls(version));
    const origin = this.#acceptedOrigin(headers);
    const extensions: Extension[] = [];
    const answered = this.#negotiate(headers, extensions);
    const subprotocol = this.#selectedSubprotocol(headers);
    this.origin = origin;
    this.extensions = extensions;
    this.subprotocol = subprotocol;

    const answer = this.#dated();
    answer.add('Upgrade', 'websocket');
    answer.add('Connection', 'Upgrade');
    answer.add('Sec-WebSocket-Accept', acceptKey(this.platform, key));
    if (answered.length > 0) answer.add('Sec-WebSocket-Extensions', buildExtension(answered));
    if (subprotocol !== undefined) answer.add('Sec-WebSocket-Protocol', subprotocol);
    return new Response(SWITCHING_PROTOCOLS, 'Switching Protocols', answer);
  }

  #refusal(error: InvalidHandshake): Response {
    const text = failed(error);
    if (error instanceof InvalidOrigin) return this.reject(403, text);
    if (error instanceof InvalidMethod) return withHeader(this.reject(405, text), 'Allow', 'GET');
    if (error instanceof InvalidProtocol) return this.reject(505, text);
    if (!(error instanceof InvalidUpgrade)) return this.reject(400, text);
    const explained = `${text}\nYou cannot access a WebSocket server directly with a browser. You need a WebSocket client.\n`;
    return withHeader(this.reject(426, explained), 'Upgrade', 'websocket');
  }

  #acceptedOrigin(headers: Headers): string | undefined {
    const origin = headers.get('Origin');
    const { origins } = this.#options;
    const allowed = origins?.some((one) =>
      one instanceof RegExp
        ? origin !== undefined && matchesWhole(one, origin)
        : (one ?? undefined) === origin,
    );
    if (allowed === false) throw new InvalidOrigin(origin && withoutControls(origin));
    return origin;
  }

  /** @param extensions filled with those at work. */
  #negotiate(headers: Headers, extensions: Extension[]): ExtensionHeader[] {
    const answered: ExtensionHeader[] = [];
    const factories = this.#options.extensions ?? [];
    if (factories.length === 0) return answered;
    const offers = headers.getAll('Sec-WebSocket-Extensions').flatMap(parseExtension);
    for (const [name, offered] of offers.slice(0, OFFERS_MAX)) {
      const agreed = firstAgreed(factories, name, (factory) =>
        factory.processRequestParams(offered, extensions, this.platform),
      );
      // An offer that nobody takes is passed over.
      if (agreed === undefined) continue;
      answered.push([name, agreed.params]);
      extensions.push(agreed.extension);
    }
    return answered;
  }

  #selectedSubprotocol(headers: Headers): string | undefined {
    const offered = headers.getAll('Sec-WebSocket-Protocol').flatMap(parseSubprotocol);
    const { subprotocols = [], selectSubprotocol } = this.#options;
    if (selectSubprotocol !== undefined) return selectSubprotocol(this, offered);
    if (subprotocols.length === 0) return undefined;
    if (offered.length === 0) throw new NegotiationError('missing subprotocol');
    const among = new Set(offered);
    const selected = subprotocols.find((subprotocol) => among.has(subprotocol));
    if (selected === undefined)
      throw new NegotiationError(`invalid subprotocol; expected one of ${subprotocols.join(', ')}`);
    return selected;
  }

  #dated(): Headers {
    const { now } = this.#options;
    return new Headers(now === undefined ? [] : [['Date', new Date(now()).toUTCString()]]);
  }
}

/** With what caused it, and what caused that. */
function failed(error: Error): string {
  let text = error.message;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) text += `; ${cause.message}`;
  return `Failed to open a WebSocket connection: ${text}.\n`;
}

function withHeader(response: Response, name: string, value: string): Response {
  response.headers.add(name, value);
  return response;
}

/** A pattern that matches a part would let `https://good.example.evil.example` in. */
const matchesWhole = (pattern: RegExp, text: string): boolean =>
  new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(text);
