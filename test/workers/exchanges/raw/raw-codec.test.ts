import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import { RAW } from '../../../../src/shared/records/raw.ts';
import { type MonotonicNs, NO_INSTRUMENT } from '../../../../src/shared/units.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import type { ExchangeCodec } from '../../../../src/workers/exchanges/exchange.ts';
import { RAW_BYTES_MAX, RAW_CODEC } from '../../../../src/workers/exchanges/raw/raw-codec.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { ListSink } from '../../../support/list-sink.ts';

const RECEIVED_AT = 42 as MonotonicNs;

function rawCodec(): { sink: ListSink; codec: ExchangeCodec; faults: string[] } {
  const sink = new ListSink();
  const faults: string[] = [];
  const none = (): void => assert.fail('a raw connection knows no exchange');
  const events: CodecEvents = {
    subscribed: none,
    unsubscribed: none,
    refused: none,
    pong: none,
    venueStatus: none,
    goingAway: none,
    bookStale: none,
    bookLive: none,
    malformed: (fault, detail) => faults.push(`${faultName(fault)} ${detail}`),
  };
  const books = new BookIntegrity(sink, sink, events, new SymbolCounters(SymbolCounters.memory()));
  const codec = RAW_CODEC.createCodec({
    sink,
    notices: sink,
    events,
    books,
    rest: none,
    text: (bytes, start, end) => {
      const part = Buffer.from(bytes.subarray(start, end));
      return isUtf8(part) ? part.toString() : undefined;
    },
  });
  return { sink, codec, faults };
}

/** Other bytes before and after, as in a socket chunk. */
const within = (payload: Uint8Array): [Buffer, number, number] => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0x7e]), payload, Buffer.from([0xfe])]);
  return [bytes, 2, 2 + payload.length];
};

for (const [what, payload, opcode] of [
  ['no bytes', Buffer.of(), 1],
  ['text', Buffer.from('{"a":1}'), 1],
  ['text that fills its record', Buffer.from('12345678'), 1],
  ['text in several scripts', Buffer.from('grüße, 世界 🎈'), 1],
  ['binary', Buffer.from([0, 0xff, 0x80, 1, 2]), 2],
  ['binary of many bytes', Buffer.alloc(70_001, 0xc3), 2],
] as const)
  test(`a message is one record with its bytes as they came: ${what}`, () => {
    const { sink, codec, faults } = rawCodec();
    const [bytes, start, end] = within(payload);
    sink.beginMessage(RECEIVED_AT);
    if (opcode === 1) codec.read(bytes, start, end, RECEIVED_AT);
    else codec.readBinary!(bytes, start, end, RECEIVED_AT);
    const [record] = sink.records;
    assert.equal(sink.records.length, 1);
    const { payloadBytes, instrument, receivedAtNs } = record!.values;
    assert.deepEqual(
      [record!.name, record!.values['opcode'], payloadBytes, instrument, receivedAtNs],
      ['raw', opcode, payload.length, NO_INSTRUMENT, RECEIVED_AT],
    );
    const { more, ascii } = record!.values;
    assert.deepEqual(
      [more, ascii],
      [0, payload.every((byte) => byte < 0x80) ? 1 : 0],
      'whole, and whether ASCII',
    );
    const { bytes: written } = record!;
    assert.deepEqual(Buffer.from(written.subarray(RAW.size, RAW.size + payload.length)), payload);
    assert.ok(
      written.subarray(RAW.size + payload.length).every((byte) => byte === 0),
      'zeros to the end',
    );
    assert.deepEqual(faults, []);
  });

test('a text message that is not UTF-8 is no record and breaks the protocol', () => {
  const { sink, codec, faults } = rawCodec();
  sink.beginMessage(RECEIVED_AT);
  codec.read(...within(Buffer.from([0x61, 0xc3, 0x28])), RECEIVED_AT);
  codec.read(...within(Buffer.from('good')), RECEIVED_AT);
  assert.deepEqual(
    sink.records.map(({ text }) => text),
    ['good'],
  );
  assert.deepEqual(faults, ['PROTOCOL_ERROR a text message of 3 bytes that are not UTF-8']);
});

test('a message longer than any that can be held is dropped, counted and said, unread', () => {
  const { sink, codec, faults } = rawCodec();
  sink.beginMessage(RECEIVED_AT);
  // Not there at all, so that whoever reads it is found out.
  codec.read(new Uint8Array(0), 0, RAW_BYTES_MAX + 1, RECEIVED_AT);
  assert.deepEqual(
    sink.discards.map(({ name, fault, records }) => [name, faultName(fault), records]),
    [['raw', 'MESSAGE_TOO_LONG', 1]],
  );
  assert.match(faults.join(), /^MESSAGE_TOO_LONG a message of 67108865 bytes/);
});

test('nothing is asked on a raw connection', () => {
  const { codec } = rawCodec();
  codec.addInstruments([]);
  codec.reset();
  assert.deepEqual([codec.subscribe([]), codec.unsubscribe([]), codec.ping()], [[], [], undefined]);
});
