import { MisuseError } from '../../shared/invariant.ts';
import { Close } from '../../shared/protocol/close-code.ts';
import { ProtocolError } from '../../shared/protocol/errors/websocket-exception.ts';
import { CONTROL_PAYLOAD_MAX } from '../../shared/protocol/frame.ts';
import type { Message } from './transport.ts';

const encoder = new TextEncoder();

/** The bytes of a message, in memory of their own. A text of half a surrogate pair has U+FFFD in its place. */
export const bytesOf = (message: Message): Uint8Array<ArrayBuffer> =>
  typeof message === 'string' ? encoder.encode(message) : new Uint8Array(message);

export const isMessage = (value: unknown): value is Message =>
  typeof value === 'string' || value instanceof Uint8Array;

/** @throws MisuseError where it is longer than a control frame may carry, or neither text nor bytes. */
export function payloadOf(data: Message, what: string): Uint8Array {
  if (!isMessage(data))
    throw new MisuseError(
      `Condition failed: the payload of a ${what} is a text or a Uint8Array; given was ${typeof data}`,
    );
  const payload = bytesOf(data);
  if (payload.length > CONTROL_PAYLOAD_MAX)
    throw new MisuseError(
      `Condition failed: the payload of a ${what} has at most ${CONTROL_PAYLOAD_MAX} bytes; given were ${payload.length}`,
    );
  return payload;
}

/** @throws ProtocolError where no close frame may say this; MisuseError where the reason is no text. */
export function checkClose(code: number, reason: string): void {
  if (typeof reason !== 'string')
    throw new MisuseError(
      `Condition failed: the reason of a close is a text; given was ${typeof (reason as unknown)}`,
    );
  if (new Close(code, reason).serialize().length > CONTROL_PAYLOAD_MAX)
    throw new ProtocolError('control frame too long');
}
