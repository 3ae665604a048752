import { WebSocket } from 'ws';
import { Close, CloseCode } from '../../../shared/protocol/close-code.ts';

/**
 * The server's end of a connection as ws has it, with what ws does not tell: which close frame went out, and
 * which of the two was first.
 */
export class ServedSocket extends WebSocket {
  /** The close frame that went out, if one did. */
  sent: Close | undefined;
  /** The peer's close frame, or what it did wrong, came before ours. */
  isAnswering = false;
  /** What a peer is told whose message is too long. */
  tooBigReason = '';
  #isOurs = false;

  /** Begins the closing handshake. */
  begin(code: number | undefined, reason: string): void {
    this.#isOurs = true;
    this.close(code, reason);
  }

  /** ws calls this, too: for a close frame that came, with its code and reason, and for what the peer did wrong. */
  override close(code?: number, data?: string | Buffer): void {
    let reason = data;
    if (this.readyState === WebSocket.OPEN) {
      if (code === CloseCode.MESSAGE_TOO_BIG) reason ??= this.tooBigReason;
      this.sent = new Close(code ?? CloseCode.NO_STATUS_RCVD, reason?.toString() ?? '');
      this.isAnswering = !this.#isOurs;
    }
    super.close(code, reason);
  }
}
