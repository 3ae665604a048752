/**
 * What a connection, its handshake or its use can end in. The names, the fields and the texts are those of
 * the Python library websockets, so that a program carried over keeps its tests.
 *
 * Each class puts its name on its prototype: a trace that Node prints is written while the error is made,
 * before any field of it exists.
 */
export class WebSocketException extends Error {
  static {
    WebSocketException.prototype.name = 'WebSocketException';
  }
}

/** The peer, or the caller, broke a rule of RFC 6455. */
export class ProtocolError extends WebSocketException {
  static {
    ProtocolError.prototype.name = 'ProtocolError';
  }
}

/** Something was asked of a connection that its state does not allow. */
export class InvalidState extends WebSocketException {
  static {
    InvalidState.prototype.name = 'InvalidState';
  }
}

/** Two callers at the same time where there can be one. */
export class ConcurrencyError extends WebSocketException {
  static {
    ConcurrencyError.prototype.name = 'ConcurrencyError';
  }
}

/** A frame or a message is longer than accepted. */
export class PayloadTooBig extends WebSocketException {
  static {
    PayloadTooBig.prototype.name = 'PayloadTooBig';
  }
  /** Bytes of the frame; undefined where only inflating would tell. */
  readonly size: number | undefined;
  /** Bytes accepted. */
  readonly maxSize: number;
  /** Bytes of the message that came before this frame; undefined where it is the first. */
  readonly currentSize: number | undefined;

  constructor(size: number | undefined, maxSize: number, currentSize?: number, options?: ErrorOptions) {
    super(tooBig(size, maxSize, currentSize), options);
    this.size = size;
    this.maxSize = maxSize;
    this.currentSize = currentSize;
  }
}

function tooBig(size: number | undefined, maxSize: number, currentSize: number | undefined): string {
  const withSize = size === undefined ? '' : `with ${size} bytes `;
  const after = currentSize === undefined ? '' : `after reading ${currentSize} bytes `;
  return `frame ${withSize}${after}exceeds limit of ${maxSize} bytes`;
}

/** Something did not happen in time. Not a WebSocketException, as Python's TimeoutError is none. */
export class WebSocketTimeout extends Error {
  static {
    WebSocketTimeout.prototype.name = 'WebSocketTimeout';
  }
}

/** The stream ended where more was due, or was used after its end. */
export class EOFError extends Error {
  static {
    EOFError.prototype.name = 'EOFError';
  }
}

/** Text that is no UTF-8. */
export class UnicodeDecodeError extends Error {
  static {
    UnicodeDecodeError.prototype.name = 'UnicodeDecodeError';
  }
  readonly reason: string;
  /** Bytes before the first that is wrong, counted from the beginning of the message or reason. */
  readonly position: number;

  constructor(reason: string, position: number, options?: ErrorOptions) {
    super(`${reason} at position ${position}`, options);
    this.reason = reason;
    this.position = position;
  }
}
