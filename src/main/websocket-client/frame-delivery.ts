import { UnicodeDecodeError } from '../../shared/protocol/errors/websocket-exception.ts';
import { decodeUtf8 } from '../../shared/protocol/utf8.ts';
import { ABNF } from '../../shared/websocket-client/abnf.ts';
import { type CloseArgs, closeArgs } from '../../shared/websocket-client/close-payload.ts';
import { ContinuousFrame } from '../../shared/websocket-client/continuous-frame.ts';
import type { ReceivedFrame } from '../websockets/ring-inbox.ts';
import type { Message } from '../websockets/transport.ts';
import type { AppCallbacks } from './app-callbacks.ts';

type Told = Pick<AppCallbacks, 'data' | 'message' | 'contMessage' | 'ping' | 'pong'>;

export interface DeliveryOptions {
  /** Each fragment by itself. */
  readonly byFragment: boolean;
  /** Text is handed over as bytes, since nobody has checked it. */
  readonly textAsBytes: boolean;
}

/** Hands the frames of one connection to the callbacks of an app. Which frame may follow which is checked before. */
export class FrameDelivery {
  readonly #told: Told;
  readonly #options: DeliveryOptions;
  readonly #parts = new ContinuousFrame({ skipUtf8Validation: true });
  /** What the server's close frame says, once it has come. */
  closed: CloseArgs | undefined;

  constructor(told: Told, options: DeliveryOptions) {
    this.#told = told;
    this.#options = options;
  }

  deliver(frame: ReceivedFrame): void {
    const { opcode, fin, data } = frame;
    // A whole text is a string already, where text is wanted.
    if (opcode === ABNF.OPCODE_TEXT && fin && typeof data === 'string') this.#message(opcode, data);
    else this.#other(opcode, fin, data as Uint8Array);
  }

  #message(opcode: number, data: Message): void {
    this.#told.data(data, opcode, true);
    this.#told.message(data);
  }

  #other(opcode: number, fin: boolean, data: Uint8Array): void {
    switch (opcode) {
      case ABNF.OPCODE_TEXT:
      case ABNF.OPCODE_BINARY:
        if (fin) this.#message(opcode, this.#readable(opcode, data));
        else this.#fragment(opcode, false, data);
        break;
      case ABNF.OPCODE_CONT:
        this.#fragment(opcode, fin, data);
        break;
      case ABNF.OPCODE_PING:
        this.#told.ping(data);
        break;
      case ABNF.OPCODE_PONG:
        this.#told.pong(data);
        break;
      case ABNF.OPCODE_CLOSE:
        this.closed = closeArgs(data);
        break;
    }
  }

  #fragment(opcode: number, fin: boolean, data: Uint8Array): void {
    if (this.#options.byFragment) {
      if (opcode === ABNF.OPCODE_CONT) {
        this.#told.data(data, opcode, fin);
        this.#told.contMessage(data, fin);
      } else {
        const first = this.#readable(opcode, data);
        this.#told.data(first, opcode, fin);
        this.#told.message(first);
      }
      return;
    }
    const frame = new ABNF({ fin: fin ? 1 : 0, opcode, data });
    this.#parts.add(frame);
    if (!fin) return;
    const [first, whole] = this.#parts.extract(frame);
    this.#message(first, this.#readable(first, whole.data as Uint8Array));
  }

  #readable(opcode: number, data: Uint8Array): Message {
    if (opcode !== ABNF.OPCODE_TEXT || this.#options.textAsBytes) return data;
    const text = decodeUtf8(data);
    return text instanceof UnicodeDecodeError ? data : text;
  }
}
