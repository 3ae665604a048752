import type { Response } from '../handshake/message.ts';
import { WebSocketException } from './websocket-exception.ts';

/** What is told of a proxy's response. */
export interface RefusingResponse {
  readonly statusCode: number;
  readonly reasonPhrase: string;
  /** Name and value, in the order of the wire; a name may occur more than once. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body?: Uint8Array | undefined;
}

/** The address is none of a WebSocket. */
export class InvalidURI extends WebSocketException {
  static {
    InvalidURI.prototype.name = 'InvalidURI';
  }
  readonly uri: string;
  readonly msg: string;

  constructor(uri: string, msg: string, options?: ErrorOptions) {
    super(`${uri} isn't a valid URI: ${msg}`, options);
    this.uri = uri;
    this.msg = msg;
  }
}

/** The address is none of a proxy. */
export class InvalidProxy extends WebSocketException {
  static {
    InvalidProxy.prototype.name = 'InvalidProxy';
  }
  readonly proxy: string;
  readonly msg: string;

  constructor(proxy: string, msg: string, options?: ErrorOptions) {
    super(`${proxy} isn't a valid proxy: ${msg}`, options);
    this.proxy = proxy;
    this.msg = msg;
  }
}

/** The opening handshake failed. */
export class InvalidHandshake extends WebSocketException {
  static {
    InvalidHandshake.prototype.name = 'InvalidHandshake';
  }
}

/** The handshake asks for more than a peer may. */
export class SecurityError extends InvalidHandshake {
  static {
    SecurityError.prototype.name = 'SecurityError';
  }
}

export class RequestLineTooLong extends SecurityError {
  static {
    RequestLineTooLong.prototype.name = 'RequestLineTooLong';
  }
}

export class StatusLineTooLong extends SecurityError {
  static {
    StatusLineTooLong.prototype.name = 'StatusLineTooLong';
  }
}

export class HeaderLineTooLong extends SecurityError {
  static {
    HeaderLineTooLong.prototype.name = 'HeaderLineTooLong';
  }
}

export class TooManyHeaders extends SecurityError {
  static {
    TooManyHeaders.prototype.name = 'TooManyHeaders';
  }
}

/** The proxy could not be used. */
export class ProxyError extends InvalidHandshake {
  static {
    ProxyError.prototype.name = 'ProxyError';
  }
}

/** The proxy's answer is no HTTP. */
export class InvalidProxyMessage extends ProxyError {
  static {
    InvalidProxyMessage.prototype.name = 'InvalidProxyMessage';
  }
}

/** The proxy refused. */
export class InvalidProxyStatus extends ProxyError {
  static {
    InvalidProxyStatus.prototype.name = 'InvalidProxyStatus';
  }
  readonly response: RefusingResponse;

  constructor(response: RefusingResponse, options?: ErrorOptions) {
    super(`proxy rejected connection: HTTP ${response.statusCode}`, options);
    this.response = response;
  }
}

/** The request or the response of the handshake is malformed. */
export class InvalidMessage extends InvalidHandshake {
  static {
    InvalidMessage.prototype.name = 'InvalidMessage';
  }
}

/** The request is no GET. */
export class InvalidMethod extends InvalidHandshake {
  static {
    InvalidMethod.prototype.name = 'InvalidMethod';
  }
  readonly method: string;

  constructor(method: string, options?: ErrorOptions) {
    super(`unsupported HTTP method: ${method}`, options);
    this.method = method;
  }
}

/** The message is no HTTP/1.1. */
export class InvalidProtocol extends InvalidHandshake {
  static {
    InvalidProtocol.prototype.name = 'InvalidProtocol';
  }
  readonly protocol: string;

  constructor(protocol: string, options?: ErrorOptions) {
    super(`unsupported HTTP version: ${protocol}`, options);
    this.protocol = protocol;
  }
}

/** The server answered with another status than 101. */
export class InvalidStatus extends InvalidHandshake {
  static {
    InvalidStatus.prototype.name = 'InvalidStatus';
  }
  readonly response: Response;

  constructor(response: Response, options?: ErrorOptions) {
    super(`server rejected WebSocket connection: HTTP ${response.statusCode}`, options);
    this.response = response;
  }
}
