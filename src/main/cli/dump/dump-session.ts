import { setTimeout as delay } from 'node:timers/promises';
import { NODE_PLATFORM } from '../../../shared/node/node-platform.ts';
import { OPCODE } from '../../../shared/protocol/frame-header.ts';
import type { TypedLines } from '../screen/typed-lines.ts';
import type { DumpTelling } from './dump-telling.ts';
import type { FrameConnection } from './frame-connection.ts';
import { FrameReading } from './frame-reading.ts';

export interface DumpSession {
  readonly connection: FrameConnection;
  readonly typed: TypedLines;
  readonly telling: DumpTelling;
  /** Sent before all lines. */
  readonly text: string | undefined;
  /** How long the connection stays open once the server has read the last line. */
  readonly eofWaitMs: number;
  /** Ends it at once, in order. */
  readonly stop: AbortSignal;
  /** Since the program began. */
  readonly elapsedMs: () => number;
}

/** Random, so that none of the server's own is taken for it. */
const PING_BYTES = 16;
/** The longest that a server may take to answer the ping behind the last line. */
const PONG_WAIT_MS = 10_000;

/**
 * Sends the lines, tells of the frames, and resolves once the connection has ended.
 *
 * @returns whether it ended in order: this side had no more to say, or the server closed it.
 */
export async function dumpSession(session: DumpSession): Promise<boolean> {
  const { connection, typed, telling, stop, elapsedMs } = session;
  const over = new AbortController();
  const last = new LastPing(over.signal);
  let endedHere = false;
  const leave = (): void => {
    endedHere = true;
    connection.leave();
    over.abort();
    typed.end();
  };
  if (stop.aborted) leave();
  else stop.addEventListener('abort', leave, { once: true });
  try {
    await Promise.all([
      say(session, last, over.signal).finally(() => {
        endedHere ||= !over.signal.aborted;
        connection.close();
      }),
      show(session, last).finally(() => {
        over.abort();
        typed.end();
      }),
    ]);
  } finally {
    stop.removeEventListener('abort', leave);
  }
  const closed = connection.closed!;
  telling.closed(closed, endedHere, elapsedMs());
  return endedHere || closed.rcvdThenSent === true;
}

async function show({ connection, telling, elapsedMs }: DumpSession, last: LastPing): Promise<void> {
  const reading = new FrameReading();
  for await (const frame of connection.frames()) {
    // How the connection has ended is told once it has.
    if (frame.opcode === OPCODE.close) continue;
    if (frame.opcode === OPCODE.pong && last.isAnsweredBy(frame.bytes)) continue;
    telling.frame(reading.read(frame), elapsedMs());
  }
}

async function say(
  { connection, typed, text, eofWaitMs }: DumpSession,
  last: LastPing,
  over: AbortSignal,
): Promise<void> {
  if (text !== undefined) await connection.send(text);
  for await (const line of typed.lines) await connection.send(line);
  if (over.aborted) return;
  // Its pong comes behind the answers to all lines that the server has read.
  connection.ping(last.payload);
  last.sent();
  await last.answer;
  await delay(eofWaitMs, undefined, { signal: over }).catch(() => undefined);
}

/** The ping behind the last line, whose pong nobody has asked to see. */
class LastPing {
  readonly payload = new Uint8Array(PING_BYTES);
  /** Resolves when the pong has come, or is not waited for any more. */
  readonly answer: Promise<void>;
  #answered: () => void = () => undefined;

  constructor(over: AbortSignal) {
    NODE_PLATFORM.randomFill(this.payload);
    this.answer = new Promise((resolve) => {
      this.#answered = resolve;
    });
    over.addEventListener('abort', () => this.#answered(), { once: true });
  }

  isAnsweredBy(pong: Uint8Array): boolean {
    const isIt = Buffer.compare(pong, this.payload) === 0;
    if (isIt) this.#answered();
    return isIt;
  }

  /** The longest that is waited begins. */
  sent(): void {
    setTimeout(this.#answered, PONG_WAIT_MS).unref();
  }
}
