import type { Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import type {
  ClientCommand,
  ClientNews,
  ConnectPlan,
  DataOpcode,
  OpenCommand,
} from '../../shared/client/client-contract.ts';
import { ClientWords } from '../../shared/client/client-words.ts';
import { Pings } from '../../shared/client/pings.ts';
import { Keepalive } from '../../shared/node/keepalive.ts';
import { NODE_PLATFORM } from '../../shared/node/node-platform.ts';
import type { ClientProtocol } from '../../shared/protocol/client-protocol.ts';
import { Close, CloseCode } from '../../shared/protocol/close-code.ts';
import { packError } from '../../shared/protocol/errors/error-data.ts';
import { WebSocketTimeout } from '../../shared/protocol/errors/websocket-exception.ts';
import { OPCODE } from '../../shared/protocol/frame-header.ts';
import { State } from '../../shared/protocol/protocol.ts';
import { Doorbell } from '../../shared/ring/doorbell.ts';
import { RingWriter } from '../../shared/ring/ring-writer.ts';
import { threadReadBuffer } from '../thread-scanner.ts';
import { ClientInput } from './client-input.ts';
import { MessageWriter } from './message-writer.ts';
import { openConnection } from './open-connection.ts';

/** Who waits for a ping of the keepalive: nobody on the main thread. */
const KEEPALIVE = -1;
/** More than those of users have by default, so that none of theirs is the same by chance. */
const PING_BYTES = 8;
/** Bytes of pongs that wait to be sent above which only the newest ping is answered, later. */
const PONG_ROOM = 64 * 1024;
/** Longest message or frame where there is no limit, as the protocol has it. */
const LENGTH_MAX = 2 ** 31 - 1;

/** An open connection: what its socket, its protocol and its input are. */
interface Opened {
  readonly socket: Socket;
  readonly protocol: ClientProtocol;
  readonly input: ClientInput;
}

/** One connection of a client, from its opening to its end. It tells the main thread of each exactly once. */
export class ClientConnection {
  readonly #plan: ConnectPlan;
  readonly #port: MessagePort;
  readonly #words: ClientWords;
  readonly #writer: MessageWriter;
  readonly #doorbell: Doorbell;
  readonly #over: () => void;
  readonly #opening = new AbortController();
  readonly #pings = new Pings();
  #opened: Opened | undefined;
  /** Frames that came with the handshake. */
  #early: Buffer[] = [];
  #keepalive: Keepalive | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  /** That the peer has to end the closing handshake. */
  #closeTimeoutMs: number | null;
  #socketError: Error | undefined;
  /** A ping of the keepalive that nobody answered. */
  #lostBy: Error | undefined;
  /** Bytes of pongs that the kernel has not taken, and the newest that found no room among them. */
  #pongBytes = 0;
  #owedPong: Uint8Array | undefined;
  #hasEnded = false;
  #isOver = false;

  /** @param over called once it has told of its end. */
  constructor({ plan, port, words, ring, doorbell }: OpenCommand<MessagePort>, over: () => void) {
    this.#over = over;
    this.#plan = plan;
    this.#closeTimeoutMs = plan.closeTimeoutMs;
    this.#port = port;
    this.#words = new ClientWords(words);
    this.#doorbell = new Doorbell(doorbell);
    this.#writer = new MessageWriter(
      new RingWriter(ring),
      this.#doorbell,
      this.#words,
      plan.queue ?? undefined,
    );
    port.on('message', (command: ClientCommand) => {
      try {
        this.#obey(command);
      } catch (error) {
        this.cutOff(error);
      }
    });
    // The main thread is done with it, in order or not.
    port.on('close', () => this.#abort());
  }

  /** Opens it. Never rejects: what goes wrong is told. */
  async open(): Promise<void> {
    const reading = {
      buffer: threadReadBuffer(),
      frames: (bytes: Buffer, from: number, to: number) => this.#take(bytes, from, to),
    };
    try {
      const { socket, protocol, facts } = await openConnection(this.#plan, reading, this.#opening.signal);
      this.#begin(socket, protocol);
      this.#tell({ type: 'open', ...facts });
      const early = this.#early;
      this.#early = [];
      for (const bytes of early) this.#take(bytes, 0, bytes.length);
      // Its end may have come before anybody listened for it.
      if (socket.readableEnded || socket.destroyed) this.#ended();
    } catch (error) {
      this.cutOff(error);
    }
  }

  /** Ends it at once because of an error of our own. What has been received is still delivered. */
  cutOff(error: unknown): void {
    if (this.#isOver) return;
    if (this.#opened === undefined) {
      this.#words.state = State.CLOSED;
      this.#finish({ type: 'failed', error: packError(error) });
    } else {
      this.#opened.protocol.receiveEof();
      this.#close(error);
    }
    this.#abort();
  }

  #begin(socket: Socket, protocol: ClientProtocol): void {
    const plan = this.#plan;
    const [message, fragment] = plan.maxSize;
    const maxBytes = Math.min(message ?? LENGTH_MAX, fragment ?? LENGTH_MAX);
    const input = new ClientInput(
      socket,
      protocol,
      this.#writer,
      this.#words,
      maxBytes,
      {
        pong: (payload) => this.#answered(payload),
        read: () => this.#flush(),
      },
      {
        controlToo: plan.delivers === 'frames',
        checksText: plan.checksText ?? true,
        acceptsMasked: plan.acceptsMasked ?? false,
      },
    );
    this.#opened = { socket, protocol, input };
    this.#words.state = State.OPEN;
    socket.on('error', (error) => {
      this.#socketError = error;
    });
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    const { pingIntervalMs, pingTimeoutMs } = plan;
    if (pingIntervalMs === null) return;
    this.#keepalive = new Keepalive(
      { intervalMs: pingIntervalMs, timeoutMs: pingTimeoutMs },
      {
        ping: () => this.#keepAlivePing(),
        lost: () => {
          this.#lostBy = new WebSocketTimeout('timed out while waiting for keepalive pong');
          this.#fail(CloseCode.INTERNAL_ERROR, 'keepalive ping timeout');
        },
        takeWasStopped: () => input.takeWasStopped(),
        setTimer: setTimeout,
        afterReading: setImmediate,
      },
    );
  }

  #take(bytes: Buffer, start: number, end: number): boolean {
    if (this.#opened !== undefined)
      try {
        return this.#opened.input.take(bytes, start, end);
      } catch (error) {
        // One connection that cannot go on is none of the others' business.
        this.cutOff(error);
        return false;
      }
    // In the chunk of the handshake itself: its end has still to be told.
    this.#early.push(Buffer.from(bytes.subarray(start, end)));
    return true;
  }

  // ---- What the main thread asks.

  #obey(command: ClientCommand): void {
    const opened = this.#opened;
    if (command.type === 'abort' || opened === undefined) {
      if (command.type === 'abort' || command.type === 'close') this.#abort();
      return;
    }
    const { protocol, input } = opened;
    const isOpen = protocol.state === State.OPEN;
    switch (command.type) {
      case 'send':
        this.#send(command.opcode, command.data, command.fin);
        break;
      case 'ping':
        if (isOpen && this.#pings.add(command.data, command.id, performance.now()))
          protocol.sendPing(command.data);
        break;
      case 'pong':
        if (isOpen) protocol.sendPong(command.data);
        break;
      case 'close':
        if (isOpen) protocol.sendClose(command.code, command.reason);
        input.passOver();
        break;
      case 'write':
        this.#write(command.data);
        return;
      case 'closeFrame':
        if (isOpen) {
          if (command.timeoutMs !== undefined) this.#closeTimeoutMs = command.timeoutMs;
          protocol.sendCloseFrame(command.data, new Close(command.code, command.reason));
        }
        break;
      case 'fail':
        this.#fail(command.code, command.reason);
        break;
      case 'resume':
        input.resume();
        return;
    }
    this.#flush();
  }

  #send(opcode: DataOpcode, data: Uint8Array, fin: boolean): void {
    const { protocol } = this.#opened!;
    if (protocol.state !== State.OPEN) {
      // It cannot leave any more; whoever waits for it to leave is told by the end.
      this.#words.addFlushed(data.length);
      return;
    }
    if (opcode === OPCODE.continuation) protocol.sendContinuation(data, fin);
    else if (opcode === OPCODE.text) protocol.sendText(data, fin);
    else protocol.sendBinary(data, fin);
    this.#flush(data.length);
  }

  #write(data: Uint8Array): void {
    const { socket, protocol } = this.#opened!;
    // The caller may have written it before he could know of the peer's close frame, which has been answered.
    const isOpen = protocol.state === State.OPEN;
    if (isOpen && socket.writable) socket.write(data, () => this.#left(data.length));
    else this.#left(data.length);
  }

  /** @param counted bytes of a message among what is written, told once the kernel has them. */
  #flush(counted = 0): void {
    const opened = this.#opened;
    if (opened === undefined || this.#isOver) return;
    const { socket, protocol } = opened;
    const writes = protocol.dataToSend();
    this.#words.state = protocol.state;
    if (protocol.closeExpected()) this.#expectEnd();
    if (writes.length > 1) socket.cork();
    for (const bytes of writes) {
      // An empty one is the end of what we say.
      if (bytes.length === 0) socket.end();
      else if (isPong(bytes)) this.#writePong(bytes);
      else if (socket.writable)
        socket.write(bytes, bytes === writes.at(-1) ? () => this.#left(counted) : undefined);
      else this.#left(counted);
    }
    if (writes.length > 1) socket.uncork();
  }

  /**
   * A peer that pings and does not read is answered once it does, and then its newest ping alone. Source: RFC
   * 6455, section 5.5.3.
   */
  #writePong(bytes: Uint8Array): void {
    const { socket } = this.#opened!;
    if (!socket.writable) return;
    if (this.#pongBytes > PONG_ROOM) {
      this.#owedPong = bytes;
      return;
    }
    this.#pongBytes += bytes.length;
    socket.write(bytes, () => {
      this.#pongBytes -= bytes.length;
      const owed = this.#owedPong;
      if (owed === undefined || this.#pongBytes > PONG_ROOM) return;
      this.#owedPong = undefined;
      this.#writePong(owed);
    });
  }

  #left(bytes: number): void {
    if (bytes === 0) return;
    this.#words.addFlushed(bytes);
    if (!this.#words.wantsDrain) return;
    this.#words.wantsDrain = false;
    this.#tell({ type: 'drained' });
  }

  // ---- Pings.

  #keepAlivePing(): void {
    const { protocol } = this.#opened!;
    if (protocol.state !== State.OPEN) return;
    let payload = this.#plan.pingPayload;
    if (payload === undefined) {
      payload = new Uint8Array(PING_BYTES);
      do NODE_PLATFORM.randomFill(payload);
      while (this.#pings.has(payload));
    }
    this.#pings.add(payload, KEEPALIVE, performance.now());
    this.#words.pingAt = Date.now() / 1000;
    protocol.sendPing(payload);
    this.#flush();
  }

  #answered(payload: Uint8Array): void {
    const at = performance.now();
    this.#words.pongAt = Date.now() / 1000;
    for (const { id, sentAtMs } of this.#pings.answered(payload)) {
      const latencyMs = at - sentAtMs;
      this.#words.latency = latencyMs / 1000;
      if (id === KEEPALIVE) this.#keepalive?.answered(latencyMs);
      else this.#tell({ type: 'pong', id, latencyMs });
    }
  }

  // ---- The end.

  #fail(code: number, reason: string): void {
    this.#opened?.protocol.fail(code, reason);
    this.#opened?.input.passOver();
    this.#flush();
  }

  /** The closing handshake has begun: the peer has so long to end it. */
  #expectEnd(): void {
    const closeTimeoutMs = this.#closeTimeoutMs;
    this.#keepalive?.stop();
    if (this.#closeTimer !== undefined || closeTimeoutMs === null) return;
    this.#closeTimer = setTimeout(() => this.#opened?.socket.destroy(), closeTimeoutMs);
  }

  /** The stream has ended, or the socket with it. */
  #ended(): void {
    if (this.#isOver) return;
    const { socket, protocol, input } = this.#opened!;
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      input.end();
      protocol.receiveEof();
      this.#flush();
      // What we still have to say may find nobody who takes it.
      this.#expectEnd();
    }
    if (socket.destroyed) this.#close(this.#lostBy ?? this.#socketError ?? protocol.parserException);
  }

  #close(error: unknown): void {
    const { protocol } = this.#opened!;
    const { closeRcvd, closeSent, closeException } = protocol;
    this.#words.state = State.CLOSED;
    this.#finish({
      type: 'closed',
      rcvd: closeRcvd && { code: closeRcvd.code, reason: closeRcvd.reason },
      sent: closeSent && { code: closeSent.code, reason: closeSent.reason },
      rcvdThenSent: closeException?.rcvdThenSent,
      cause: error === undefined ? undefined : packError(error),
      late: this.#writer.end(),
    });
  }

  #finish(news: ClientNews): void {
    this.#isOver = true;
    clearTimeout(this.#closeTimer);
    this.#keepalive?.stop();
    this.#tell(news);
    this.#over();
  }

  #abort(): void {
    this.#opening.abort();
    this.#opened?.socket.destroy();
  }

  #tell(news: ClientNews): void {
    this.#port.postMessage(news);
    // A main thread that is blocked waits for the bell and looks at the port when it rings.
    this.#doorbell.ring();
  }
}

const isPong = (frame: Uint8Array): boolean => (frame[0]! & 15) === OPCODE.pong;
