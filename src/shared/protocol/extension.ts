import type { PayloadTooBig, ProtocolError } from './errors/websocket-exception.ts';
import type { ProtocolPlatform } from './platform.ts';

/** One parameter of a Sec-WebSocket-Extensions header; without a value it is only there. */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/** An extension that the handshake agreed on, at work. */
export interface Extension {
  readonly name: string;
  /** Reserved bits that it sets in the first frame of a message, counted as `FrameHeader.rsv` does. */
  readonly rsv: number;
  /**
   * @param fin whether this is the end of the message; each fragment is encoded by itself.
   * @returns what goes over the wire instead.
   */
  encode(payload: Uint8Array, fin: boolean): Uint8Array;
  /**
   * @param payload of the whole message, its fragments joined.
   * @param lengthMax bytes accepted.
   */
  decode(payload: Uint8Array, lengthMax: number): Uint8Array | ProtocolError | PayloadTooBig;
}

/** An extension as a client offers it. */
export interface ClientExtensionFactory {
  readonly name: string;
  getRequestParams(): readonly ExtensionParameter[];
  /**
   * @param accepted what the same response has agreed on before.
   * @throws NegotiationError where this is no answer to the offer.
   */
  processResponseParams(
    params: readonly ExtensionParameter[],
    accepted: readonly Extension[],
    platform: ProtocolPlatform,
  ): Extension;
}

/** An extension as a server accepts it. */
export interface ServerExtensionFactory {
  readonly name: string;
  /**
   * @param accepted what the same request has led to before.
   * @returns the answer, and the extension that it agrees on.
   * @throws NegotiationError where the offer cannot be accepted; another may follow.
   */
  processRequestParams(
    params: readonly ExtensionParameter[],
    accepted: readonly Extension[],
    platform: ProtocolPlatform,
  ): { readonly params: readonly ExtensionParameter[]; readonly extension: Extension };
}
