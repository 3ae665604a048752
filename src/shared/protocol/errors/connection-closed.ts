import type { Close } from '../close-code.ts';
import { WebSocketException } from './websocket-exception.ts';

/** The connection is over. */
export class ConnectionClosed extends WebSocketException {
  static {
    ConnectionClosed.prototype.name = 'ConnectionClosed';
  }
  /** The close frame that came in, if one did. */
  readonly rcvd: Close | undefined;
  /** The close frame that went out, if one did. */
  readonly sent: Close | undefined;
  /** Which came first; undefined unless there were both. */
  readonly rcvdThenSent: boolean | undefined;

  constructor(
    rcvd: Close | undefined,
    sent: Close | undefined,
    rcvdThenSent?: boolean,
    options?: ErrorOptions,
  ) {
    super(closing(rcvd, sent, rcvdThenSent), options);
    this.rcvd = rcvd;
    this.sent = sent;
    this.rcvdThenSent = rcvdThenSent;
  }
}

/** Both sides closed with 1000, 1001 or no code. */
export class ConnectionClosedOK extends ConnectionClosed {
  static {
    ConnectionClosedOK.prototype.name = 'ConnectionClosedOK';
  }
}

/** One side closed with another code, or the connection was lost. */
export class ConnectionClosedError extends ConnectionClosed {
  static {
    ConnectionClosedError.prototype.name = 'ConnectionClosedError';
  }
}

function closing(
  rcvd: Close | undefined,
  sent: Close | undefined,
  rcvdThenSent: boolean | undefined,
): string {
  if (rcvd === undefined)
    return sent === undefined ? 'no close frame received or sent' : `sent ${sent}; no close frame received`;
  if (sent === undefined) return `received ${rcvd}; no close frame sent`;
  return rcvdThenSent === true
    ? `received ${rcvd}; then sent ${sent}`
    : `sent ${sent}; then received ${rcvd}`;
}
