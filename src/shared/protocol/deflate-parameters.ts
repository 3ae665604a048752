import { DuplicateParameter, InvalidParameterName, InvalidParameterValue } from './errors/header-errors.ts';
import type { ExtensionParameter } from './extension.ts';

/** What one header says about permessage-deflate. Source: RFC 7692, section 7.1. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15. */
  readonly serverMaxWindowBits: number | undefined;
  /** 8 to 15; true where a client offers to obey any value. */
  readonly clientMaxWindowBits: number | true | undefined;
}

const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/** @returns the parameters in the order in which everybody writes them. */
export function buildDeflateParameters(parameters: DeflateParameters): ExtensionParameter[] {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  const built: ExtensionParameter[] = [];
  if (parameters.serverNoContextTakeover) built.push(['server_no_context_takeover', undefined]);
  if (parameters.clientNoContextTakeover) built.push(['client_no_context_takeover', undefined]);
  if (serverMaxWindowBits !== undefined) built.push(['server_max_window_bits', String(serverMaxWindowBits)]);
  if (clientMaxWindowBits !== undefined)
    built.push([
      'client_max_window_bits',
      clientMaxWindowBits === true ? undefined : String(clientMaxWindowBits),
    ]);
  return built;
}

/**
 * @param isOffer whether a client wrote it, which may leave its window to the server.
 * @throws NegotiationError, of the class that says what is wrong.
 */
export function parseDeflateParameters(
  params: readonly ExtensionParameter[],
  isOffer: boolean,
): DeflateParameters {
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits: number | undefined;
  let clientMaxWindowBits: number | true | undefined;
  for (const [name, value] of params) {
    switch (name) {
      case 'server_no_context_takeover':
        refuseSecond(name, serverNoContextTakeover);
        serverNoContextTakeover = flag(name, value);
        break;
      case 'client_no_context_takeover':
        refuseSecond(name, clientNoContextTakeover);
        clientNoContextTakeover = flag(name, value);
        break;
      case 'server_max_window_bits':
        refuseSecond(name, serverMaxWindowBits !== undefined);
        serverMaxWindowBits = windowBits(name, value);
        break;
      case 'client_max_window_bits':
        refuseSecond(name, clientMaxWindowBits !== undefined);
        clientMaxWindowBits = isOffer && value === undefined ? true : windowBits(name, value);
        break;
      default:
        throw new InvalidParameterName(name);
    }
  }
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}

function refuseSecond(name: string, isThere: boolean): void {
  if (isThere) throw new DuplicateParameter(name);
}

function flag(name: string, value: string | undefined): true {
  if (value !== undefined) throw new InvalidParameterValue(name, value);
  return true;
}

function windowBits(name: string, value: string | undefined): number {
  if (value === undefined || !WINDOW_BITS.test(value)) throw new InvalidParameterValue(name, value);
  return Number(value);
}
