import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { ConnectPlan, OpenCommand } from '../../shared/client/client-contract.ts';
import { ClientWords } from '../../shared/client/client-words.ts';
import { Doorbell } from '../../shared/ring/doorbell.ts';
import { createRing } from '../../shared/ring/ring-layout.ts';
import { workerFlags } from '../worker-flags.ts';

/** Room for messages that the main thread has not taken; a message that is longer goes through in parts. */
const RING_BYTES = 1024 * 1024;

/** One end of a connection that is being made: what the two threads share, and our port. */
export interface ClientLine {
  readonly port: MessagePort;
  readonly ring: SharedArrayBuffer;
  readonly words: ClientWords;
  readonly doorbell: Doorbell;
}

/** The thread of all connections of clients in this process, started with the first of them. */
class ClientHost {
  readonly #worker: Worker;
  readonly #lines = new Map<ClientLine, (why: Error) => void>();
  /** Written by the thread on its way out, before anybody is told that it has ended. */
  readonly #ended = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #why: Error | undefined;

  constructor() {
    // The worker's environment is empty: what it needs of it each plan brings, and secrets live there.
    this.#worker = new Worker(new URL('../../workers/client/client-worker.js', import.meta.url), {
      name: 'ringfeed-client',
      env: {},
      workerData: this.#ended,
      ...workerFlags(),
    });
    // Each connection's port decides how long the process lives.
    this.#worker.unref();
    this.#worker.on('error', (error) => {
      this.#why = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on('exit', (code) => {
      Atomics.store(this.#ended, 0, 1);
      const why = new Error(
        `the thread of the connections ended: ${this.#why?.message ?? `exit code ${code}`}`,
        {
          cause: this.#why,
        },
      );
      for (const lost of this.#lines.values()) lost(why);
    });
  }

  get hasEnded(): boolean {
    return Atomics.load(this.#ended, 0) === 1;
  }

  open(plan: ConnectPlan, lost: (why: Error) => void): ClientLine {
    const { port1, port2 } = new MessageChannel();
    const bell = Doorbell.memory();
    const line = {
      port: port1,
      ring: createRing(RING_BYTES),
      words: new ClientWords(),
      doorbell: new Doorbell(bell),
    };
    const command: OpenCommand<MessagePort> = {
      plan,
      port: port2,
      ring: line.ring,
      doorbell: bell,
      words: line.words.memory,
    };
    this.#lines.set(line, lost);
    port1.on('close', () => this.#lines.delete(line));
    this.#worker.postMessage(command, [port2]);
    return line;
  }
}

let host: ClientHost | undefined;

/**
 * Asks for a connection. What becomes of it is told at the port of the line.
 *
 * @param lost called where its thread ends before the connection does, and may be called after the connection has.
 */
export function openLine(plan: ConnectPlan, lost: (why: Error) => void): ClientLine {
  if (host === undefined || host.hasEnded) host = new ClientHost();
  return host.open(plan, lost);
}
