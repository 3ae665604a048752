/** What the protocol needs of the platform it runs on. */
export interface ProtocolPlatform {
  /** Fills with random bytes that nobody can foresee: masking keys and the handshake's key. */
  randomFill(bytes: Uint8Array): void;
  sha1(bytes: Uint8Array): Uint8Array;
  /** Whether the bytes are whole, well-formed UTF-8. */
  isUtf8(bytes: Uint8Array): boolean;
  /**
   * Compresses as raw deflate, flushed, without the empty block `00 00 ff ff` at the end.
   *
   * @param windowBits from 8 to 15. No distance in the result is longer than 2 to this power.
   */
  deflate(message: Uint8Array, windowBits: number): Uint8Array;
  /**
   * Undoes `deflate`; the message is without the empty block at its end.
   *
   * @param dictionary what came before and may be referred to, empty where nothing may.
   * @returns undefined where the result would be longer than `maxLength`.
   * @throws where the bytes are no deflate stream.
   */
  inflate(
    message: Uint8Array,
    dictionary: Uint8Array,
    windowBits: number,
    maxLength: number,
  ): Uint8Array | undefined;
}
