import { CloseCode } from '../protocol/close-code.ts';

export const STATUS_NORMAL = CloseCode.NORMAL_CLOSURE;
export const STATUS_GOING_AWAY = CloseCode.GOING_AWAY;
export const STATUS_PROTOCOL_ERROR = CloseCode.PROTOCOL_ERROR;
export const STATUS_UNSUPPORTED_DATA_TYPE = CloseCode.UNSUPPORTED_DATA;
/** The name that the original has, and the one that is meant. */
export const STATUS_STATUS_NOT_AVAILABLE = CloseCode.NO_STATUS_RCVD;
export const STATUS_NOT_AVAILABLE = STATUS_STATUS_NOT_AVAILABLE;
export const STATUS_ABNORMAL_CLOSED = CloseCode.ABNORMAL_CLOSURE;
export const STATUS_INVALID_PAYLOAD = CloseCode.INVALID_DATA;
export const STATUS_POLICY_VIOLATION = CloseCode.POLICY_VIOLATION;
export const STATUS_MESSAGE_TOO_BIG = CloseCode.MESSAGE_TOO_BIG;
export const STATUS_INVALID_EXTENSION = CloseCode.MANDATORY_EXTENSION;
export const STATUS_UNEXPECTED_CONDITION = CloseCode.INTERNAL_ERROR;
export const STATUS_SERVICE_RESTART = CloseCode.SERVICE_RESTART;
export const STATUS_TRY_AGAIN_LATER = CloseCode.TRY_AGAIN_LATER;
export const STATUS_BAD_GATEWAY = CloseCode.BAD_GATEWAY;
export const STATUS_TLS_HANDSHAKE_ERROR = CloseCode.TLS_HANDSHAKE;
