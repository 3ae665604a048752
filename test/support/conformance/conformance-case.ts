import type { Side } from '../../../src/shared/protocol/protocol.ts';

/**
 * One conversation as data: what the peer sends, what is heard of it, what is sent back.
 *
 * A frame is written as its first byte and its payload, in hex: `81 6869` is the text "hi" in one frame, `82
 * 2a*300` is 300 times the byte 2a. The rest of its header follows from the side: a client's frames are
 * masked. `raw …` stands for bytes that are no frame as it should be, written out.
 */
export interface ConformanceCase {
  readonly name: string;
  /** Both, unless it is given. */
  readonly side?: Side;
  readonly maxSize?: number | readonly [message: number | null, fragment: number | null];
  /** permessage-deflate was agreed on; `takeover` unless the peer gave that up, with these windows. */
  readonly deflate?: {
    readonly takeover?: boolean;
    readonly remoteBits?: number;
    readonly localBits?: number;
  };
  /** Sent by us before anything comes in. */
  readonly first?: readonly string[];
  readonly receives: readonly string[];
  /** The frames that are delivered; a close frame is one, too. */
  readonly events: readonly string[];
  /** What goes out besides the close frame of `fails`. */
  readonly sends?: readonly string[];
  /** The close frame with which the connection is failed. Its reason is the message of the fault, too. */
  readonly fails?: readonly [code: number, reason: string];
  /** After the stream has ended: 1006 where nothing else is given. */
  readonly closeCode?: number;
  readonly closeReason?: string;
  /** Message of the exception after the stream has ended. */
  readonly closed?: string;
}

/** The key with which the peer of a server masks. Source: the examples of RFC 6455, section 5.7. */
const MASK_KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** @returns the bytes of a frame, or of `raw`, as the peer of this side sends them. */
export function toWire(spec: string, side: Side): Uint8Array {
  const [first, payload] = parts(spec);
  if (first === 'raw') return payload;
  return wire(Number.parseInt(first, 16), payload, side === 'server' ? MASK_KEY : undefined);
}

/** Written for the tests alone, so that what is tested does not test itself. */
export function wire(firstByte: number, payload: Uint8Array, key?: Uint8Array): Uint8Array {
  const length = payload.length;
  const mask = key === undefined ? 0 : 0x80;
  const head =
    length < 126
      ? [firstByte, mask | length]
      : length < 65536
        ? [firstByte, mask | 126, length >> 8, length & 255]
        : [firstByte, mask | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((bits) => (length >>> bits) & 255)];
  const masked = key === undefined ? payload : payload.map((byte, at) => byte ^ key[at % 4]!);
  return Buffer.concat([Uint8Array.from(head), ...(key === undefined ? [] : [key]), masked]);
}

/** @returns first byte, or `raw`, and the payload. */
export function parts(spec: string): [first: string, payload: Uint8Array] {
  const at = spec.indexOf(' ');
  const first = at < 0 ? spec : spec.slice(0, at);
  const hex = at < 0 ? '' : spec.slice(at + 1).replaceAll(' ', '');
  const star = hex.indexOf('*');
  if (star < 0) return [first, Buffer.from(hex, 'hex')];
  return [first, Buffer.alloc(Number(hex.slice(star + 1)), Buffer.from(hex.slice(0, star), 'hex'))];
}

export const hexOf = (text: string): string => Buffer.from(text).toString('hex');

/** A close frame. */
export const closeFrame = (code: number, reason = ''): string =>
  `88 ${code.toString(16).padStart(4, '0')}${hexOf(reason)}`;

/** A whole text message. */
export const text = (message: string): string => `81 ${hexOf(message)}`;
