import { setImmediate as turn } from 'node:timers/promises';
import { CloseCode } from '../../../shared/protocol/close-code.ts';
import type { ConnectionClosed } from '../../../shared/protocol/errors/connection-closed.ts';
import { State } from '../../../shared/protocol/protocol.ts';
import { ABNF } from '../../../shared/websocket-client/abnf.ts';
import { closePayload } from '../../../shared/websocket-client/close-payload.ts';
import { isEnabledForDebug, traceReceived, traceSent } from '../../websocket-client/logging.ts';
import '../../websocket-client/random-mask-keys.ts';
import type { ClientTransport } from '../../websockets/client-transport.ts';
import type { RawFrame } from './frame-reading.ts';

/** Frames taken in a row before the keyboard, signals and timers have their turn. */
const FRAMES_A_TURN = 256;

/** An open connection, frame by frame. Everything that goes out and comes in is traced where tracing is on. */
export class FrameConnection {
  readonly #transport: ClientTransport;

  constructor(transport: ClientTransport) {
    this.#transport = transport;
  }

  /** How it has ended; undefined before. */
  get closed(): ConnectionClosed | undefined {
    return this.#transport.closed;
  }

  /** Sends a text. Resolves once there is room for another, or nothing can be sent any more. */
  async send(text: string): Promise<void> {
    this.#write(ABNF.createFrame(text, ABNF.OPCODE_TEXT));
    const transport = this.#transport;
    while (transport.closed === undefined && transport.isCongested) await transport.told();
  }

  ping(payload: Uint8Array): void {
    this.#write(ABNF.createFrame(payload, ABNF.OPCODE_PING));
  }

  /** Begins the closing handshake. What the server sends until its end still comes. */
  close(): void {
    if (this.#transport.state !== State.OPEN) return;
    const code = CloseCode.NORMAL_CLOSURE;
    const frame = ABNF.createFrame(closePayload(code, ''), ABNF.OPCODE_CLOSE);
    const bytes = frame.format();
    traceSent(frame, bytes);
    this.#transport.closeFrame(bytes, code, '');
  }

  /** The same, and no frame comes any more. */
  leave(): void {
    this.#transport.close(CloseCode.NORMAL_CLOSURE, '');
  }

  /** The frames that come, until the connection has ended. */
  async *frames(): AsyncGenerator<RawFrame, void, void> {
    const transport = this.#transport;
    for (let taken = 0; ; ) {
      const received = transport.takeFrame(false);
      if (received === undefined) {
        if (transport.isDry) return;
        await transport.changed();
        continue;
      }
      const { opcode, fin } = received;
      const bytes = received.data as Uint8Array;
      if (isEnabledForDebug()) {
        const frame = new ABNF({ fin: fin ? 1 : 0, opcode, maskValue: 0, data: bytes });
        traceReceived(frame, frame.format());
      }
      yield { opcode, fin, bytes };
      if (++taken % FRAMES_A_TURN === 0) await turn();
    }
  }

  #write(frame: ABNF): void {
    if (this.#transport.state !== State.OPEN) return;
    const bytes = frame.format();
    traceSent(frame, bytes);
    this.#transport.write(bytes);
  }
}
