import { ProtocolError, UnicodeDecodeError } from './errors/websocket-exception.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** Codes of a close frame by their names. Source: the IANA registry, and RFC 6455, section 7.4. */
export const CloseCode = {
  NORMAL_CLOSURE: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  /** Stands for a close frame without a code; never sent. */
  NO_STATUS_RCVD: 1005,
  /** Stands for a connection lost without a close frame; never sent. */
  ABNORMAL_CLOSURE: 1006,
  INVALID_DATA: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
  /** Stands for a failed TLS handshake; never sent. */
  TLS_HANDSHAKE: 1015,
} as const;

const EXPLANATIONS: ReadonlyMap<number, string> = new Map([
  [CloseCode.NORMAL_CLOSURE, 'OK'],
  [CloseCode.GOING_AWAY, 'going away'],
  [CloseCode.PROTOCOL_ERROR, 'protocol error'],
  [CloseCode.UNSUPPORTED_DATA, 'unsupported data'],
  [CloseCode.NO_STATUS_RCVD, 'no status received [internal]'],
  [CloseCode.ABNORMAL_CLOSURE, 'abnormal closure [internal]'],
  [CloseCode.INVALID_DATA, 'invalid frame payload data'],
  [CloseCode.POLICY_VIOLATION, 'policy violation'],
  [CloseCode.MESSAGE_TOO_BIG, 'message too big'],
  [CloseCode.MANDATORY_EXTENSION, 'mandatory extension'],
  [CloseCode.INTERNAL_ERROR, 'internal error'],
  [CloseCode.SERVICE_RESTART, 'service restart'],
  [CloseCode.TRY_AGAIN_LATER, 'try again later'],
  [CloseCode.BAD_GATEWAY, 'bad gateway'],
  [CloseCode.TLS_HANDSHAKE, 'TLS handshake failure [internal]'],
]);

const INTERNAL: ReadonlySet<number> = new Set([
  CloseCode.NO_STATUS_RCVD,
  CloseCode.ABNORMAL_CLOSURE,
  CloseCode.TLS_HANDSHAKE,
]);

const REGISTERED = 3000;
const PRIVATE = 4000;
const AFTER_PRIVATE = 5000;

export function explainCloseCode(code: number): string {
  if (code >= REGISTERED && code < PRIVATE) return 'registered';
  if (code >= PRIVATE && code < AFTER_PRIVATE) return 'private use';
  return EXPLANATIONS.get(code) ?? 'unknown';
}

/** Whether the code may be in a close frame. */
export const isSendable = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= REGISTERED && code < AFTER_PRIVATE) || (EXPLANATIONS.has(code) && !INTERNAL.has(code)));

/** Whether a connection that was closed with this code came to its end in order. */
export const isOrderly = (code: number): boolean =>
  code === CloseCode.NORMAL_CLOSURE || code === CloseCode.GOING_AWAY || code === CloseCode.NO_STATUS_RCVD;

/** What a close frame says. */
export class Close {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string) {
    this.code = code;
    this.reason = reason;
  }

  /** @returns what the payload of a close frame says, or what is wrong with it. */
  static tryParse(payload: Uint8Array): Close | ProtocolError | UnicodeDecodeError {
    if (payload.length === 0) return new Close(CloseCode.NO_STATUS_RCVD, '');
    if (payload.length < 2) return new ProtocolError('close frame too short');
    const reason = decodeUtf8(payload.subarray(2));
    if (reason instanceof UnicodeDecodeError) return reason;
    const code = (payload[0]! << 8) | payload[1]!;
    return isSendable(code) ? new Close(code, reason) : new ProtocolError('invalid status code');
  }

  /** @throws ProtocolError or UnicodeDecodeError where the payload is none of a close frame. */
  static parse(payload: Uint8Array): Close {
    const close = Close.tryParse(payload);
    if (close instanceof Error) throw close;
    return close;
  }

  /** @throws ProtocolError where the code may not be sent. */
  serialize(): Uint8Array {
    if (!isSendable(this.code)) throw new ProtocolError('invalid status code');
    const reason = encodeUtf8(this.reason);
    const payload = new Uint8Array(2 + reason.length);
    payload[0] = this.code >> 8;
    payload[1] = this.code;
    payload.set(reason, 2);
    return payload;
  }

  /** `1000 (OK) bye` */
  toString(): string {
    const coded = `${this.code} (${explainCloseCode(this.code)})`;
    return this.reason === '' ? coded : `${coded} ${this.reason}`;
  }
}
