import type { OpenedFacts, WholeRequest } from '../../shared/client/client-contract.ts';
import { InvalidStatus } from '../../shared/protocol/errors/handshake-errors.ts';
import type { Response } from '../../shared/protocol/handshake/message.ts';
import { agreedSubprotocol } from '../../shared/websocket-client/agreed-subprotocol.ts';
import { WebSocketBadStatusException } from '../../shared/websocket-client/exceptions.ts';
import { parseUrl } from '../../shared/websocket-client/parse-url.ts';
import { headersByName } from '../../shared/websocket-client/response-headers.ts';
import { translated } from '../../shared/websocket-client/translate.ts';
import { ClientTransport } from '../websockets/client-transport.ts';
import type { ConnectOptions } from './connect-options.ts';
import { type AttemptState, COOKIE_JAR, connectPlan, FIRST_ATTEMPT } from './connect-plan.ts';
import { dump, isEnabledForTrace } from './logging.ts';
import { redirectOf } from './redirect.ts';

/** A connection that is open, and what its handshake has said. */
export interface OpenedTransport {
  readonly transport: ClientTransport;
  readonly facts: OpenedFacts;
  /** Headers of the response by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocol: string | null;
}

export interface OpenTransportOptions {
  /** Ends the opening, which then rejects with the reason. */
  readonly signal?: AbortSignal;
}

type HeaderPairs = Iterable<readonly [name: string, value: string]>;

const REDIRECT_LIMIT = 3;

/** One opening: an attempt, and another one for each redirect. */
class Opening {
  readonly #options: ConnectOptions;
  #url: string;
  #state: AttemptState = FIRST_ATTEMPT;
  #followed = 0;
  /** As it was asked for: without the key, which is made where it is sent. */
  #request: WholeRequest | undefined;

  constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** @throws what `connectPlan` does. */
  attempt(): ClientTransport {
    const plan = connectPlan(this.#url, this.#options, this.#state);
    this.#request = plan.request;
    return new ClientTransport(plan);
  }

  /**
   * What became of an attempt that is over.
   *
   * @returns undefined where the server sends us elsewhere: there is another attempt to be made.
   * @throws why it is not open.
   */
  judge(transport: ClientTransport): OpenedTransport | undefined {
    const { facts, failure } = transport;
    if (facts !== undefined) return this.#opened(transport, facts);
    if (failure instanceof InvalidStatus) {
      this.#take(this.#request, failure.response.headers);
      const redirect = redirectOf(failure.response as Response, this.#url);
      if (redirect !== undefined) {
        this.#follow(redirect, failure);
        return undefined;
      }
    }
    throw translated(failure);
  }

  #opened(transport: ClientTransport, facts: OpenedFacts): OpenedTransport {
    this.#take(facts.request, facts.response.headers);
    try {
      const subprotocol = agreedSubprotocol(this.#options.subprotocols, facts.subprotocol);
      return { transport, facts, headers: headersByName(facts.response.headers), subprotocol };
    } catch (error) {
      transport.abort();
      throw error;
    }
  }

  #follow(redirect: { readonly url: string; readonly isOtherOrigin: boolean }, failure: InvalidStatus): void {
    const limit = this.#options.redirectLimit ?? REDIRECT_LIMIT;
    if (this.#followed >= limit) {
      const { statusCode, reasonPhrase, headers, body } = failure.response;
      throw new WebSocketBadStatusException(
        `more than ${limit} redirects`,
        statusCode,
        reasonPhrase,
        headersByName(headers),
        body,
        { cause: failure },
      );
    }
    this.#followed++;
    this.#url = redirect.url;
    // Once elsewhere, credentials stay away, even where a later redirect leads back.
    if (redirect.isOtherOrigin) this.#state = { isOtherOrigin: true };
  }

  /** Any answer may set cookies, for the host that has given it. */
  #take(request: WholeRequest | undefined, headers: HeaderPairs): void {
    if (isEnabledForTrace()) {
      const { path = '', headers: asked = [] } = request ?? {};
      dump('request header', [`GET ${path} HTTP/1.1`, ...lines(asked), '', ''].join('\r\n'));
      dump('response header', lines(headers).join('\r\n'));
    }
    const { host } = parseUrl(this.#url);
    for (const [name, value] of headers) if (name.toLowerCase() === 'set-cookie') COOKIE_JAR.add(value, host);
  }
}

/** Opens a connection and blocks until it is open. It does not keep the process alive. @throws as `Opening` does. */
export function openTransportSync(url: string, options: ConnectOptions): OpenedTransport {
  const opening = new Opening(url, options);
  for (;;) {
    const transport = opening.attempt();
    transport.unref();
    while (transport.facts === undefined && transport.failure === undefined)
      transport.changedSync(Number.POSITIVE_INFINITY, true);
    const opened = opening.judge(transport);
    if (opened !== undefined) return opened;
  }
}

/** The same without blocking. An open connection keeps the process alive. */
export async function openTransport(
  url: string,
  options: ConnectOptions,
  { signal }: OpenTransportOptions = {},
): Promise<OpenedTransport> {
  const opening = new Opening(url, options);
  for (;;) {
    signal?.throwIfAborted();
    const transport = opening.attempt();
    const abort = (): void => transport.abort();
    signal?.addEventListener('abort', abort);
    try {
      while (transport.facts === undefined && transport.failure === undefined) await transport.told();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    if (signal?.aborted) {
      // It may have opened in the very moment.
      transport.abort();
      throw signal.reason;
    }
    const opened = opening.judge(transport);
    if (opened !== undefined) return opened;
  }
}

const lines = (headers: HeaderPairs): string[] => [...headers].map(([name, value]) => `${name}: ${value}`);
