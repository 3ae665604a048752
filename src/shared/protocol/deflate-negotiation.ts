import { MisuseError } from '../invariant.ts';
import {
  buildDeflateParameters,
  type DeflateParameters,
  parseDeflateParameters,
} from './deflate-parameters.ts';
import { NegotiationError } from './errors/header-errors.ts';
import type {
  ClientExtensionFactory,
  Extension,
  ExtensionParameter,
  ServerExtensionFactory,
} from './extension.ts';
import { PermessageDeflate } from './permessage-deflate.ts';
import type { ProtocolPlatform } from './platform.ts';

const NAME = 'permessage-deflate';
const WINDOW_BITS_MIN = 8;
const WINDOW_BITS_MAX = 15;

export interface ClientDeflateOptions extends Partial<DeflateParameters> {}

export interface ServerDeflateOptions extends Partial<DeflateParameters> {
  readonly clientMaxWindowBits?: number | undefined;
  /** Refuse clients that do not offer to obey `clientMaxWindowBits`. */
  readonly requireClientMaxWindowBits?: boolean;
}

/** permessage-deflate as a client offers it: `permessage-deflate; client_max_window_bits` by default. */
export class ClientPermessageDeflateFactory implements ClientExtensionFactory {
  readonly name = NAME;
  readonly #offer: DeflateParameters;

  /** @throws MisuseError where a window is not of 8 to 15 bits. */
  constructor(options: ClientDeflateOptions = {}) {
    this.#offer = checked(options, 'clientMaxWindowBits' in options ? options.clientMaxWindowBits : true);
  }

  getRequestParams(): readonly ExtensionParameter[] {
    return buildDeflateParameters(this.#offer);
  }

  processResponseParams(
    params: readonly ExtensionParameter[],
    accepted: readonly Extension[],
    platform: ProtocolPlatform,
  ): Extension {
    if (accepted.some(({ name }) => name === NAME)) throw new NegotiationError(`received duplicate ${NAME}`);
    const offer = this.#offer;
    const answer = parseDeflateParameters(params, false);
    if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover)
      throw new NegotiationError('expected server_no_context_takeover');
    if (offer.serverMaxWindowBits !== undefined) {
      if (answer.serverMaxWindowBits === undefined)
        throw new NegotiationError('expected server_max_window_bits');
      if (answer.serverMaxWindowBits > offer.serverMaxWindowBits)
        throw new NegotiationError('unsupported server_max_window_bits');
    }
    return new PermessageDeflate(platform, {
      remoteNoContextTakeover: answer.serverNoContextTakeover,
      remoteMaxWindowBits: answer.serverMaxWindowBits,
      localMaxWindowBits: clientWindowBits(offer.clientMaxWindowBits, answer.clientMaxWindowBits),
    });
  }
}

/** permessage-deflate as a server accepts it. */
export class ServerPermessageDeflateFactory implements ServerExtensionFactory {
  readonly name = NAME;
  readonly #own: DeflateParameters;
  readonly #requireClientMaxWindowBits: boolean;

  /** @throws MisuseError where a window is not of 8 to 15 bits, or one is required and not given. */
  constructor(options: ServerDeflateOptions = {}) {
    this.#own = checked(options, options.clientMaxWindowBits);
    this.#requireClientMaxWindowBits = options.requireClientMaxWindowBits === true;
    if (this.#requireClientMaxWindowBits && this.#own.clientMaxWindowBits === undefined)
      throw new MisuseError('Condition failed: clientMaxWindowBits is given where it is required of clients');
  }

  processRequestParams(
    params: readonly ExtensionParameter[],
    accepted: readonly Extension[],
    platform: ProtocolPlatform,
  ): { readonly params: readonly ExtensionParameter[]; readonly extension: Extension } {
    if (accepted.some(({ name }) => name === NAME)) throw new NegotiationError(`skipped duplicate ${NAME}`);
    const own = this.#own;
    const offer = parseDeflateParameters(params, true);
    if (this.#requireClientMaxWindowBits && offer.clientMaxWindowBits === undefined)
      throw new NegotiationError('required client_max_window_bits');
    const clientMaxWindowBits = grantedClientBits(own.clientMaxWindowBits, offer.clientMaxWindowBits);
    const answer: DeflateParameters = {
      serverNoContextTakeover: own.serverNoContextTakeover || offer.serverNoContextTakeover,
      clientNoContextTakeover: own.clientNoContextTakeover || offer.clientNoContextTakeover,
      serverMaxWindowBits: smaller(own.serverMaxWindowBits, offer.serverMaxWindowBits),
      clientMaxWindowBits,
    };
    return {
      params: buildDeflateParameters(answer),
      extension: new PermessageDeflate(platform, {
        remoteNoContextTakeover: answer.clientNoContextTakeover,
        remoteMaxWindowBits: clientMaxWindowBits,
        localMaxWindowBits: answer.serverMaxWindowBits,
      }),
    };
  }
}

/** @returns bits of the client's window: the answer may ask for a smaller one only where that was offered. */
function clientWindowBits(
  offered: number | true | undefined,
  answered: number | true | undefined,
): number | undefined {
  if (answered === undefined || answered === true) return offered === true ? undefined : offered;
  if (offered === undefined) throw new NegotiationError('unexpected client_max_window_bits');
  if (offered !== true && answered > offered)
    throw new NegotiationError('unsupported client_max_window_bits');
  return answered;
}

/** @returns what the server asks of the client's window: nothing where the client has not offered to obey. */
function grantedClientBits(
  own: number | true | undefined,
  offered: number | true | undefined,
): number | undefined {
  if (offered === undefined) return undefined;
  return smaller(own === true ? undefined : own, offered === true ? undefined : offered);
}

const smaller = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : other === undefined ? one : Math.min(one, other);

function checked(
  options: Partial<DeflateParameters>,
  clientMaxWindowBits: number | true | undefined,
): DeflateParameters {
  const { serverMaxWindowBits } = options;
  checkBits('serverMaxWindowBits', serverMaxWindowBits);
  if (clientMaxWindowBits !== true) checkBits('clientMaxWindowBits', clientMaxWindowBits);
  return {
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
}

function checkBits(name: string, bits: number | undefined): void {
  if (bits === undefined || (Number.isInteger(bits) && bits >= WINDOW_BITS_MIN && bits <= WINDOW_BITS_MAX))
    return;
  throw new MisuseError(`Condition failed: ${name} is between 8 and 15, not ${bits}`);
}
