import { decodeBase64, encodeBase64 } from '../../text/base64.ts';
import { latin1Bytes } from '../../text/latin1.ts';
import type { ProtocolPlatform } from '../platform.ts';

/** Source: RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const KEY_BYTES = 16;

/** A Sec-WebSocket-Key. */
export function generateKey(platform: Pick<ProtocolPlatform, 'randomFill'>): string {
  const bytes = new Uint8Array(KEY_BYTES);
  platform.randomFill(bytes);
  return encodeBase64(bytes);
}

/** Whether a client may have sent this as its Sec-WebSocket-Key. */
export const isKey = (text: string): boolean => decodeBase64(text)?.length === KEY_BYTES;

/** The Sec-WebSocket-Accept that proves a server read this key. */
export const acceptKey = (platform: Pick<ProtocolPlatform, 'sha1'>, key: string): string =>
  encodeBase64(platform.sha1(latin1Bytes(key + GUID)));
