import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { explainCloseCode } from '../../../src/shared/protocol/close-code.ts';
import type { Frame } from '../../../src/shared/protocol/frame.ts';
import { PermessageDeflate } from '../../../src/shared/protocol/permessage-deflate.ts';
import { Protocol, type Side, State } from '../../../src/shared/protocol/protocol.ts';
import { CLOSING } from '../../support/conformance/closing.ts';
import { COMPRESSION } from '../../support/conformance/compression.ts';
import {
  type ConformanceCase,
  closeFrame,
  parts,
  toWire,
  wire,
} from '../../support/conformance/conformance-case.ts';
import { FRAGMENTATION } from '../../support/conformance/fragmentation.ts';
import { FRAMING } from '../../support/conformance/framing.ts';
import { LIMITS } from '../../support/conformance/limits.ts';
import { PINGS } from '../../support/conformance/pings.ts';
import { RESERVED } from '../../support/conformance/reserved.ts';
import { UTF8_TEXTS } from '../../support/conformance/utf8-texts.ts';

const GROUPS: ReadonlyMap<string, readonly ConformanceCase[]> = new Map([
  ['framing', FRAMING],
  ['pings and pongs', PINGS],
  ['reserved bits and opcodes', RESERVED],
  ['fragmentation', FRAGMENTATION],
  ['UTF-8', UTF8_TEXTS],
  ['closing', CLOSING],
  ['limits', LIMITS],
  ['compression', COMPRESSION],
]);

/** A key that shows whether it was applied, the same for every frame. */
const KEY = Uint8Array.of(0xa1, 0x5c, 0x03, 0xfe);
const PLATFORM = { ...NODE_PLATFORM, randomFill: (bytes: Uint8Array): void => bytes.set(KEY) };

const EOF = 'eof';
const PIECES_MAX = 20_000;

function makeProtocol(each: ConformanceCase, side: Side): Protocol {
  const { deflate, maxSize } = each;
  return new Protocol(side, {
    platform: PLATFORM,
    maxSize,
    extensions:
      deflate === undefined
        ? []
        : [
            new PermessageDeflate(PLATFORM, {
              remoteNoContextTakeover: deflate.takeover === false,
              remoteMaxWindowBits: deflate.remoteBits,
              localMaxWindowBits: deflate.localBits,
            }),
          ],
  });
}

function send(protocol: Protocol, spec: string): void {
  const [first, payload] = parts(spec);
  if (first === '89') protocol.sendPing(payload);
  else if (first === '88' && payload.length === 0) protocol.sendClose();
  else if (first === '88')
    protocol.sendClose((payload[0]! << 8) | payload[1]!, Buffer.from(payload.subarray(2)).toString());
  else assert.fail(`${spec} is not among what cases send`);
}

const written = (frame: Frame): string =>
  Buffer.from(wire((frame.fin ? 0x80 : 0) | (frame.rsv << 4) | frame.opcode, frame.data)).toString('hex');

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Every way to cut the stream that a case is tried with. */
const CUTS: readonly (readonly [how: string, cut: (chunks: Uint8Array[]) => Uint8Array[]])[] = [
  ['frame by frame', (chunks) => chunks],
  ['at once', (chunks) => [Buffer.concat(chunks)]],
  ['in pieces of seven bytes', (chunks) => pieces(Buffer.concat(chunks), 7)],
  ['byte by byte', (chunks) => pieces(Buffer.concat(chunks), 1)],
];

/** @param least bytes in a piece; more where the stream is long, so that there are not too many of them. */
function pieces(bytes: Uint8Array, least: number): Uint8Array[] {
  const length = Math.max(least, Math.ceil(bytes.length / PIECES_MAX));
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) out.push(bytes.slice(at, at + length));
  return out;
}

function check(
  each: ConformanceCase,
  side: Side,
  how: string,
  cut: (chunks: Uint8Array[]) => Uint8Array[],
): void {
  const protocol = makeProtocol(each, side);
  const chunks = cut(each.receives.map((spec) => toWire(spec, side)));
  const events: string[] = [];
  const out: string[] = [];
  const collect = (): void => {
    events.push(...protocol.eventsReceived().map(written));
    out.push(...protocol.dataToSend().map((bytes) => (bytes.length === 0 ? EOF : hex(bytes))));
  };
  for (const spec of each.first ?? []) send(protocol, spec);
  for (const chunk of chunks) {
    protocol.receiveData(chunk);
    collect();
  }
  collect();

  const key = side === 'client' ? KEY : undefined;
  const asWritten = (spec: string, masked?: Uint8Array): string => {
    const [first, payload] = parts(spec);
    return hex(wire(Number.parseInt(first, 16), payload, masked));
  };
  const sends = [...(each.sends ?? [])];
  if (each.fails !== undefined) sends.push(closeFrame(...each.fails));
  const failed = each.fails !== undefined || protocol.parserException !== undefined;
  const closes = failed || each.events.some((spec) => spec.startsWith('88'));
  const due = sends.map((spec) => asWritten(spec, key));
  // The server ends the stream, and that at once; the client waits for it.
  assert.deepEqual(
    events,
    each.events.map((spec) => asWritten(spec)),
    `${how}: events`,
  );
  assert.deepEqual(out, closes && side === 'server' ? [...due, EOF] : due, `${how}: bytes out`);
  if (each.fails !== undefined) assert.equal(protocol.parserException?.message, each.fails[1], how);
  const closing = closes || sends.some((spec) => spec.startsWith('88'));
  assert.equal(protocol.state, closing ? State.CLOSING : State.OPEN, `${how}: state`);
  assert.equal(protocol.closeExpected(), closing, how);

  protocol.receiveEof();
  protocol.receiveEof();
  out.length = 0;
  collect();
  assert.deepEqual(out, closes && side === 'server' ? [] : [EOF], `${how}: end of the stream`);
  assert.equal(protocol.state, State.CLOSED);
  assert.equal(protocol.closeExpected(), false);
  assert.equal(protocol.closeCode, each.closeCode ?? 1006, how);
  assert.equal(protocol.closeReason, each.closeReason ?? '', how);
  assert.equal(protocol.closeException?.message, each.closed ?? closedBy(each.fails), how);
}

function closedBy(fails: ConformanceCase['fails']): string {
  if (fails === undefined) return 'no close frame received or sent';
  const [code, reason] = fails;
  return `sent ${code} (${explainCloseCode(code)}) ${reason}; no close frame received`;
}

let count = 0;
for (const [group, cases] of GROUPS) {
  test(`conformance: ${group}`, async (t) => {
    for (const each of cases) {
      for (const side of each.side === undefined ? (['client', 'server'] as const) : [each.side]) {
        count++;
        await t.test(`${side}: ${each.name}`, () => {
          for (const [how, cut] of CUTS) check(each, side, how, cut);
        });
      }
    }
  });
}

test('the set is as large as it was', () => {
  assert.ok(count >= 600, `${count} cases`);
  const names = [...GROUPS.values()].flat().map(({ name, side }) => `${side} ${name}`);
  assert.equal(new Set(names).size, names.length, 'no name occurs twice');
});
