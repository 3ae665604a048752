/** What a peer may ask of us in a handshake. */
export interface HandshakeLimits {
  /** Bytes of a line, its end included. */
  readonly maxLineLength: number;
  readonly maxHeaders: number;
  /** Bytes of the body of a refusal. */
  readonly maxBodySize: number;
}

export const HANDSHAKE_LIMITS: HandshakeLimits = {
  maxLineLength: 8192,
  maxHeaders: 128,
  maxBodySize: 1024 * 1024,
};
