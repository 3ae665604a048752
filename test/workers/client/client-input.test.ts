import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { RingInbox } from '../../../src/main/websockets/ring-inbox.ts';
import { ClientWords } from '../../../src/shared/client/client-words.ts';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import type { ClientProtocol } from '../../../src/shared/protocol/client-protocol.ts';
import { EOFError } from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Protocol } from '../../../src/shared/protocol/protocol.ts';
import { Doorbell } from '../../../src/shared/ring/doorbell.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { ClientInput } from '../../../src/workers/client/client-input.ts';
import { MessageWriter } from '../../../src/workers/client/message-writer.ts';
import { text, wireFrame } from '../../support/wire-frame.ts';

/** An input with a queue of so many, and who takes what it hands on. */
class Ends {
  readonly #words = new ClientWords();
  readonly #ring = createRing(4096);
  readonly protocol = new Protocol('client', { platform: NODE_PLATFORM });
  readonly writer: MessageWriter;
  readonly input: ClientInput;
  readonly inbox: RingInbox;

  constructor(high: number) {
    const bell = new Doorbell(Doorbell.memory());
    this.writer = new MessageWriter(new RingWriter(this.#ring), bell, this.#words, { high, low: 0 });
    const socket = { resume: () => {} } as unknown as Socket;
    const protocol = this.protocol as unknown as ClientProtocol;
    this.input = new ClientInput(socket, protocol, this.writer, this.#words, 1e6, {
      pong: () => {},
      read: () => {},
    });
    this.inbox = new RingInbox(this.#ring, this.#words, 0, () => {});
  }

  read(...frames: readonly Buffer[]): boolean {
    const bytes = Buffer.concat(frames);
    return this.input.take(bytes, 0, bytes.length);
  }

  taken(): unknown[] {
    const messages: unknown[] = [];
    for (let next = this.inbox.take(undefined); next !== undefined; next = this.inbox.take(undefined))
      messages.push(next);
    return messages;
  }
}

const begun = (payload: string): Buffer => text(payload, { fin: false });
const goOn = (payload: string, fin = false): Buffer => wireFrame(0, payload, { fin });

test('reading stops above the high water, and goes on where it stopped', () => {
  const ends = new Ends(2);
  assert.ok(ends.read(text('a'), text('b')));
  assert.ok(!ends.read(text('c'), text('d'), text('e')));
  assert.deepEqual(ends.taken(), ['a', 'b', 'c']);
  ends.input.resume();
  assert.deepEqual(ends.taken(), ['d', 'e']);
});

test('once messages are passed over, all that follow are, so that none has a hole in it', () => {
  const ends = new Ends(1);
  ends.read(text('a'), begun('b'));
  ends.input.passOver();
  ends.read(goOn('c'));
  assert.deepEqual(ends.taken(), ['a']);
  ends.read(goOn('d', true), text('e'));
  assert.deepEqual(ends.taken(), []);
  ends.input.end();
  assert.deepEqual(ends.writer.end(), []);
});

test('where there is room nothing is passed over', () => {
  const ends = new Ends(100);
  ends.input.passOver();
  assert.ok(ends.read(text('a'), begun('b'), goOn('c', true)));
  assert.deepEqual(ends.taken(), ['a', 'bc']);
});

test('at the end everything that was read is handed on, whatever room there is', () => {
  const ends = new Ends(1);
  const long = 'x'.repeat(1500);
  assert.ok(
    !ends.read(
      text('a'),
      text('b'),
      ...[1, 2, 3, 4].map((n) => text(`${n}${long}`)),
      text('half').subarray(0, 4),
    ),
  );
  ends.input.end();
  ends.protocol.receiveEof();
  ends.inbox.end(ends.writer.end());
  assert.deepEqual(ends.taken(), ['a', 'b', ...[1, 2, 3, 4].map((n) => `${n}${long}`)]);
  assert.ok(ends.inbox.isDry);
  assert.ok(ends.protocol.parserException instanceof EOFError);
  assert.match(ends.protocol.parserException.message, /^stream ends after 2 bytes/);
});

test('it is told once that reading was stopped, and for as long as it is', () => {
  const ends = new Ends(0);
  assert.equal(ends.input.takeWasStopped(), false);
  ends.read(text('a'));
  assert.equal(ends.input.takeWasStopped(), true);
  assert.equal(ends.input.takeWasStopped(), true);
  ends.taken();
  ends.input.resume();
  assert.equal(ends.input.takeWasStopped(), true);
  assert.equal(ends.input.takeWasStopped(), false);
});
