import { withoutControls } from '../text/latin1.ts';
import { InvalidHandshake, InvalidStatus } from './errors/handshake-errors.ts';
import { InvalidHeader, InvalidHeaderValue, NegotiationError } from './errors/header-errors.ts';
import { InvalidState } from './errors/websocket-exception.ts';
import type { ClientExtensionFactory, Extension } from './extension.ts';
import { acceptKey, generateKey } from './handshake/accept-key.ts';
import { firstAgreed } from './handshake/first-agreed.ts';
import { HANDSHAKE_LIMITS, type HandshakeLimits } from './handshake/handshake-limits.ts';
import { HandshakeReader } from './handshake/handshake-reader.ts';
import {
  buildAuthorizationBasic,
  buildExtension,
  buildHost,
  buildParameters,
  buildSubprotocol,
  expectSubprotocols,
  parseExtension,
  parseSubprotocol,
} from './handshake/header-values.ts';
import { Headers, type HeadersLike } from './handshake/headers.ts';
import { readResponse } from './handshake/http-head.ts';
import { Request, type Response } from './handshake/message.ts';
import { expectUpgrade } from './handshake/upgrade.ts';
import { parseUri, type WebSocketURI } from './handshake/uri.ts';
import { Protocol, type ProtocolOptions, State } from './protocol.ts';

export interface ClientProtocolOptions extends Omit<ProtocolOptions, 'extensions'> {
  readonly origin?: string | undefined;
  /** Offered in this order; without a list none may be accepted. */
  readonly extensions?: readonly ClientExtensionFactory[] | undefined;
  /** The most wanted first. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Stand behind the handshake's own headers; one of the same name takes its place. */
  readonly additionalHeaders?: HeadersLike | undefined;
  readonly limits?: HandshakeLimits | undefined;
  /** What the server must prove to have read; random where left out. */
  readonly key?: string | undefined;
  /** Takes whatever subprotocol the server answers: who asked for them judges it. */
  readonly takesAnySubprotocol?: boolean | undefined;
}

/**
 * The client's side of a WebSocket connection without its I/O: `connect`, `sendRequest`, and then what
 * Protocol does. The server's response is an event; when the state is OPEN behind it, the connection is.
 */
export class ClientProtocol extends Protocol<Response> {
  readonly uri: WebSocketURI;
  /** What the server must prove to have read. */
  readonly key: string;
  readonly #origin: string | undefined;
  readonly #offered: readonly ClientExtensionFactory[] | undefined;
  readonly #subprotocols: readonly string[] | undefined;
  readonly #additionalHeaders: HeadersLike;
  readonly #takesAnySubprotocol: boolean;
  readonly #reader: HandshakeReader<Response>;

  /** @throws InvalidURI, or MisuseError where a subprotocol cannot be in a header. */
  constructor(uri: string | WebSocketURI, options: ClientProtocolOptions) {
    const { platform, maxSize, state = State.CONNECTING, limits = HANDSHAKE_LIMITS } = options;
    const { acceptsMasked, checksText } = options;
    super('client', { platform, maxSize, state, acceptsMasked, checksText });
    if (options.subprotocols !== undefined) expectSubprotocols(options.subprotocols);
    this.uri = typeof uri === 'string' ? parseUri(uri) : uri;
    this.key = options.key ?? generateKey(platform);
    this.#takesAnySubprotocol = options.takesAnySubprotocol ?? false;
    this.#origin = options.origin;
    this.#offered = options.extensions;
    this.#subprotocols = options.subprotocols;
    this.#additionalHeaders = options.additionalHeaders ?? [];
    this.#reader = new HandshakeReader(
      (stream) => readResponse(stream, limits),
      'did not receive a valid HTTP response',
    );
  }

  /**
   * The request that opens the connection. It may be changed before `sendRequest` sends it.
   *
   * @throws InvalidHeader where the origin or an additional header cannot be sent.
   */
  connect(): Request {
    const { uri } = this;
    const headers = new Headers([['Host', buildHost(uri.host, uri.port, uri.secure)]]);
    if (uri.userInfo !== undefined) headers.add('Authorization', buildAuthorizationBasic(...uri.userInfo));
    if (this.#origin !== undefined) headers.add('Origin', this.#origin);
    headers.add('Upgrade', 'websocket');
    headers.add('Connection', 'Upgrade');
    headers.add('Sec-WebSocket-Key', this.key);
    headers.add('Sec-WebSocket-Version', '13');
    if (this.#offered !== undefined && this.#offered.length > 0) {
      const offers = this.#offered.map((factory) => [factory.name, factory.getRequestParams()] as const);
      headers.add('Sec-WebSocket-Extensions', buildExtension(offers));
    }
    if (this.#subprotocols !== undefined && this.#subprotocols.length > 0)
      headers.add('Sec-WebSocket-Protocol', buildSubprotocol(this.#subprotocols));
    const additional = new Headers(this.#additionalHeaders);
    for (const [name] of additional) headers.delete(name);
    headers.append(additional);
    return new Request(uri.resourceName, headers);
  }

  /** @throws InvalidState unless CONNECTING; MisuseError where the request was changed to what HTTP has not. */
  sendRequest(request: Request): void {
    if (this.state !== State.CONNECTING) throw new InvalidState('the opening handshake is over');
    this.write(request.serialize());
  }

  /**
   * Judges the server's response and takes over what it agreed to. `receiveData` calls it.
   *
   * @throws InvalidHandshake where it is no answer to our request.
   */
  processResponse(response: Response): void {
    const { headers } = response;
    if (response.statusCode !== 101) throw new InvalidStatus(response);
    expectUpgrade(headers);
    const accept = headers.get('Sec-WebSocket-Accept');
    if (accept === undefined) throw new InvalidHeader('Sec-WebSocket-Accept');
    if (accept !== acceptKey(this.platform, this.key))
      throw new InvalidHeaderValue('Sec-WebSocket-Accept', withoutControls(accept));
    const extensions = this.#acceptedExtensions(headers);
    this.subprotocol = this.#acceptedSubprotocol(headers);
    this.extensions = extensions;
  }

  protected override receiveHandshake(bytes: Uint8Array): Uint8Array | undefined {
    const rest = this.#reader.push(bytes);
    return this.#judge() ? rest : undefined;
  }

  protected override receiveHandshakeEof(): void {
    this.#reader.end();
    this.#judge();
  }

  /** @returns whether the connection is open. */
  #judge(): boolean {
    const { failure, result } = this.#reader;
    if (failure !== undefined) this.refuse(failure);
    if (result === undefined) return false;
    this.addEvent(result);
    try {
      this.processResponse(result);
    } catch (error) {
      if (!(error instanceof InvalidHandshake)) throw error;
      this.refuse(error);
      return false;
    }
    this.open();
    return true;
  }

  #acceptedExtensions(headers: Headers): Extension[] {
    const accepted: Extension[] = [];
    for (const text of headers.getAll('Sec-WebSocket-Extensions')) {
      if (this.#offered === undefined) throw new NegotiationError('no extensions supported');
      for (const [name, parameters] of parseExtension(text)) {
        const extension = firstAgreed(this.#offered, name, (factory) =>
          factory.processResponseParams(parameters, accepted, this.platform),
        );
        if (extension === undefined)
          throw new NegotiationError(
            `Unsupported extension: name = ${name}, params = [${buildParameters(parameters).join(', ')}]`,
          );
        accepted.push(extension);
      }
    }
    return accepted;
  }

  #acceptedSubprotocol(headers: Headers): string | undefined {
    const texts = headers.getAll('Sec-WebSocket-Protocol');
    if (texts.length === 0) return undefined;
    const any = this.#takesAnySubprotocol;
    if (this.#subprotocols === undefined && !any) throw new NegotiationError('no subprotocols supported');
    const [subprotocol, ...others] = texts.flatMap(parseSubprotocol);
    if (others.length > 0)
      throw new InvalidHeader(
        'Sec-WebSocket-Protocol',
        `multiple values: ${[subprotocol, ...others].join(', ')}`,
      );
    if (!any && !this.#subprotocols?.includes(subprotocol!))
      throw new NegotiationError(`unsupported subprotocol: ${subprotocol}`);
    return subprotocol;
  }
}
