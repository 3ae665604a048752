import { decodeUtf8, encodeUtf8 } from '../protocol/utf8.ts';
import { latin1Text, printable } from '../text/latin1.ts';
import { ValueError } from './exceptions.ts';

const STATUS_BYTES = 2;
const STATUS_AFTER = 0x1_0000;

/** What a callback for the end of a connection is told. */
export type CloseArgs = [code: number, reason: string] | [code: null, reason: null];

/**
 * What the payload of the server's close frame says; nulls where there was no such frame or nothing in it.
 *
 * A reason that is no UTF-8, which is let through where that is not checked, is shown byte by byte.
 */
export function closeArgs(payload: Uint8Array | undefined): CloseArgs {
  if (payload === undefined || payload.length < STATUS_BYTES) return [null, null];
  const bytes = payload.subarray(STATUS_BYTES);
  const reason = decodeUtf8(bytes);
  return [
    (payload[0]! << 8) | payload[1]!,
    typeof reason === 'string' ? reason : printable(latin1Text(bytes)),
  ];
}

/**
 * The payload of a close frame. Only the range is checked, so that whatever fits may be tried on a server.
 *
 * @throws ValueError where the status takes more than two bytes.
 */
export function closePayload(status: number, reason: string | Uint8Array): Uint8Array {
  if (!Number.isInteger(status) || status < 0 || status >= STATUS_AFTER)
    throw new ValueError('code is invalid range');
  const bytes = typeof reason === 'string' ? encodeUtf8(reason) : reason;
  const payload = new Uint8Array(STATUS_BYTES + bytes.length);
  payload[0] = status >> 8;
  payload[1] = status;
  payload.set(bytes, STATUS_BYTES);
  return payload;
}
