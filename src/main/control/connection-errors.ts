/** What goes wrong with a connection, as errors for its user. Branch on the class, show the message. */

/** Base of all of them. */
export class WebSocketError extends Error {
  override readonly name: string = 'WebSocketError';
}

/** The connection could not be made. */
export class WebSocketConnectionError extends WebSocketError {
  override readonly name = 'WebSocketConnectionError';
  /** With its secrets masked. */
  readonly url: string;
  /** Attempts that were made. */
  readonly attempts: number;
  readonly lastError: Error | undefined;

  constructor(url: string, attempts: number, lastError: Error | undefined) {
    const why = lastError === undefined ? '' : `: ${lastError.message}`;
    super(`no connection to ${url} in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why}`, {
      cause: lastError,
    });
    this.url = url;
    this.attempts = attempts;
    this.lastError = lastError;
  }
}

/** There is no connection to do this on. */
export class WebSocketClosedError extends WebSocketError {
  override readonly name = 'WebSocketClosedError';
  /** Close code of the server's frame, or 1006 where there was none. */
  readonly code: number;
  readonly reason: string;

  constructor(code = 1006, reason = '') {
    super(`the connection is closed: ${code}${reason === '' ? '' : ` ${reason}`}`);
    this.code = code;
    this.reason = reason;
  }
}

/** It took longer than it may. */
export class WebSocketTimeoutError extends WebSocketError {
  override readonly name = 'WebSocketTimeoutError';
  readonly operation: string;
  /** Seconds. */
  readonly timeout: number;

  constructor(operation: string, timeout: number) {
    super(`${operation} was not done within ${timeout} s`);
    this.operation = operation;
    this.timeout = timeout;
  }
}

/** A lost connection did not come back in the attempts allowed. */
export class WebSocketReconnectError extends WebSocketError {
  override readonly name = 'WebSocketReconnectError';
  readonly attempts: number;
  readonly lastError: Error | undefined;

  constructor(attempts: number, lastError: Error | undefined) {
    const why = lastError === undefined ? '' : `: ${lastError.message}`;
    super(`the connection did not come back in ${attempts} attempts${why}`, { cause: lastError });
    this.attempts = attempts;
    this.lastError = lastError;
  }
}

/** The server broke the WebSocket protocol. */
export class WebSocketProtocolError extends WebSocketError {
  override readonly name = 'WebSocketProtocolError';
  readonly protocolError: string;

  constructor(protocolError: string) {
    super(`the server broke the protocol: ${protocolError}`);
    this.protocolError = protocolError;
  }
}

/** Messages were dropped because nobody took them. */
export class WebSocketQueueFullError extends WebSocketError {
  override readonly name = 'WebSocketQueueFullError';
  readonly queueSize: number;
  readonly droppedCount: number;

  constructor(queueSize: number, droppedCount: number) {
    super(`the queue of ${queueSize} messages is full, ${droppedCount} were dropped`);
    this.queueSize = queueSize;
    this.droppedCount = droppedCount;
  }
}
