import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { RingInbox } from '../../src/main/websockets/ring-inbox.ts';
import { ClientWords } from '../../src/shared/client/client-words.ts';
import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import type { ClientProtocol } from '../../src/shared/protocol/client-protocol.ts';
import { Protocol } from '../../src/shared/protocol/protocol.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { ClientInput } from '../../src/workers/client/client-input.ts';
import { MessageWriter } from '../../src/workers/client/message-writer.ts';
import { Random } from '../support/random.ts';
import { text } from '../support/wire-frame.ts';
import { type Scene, sweep } from './preempt.ts';

/**
 * Both ends of a connection: one that reads a socket and stops where there is no room, and one that takes and
 * asks it to go on. Nothing may ever wait for somebody who waits for it.
 */
class Ends {
  readonly #words = new ClientWords();
  readonly #ring = createRing(4096);
  readonly #bell = new Doorbell(Doorbell.memory());
  readonly input: ClientInput;
  readonly #inbox: RingInbox;
  /** Asked of the connection and not done yet. */
  #resumes = 0;
  #isRead = true;
  readonly #unread: Buffer[];
  readonly heard: string[] = [];

  constructor(high: number, low: number, chunks: readonly Buffer[]) {
    this.#unread = [...chunks];
    const writer = new MessageWriter(new RingWriter(this.#ring), this.#bell, this.#words, { high, low });
    const protocol = new Protocol('client', { platform: NODE_PLATFORM }) as unknown as ClientProtocol;
    const socket = {
      resume: () => {
        this.#isRead = true;
      },
    } as unknown as Socket;
    this.input = new ClientInput(socket, protocol, writer, this.#words, 1e6, {
      pong: () => {},
      read: () => {},
    });
    this.#inbox = new RingInbox(this.#ring, this.#words, low, () => {
      this.#resumes++;
    });
  }

  /** A chunk arrives, where the socket is read. @returns whether one did. */
  read(): boolean {
    if (!this.#isRead) return false;
    const chunk = this.#unread.shift();
    if (chunk === undefined) return false;
    if (!this.input.take(chunk, 0, chunk.length)) this.#isRead = false;
    return true;
  }

  /** The connection does what it was asked. @returns whether it was. */
  obey(): boolean {
    if (this.#resumes === 0) return false;
    this.#resumes--;
    this.input.resume();
    return true;
  }

  goOn(): void {
    this.obey();
    this.read();
  }

  /** So many messages are taken. @returns whether there were any. */
  take(most: number): boolean {
    let taken = 0;
    for (; taken < most; taken++) {
      const message = this.#inbox.take(undefined);
      if (message === undefined) break;
      this.heard.push(message as string);
    }
    return taken > 0;
  }

  /** Everything that can happen happens, until nothing can. `setImmediate` has its turn in between. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const [obeyed, read, took] = [this.obey(), this.read(), this.take(Number.POSITIVE_INFINITY)];
      idle = obeyed || read || took ? 0 : idle + 1;
    }
  }
}

const chunk = (from: number, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => text(String(from + i))));
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

for (const [title, run, intrude] of [
  ['taking while it is read', (ends) => ends.read(), (ends) => ends.take(100)],
  ['reading while it is taken', (ends) => ends.take(100), (ends) => ends.read()],
  ['taking some while it is read', (ends) => ends.read(), (ends) => ends.take(3)],
  ['going on while it is taken', (ends) => ends.take(100), (ends) => ends.goOn()],
  ['taking while it goes on', (ends) => ends.goOn(), (ends) => ends.take(100)],
] as const satisfies readonly (readonly [string, (ends: Ends) => unknown, (ends: Ends) => unknown])[]) {
  test(`no order of steps leaves a connection stopped: ${title}`, async () => {
    const scenes: Ends[] = [];
    let interrupted = 0;
    for (const [high, low, readBefore, takenBefore] of [
      [4, 1, 0, 0],
      [4, 1, 1, 0],
      [4, 4, 1, 3],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
      [1000, 250, 0, 0],
      [1000, 250, 1, 2],
    ] as const) {
      const { points, failures } = sweep((): Scene => {
        const ends = new Ends(high, low, [chunk(0, 6), chunk(6, 60)]);
        scenes.push(ends);
        for (let i = 0; i < readBefore; i++) ends.read();
        ends.take(takenBefore);
        return { run: () => void run(ends), intrude: () => void intrude(ends), check: () => {} };
      });
      interrupted += points;
      assert.deepEqual(failures, []);
    }
    assert.ok(interrupted > 20, `${interrupted} points`);
    await Promise.all(scenes.map((ends) => ends.settle()));
    for (const ends of scenes) assert.deepEqual(ends.heard, numbers(66));
  });
}

for (let seed = 1; seed <= 200; seed++) {
  test(`a random order of steps loses nothing and comes to an end (seed ${seed})`, async () => {
    const random = new Random(seed);
    const counts = Array.from({ length: 12 }, () => random.pick([1, 5, 40, 200]));
    let from = 0;
    const chunks = counts.map((count) => {
      const bytes = chunk(from, count);
      from += count;
      return bytes;
    });
    // Frames split anywhere.
    const all = Buffer.concat(chunks);
    const pieces: Buffer[] = [];
    for (let at = 0; at < all.length; ) {
      const length = 1 + random.below(300);
      pieces.push(all.subarray(at, at + length));
      at += length;
    }
    const high = random.pick([0, 1, 5, 50, 5000]);
    const ends = new Ends(high, random.below(high + 1), pieces);
    for (let step = 0; step < 200; step++) {
      if (random.percent(40)) ends.read();
      if (random.percent(30)) ends.take(1 + random.below(20));
      if (random.percent(30)) ends.obey();
      if (random.percent(5)) await new Promise((resolve) => setImmediate(resolve));
    }
    await ends.settle();
    assert.deepEqual(ends.heard, numbers(from));
  });
}
