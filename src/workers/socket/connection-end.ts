import { FAULTS, type FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { ConnectionEnd } from '../feed-events.ts';

/** Stands for "no close frame came". Source: RFC 6455, section 7.1.5. */
export const NO_CLOSE_FRAME = 1006;

/** Characters of foreign text in a detail. */
const FOREIGN_MAX = 200;

/** Why a connection ended, before the close code is known. */
export type EndCause = Omit<ConnectionEnd, 'code'>;

type CodedError = Error & { readonly code?: string | undefined; readonly errors?: readonly Error[] };

/** Errors of the operating system and of name lookup; those of OpenSSL and Node have an underscore or are EPROTO. */
const SYSTEM_ERROR = /^(E[A-Z0-9]+|EAI_[A-Z]+)$/;

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there: check host and port of the url'],
  ['ENOTFOUND', 'the name does not exist: check the host of the url'],
  ['EAI_AGAIN', 'the name could not be looked up: check the network and its DNS server'],
  ['ENETUNREACH', 'there is no way to that network: check the network'],
  ['EHOSTUNREACH', 'there is no way to that host: check the network and the host of the url'],
  ['ETIMEDOUT', 'the host does not answer: check the network, the host and the port of the url'],
  ['ECONNRESET', 'the server hung up before it answered'],
  ['EMFILE', 'this process has too many files open: raise ulimit -n'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'if you trust this certificate, give it as option ca'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'if you trust the authority that signed it, give its certificate as option ca',
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'if you trust the authority that signed it, give its certificate as option ca',
  ],
  [
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'if you trust the authority that signed it, give its certificate as option ca',
  ],
  ['CERT_HAS_EXPIRED', 'check the clock of this machine; otherwise the server must renew its certificate'],
  ['CERT_NOT_YET_VALID', 'check the clock of this machine'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host: check the host of the url'],
]);

/** The attempt failed before frames could flow. */
export function handshakeFailure(error: CodedError, where: string): EndCause {
  const code = error.code ?? '';
  const said = `${where}: ${describe(error)}`;
  if (code === '' || code.startsWith('HPE_'))
    return cause(FAULTS.PROTOCOL_ERROR.id, `${said}; it does not speak WebSocket as RFC 6455 says`);
  const remedy = REMEDIES.get(code);
  return cause(
    isSystemError(code) ? FAULTS.CONNECT_FAILED.id : FAULTS.TLS_FAILED.id,
    remedy === undefined ? said : `${said}; ${remedy}`,
  );
}

/** ws refused a frame. */
export function brokenProtocol(error: CodedError): EndCause {
  const tooLong =
    error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ||
    error.code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH';
  return tooLong
    ? cause(
        FAULTS.MESSAGE_TOO_LONG.id,
        `${describe(error)}; a longer one is accepted with a higher maxPayload`,
      )
    : cause(FAULTS.PROTOCOL_ERROR.id, describe(error));
}

/** The open connection ended by itself. */
export function lostConnection(code: number, reason: string, error: CodedError | undefined): EndCause {
  if (code !== NO_CLOSE_FRAME) return cause(FAULTS.SERVER_CLOSED.id, foreignText(reason));
  if (error === undefined)
    return cause(FAULTS.CONNECTION_ENDED.id, 'the server ended the connection without a close frame');
  const detail = describe(error);
  switch (error.code) {
    case undefined:
      return cause(FAULTS.PROTOCOL_ERROR.id, detail);
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return cause(FAULTS.CONNECTION_RESET.id, detail);
    default:
      return cause(isSystemError(error.code) ? FAULTS.CONNECTION_ENDED.id : FAULTS.TLS_FAILED.id, detail);
  }
}

/** Text from the network on one line, with nothing that moves a terminal's cursor, of bounded length. */
export function foreignText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > FOREIGN_MAX ? `${line.slice(0, FOREIGN_MAX)}…` : line;
}

const cause = (fault: FaultCode, detail: string): EndCause => ({ fault, detail, ours: false });

const isSystemError = (code: string): boolean => code !== 'EPROTO' && SYSTEM_ERROR.test(code);

/** With several addresses of a host the error holds one error for each and says nothing itself. */
function describe(error: CodedError): string {
  const messages = error.errors === undefined ? [error.message] : error.errors.map(({ message }) => message);
  return foreignText([...new Set(messages)].join(', '));
}
