/**
 * What a connection, its handshake or its use can end in, by the names of the Python library websocket-client.
 * They are other classes than those of the same names in `protocol/errors`, which are of the library websockets.
 *
 * Each class puts its name on its prototype: a trace that Node prints is written while the error is made,
 * before any field of it exists.
 */
export class WebSocketException extends Error {
  static {
    WebSocketException.prototype.name = 'WebSocketException';
  }
}

/** A frame, or a sequence of frames, that the protocol does not allow. */
export class WebSocketProtocolException extends WebSocketException {
  static {
    WebSocketProtocolException.prototype.name = 'WebSocketProtocolException';
  }
}

/** Text that is no UTF-8, or a message longer than accepted. */
export class WebSocketPayloadException extends WebSocketException {
  static {
    WebSocketPayloadException.prototype.name = 'WebSocketPayloadException';
  }
}

/** The server, the network or this side has ended the connection. */
export class WebSocketConnectionClosedException extends WebSocketException {
  static {
    WebSocketConnectionClosedException.prototype.name = 'WebSocketConnectionClosedException';
  }
}

/** Something did not happen in time. */
export class WebSocketTimeoutException extends WebSocketException {
  static {
    WebSocketTimeoutException.prototype.name = 'WebSocketTimeoutException';
  }
}

/** The proxy could not be used. */
export class WebSocketProxyException extends WebSocketException {
  static {
    WebSocketProxyException.prototype.name = 'WebSocketProxyException';
  }
}

/** The server answered the handshake with another status than 101. */
export class WebSocketBadStatusException extends WebSocketException {
  static {
    WebSocketBadStatusException.prototype.name = 'WebSocketBadStatusException';
  }
  readonly statusCode: number;
  readonly statusMessage: string | null;
  /** By their names in lower case. Without a prototype, because the names are the server's. */
  readonly respHeaders: Readonly<Record<string, string>> | null;
  readonly respBody: Uint8Array | null;

  constructor(
    message: string,
    statusCode: number,
    statusMessage: string | null = null,
    respHeaders: Readonly<Record<string, string>> | null = null,
    respBody: Uint8Array | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.statusCode = statusCode;
    this.statusMessage = statusMessage;
    this.respHeaders = respHeaders;
    this.respBody = respBody;
  }
}

/** The host's name, or that of the proxy, has no address. */
export class WebSocketAddressException extends WebSocketException {
  static {
    WebSocketAddressException.prototype.name = 'WebSocketAddressException';
  }
}

/** A value that cannot be. Outside of the tree, as Python's is. */
export class ValueError extends TypeError {
  static {
    ValueError.prototype.name = 'ValueError';
  }
}
