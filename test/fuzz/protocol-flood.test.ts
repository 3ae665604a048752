import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import { PermessageDeflate } from '../../src/shared/protocol/permessage-deflate.ts';
import { Protocol, type Side, State } from '../../src/shared/protocol/protocol.ts';
import { cutAtRandom } from '../support/protocol-reading.ts';
import { Random } from '../support/random.ts';
import { mutated, randomBytes, randomConversation } from '../support/random-frames.ts';

/** Bytes of damaged frames to go through; `FUZZ_MB=100` for the long run. */
const BYTES = Number(process.env['FUZZ_MB'] ?? 4) * 1e6;
const MAX_SIZE = 100_000;
/** What may stay in memory after all of it, caches of the engine included. */
const GROWTH_MAX_BYTES = 32e6;

/** The same masking keys in every run, so that what goes out can be compared. */
const PLATFORM = { ...NODE_PLATFORM, randomFill: (bytes: Uint8Array): void => void bytes.fill(0x5a) };

function makeProtocol(side: Side, compressed: boolean): Protocol {
  return new Protocol(side, {
    platform: PLATFORM,
    maxSize: MAX_SIZE,
    extensions: compressed ? [new PermessageDeflate(PLATFORM, { remoteNoContextTakeover: false })] : [],
  });
}

/** @returns what a peer of this side might send, or something near it. */
function damagedStream(random: Random, side: Side, compressed: boolean): Uint8Array {
  if (random.percent(10)) return randomBytes(random, random.below(2000));
  const peer = makeProtocol(side === 'client' ? 'server' : 'client', compressed);
  for (const { kind, parts } of randomConversation(random)) {
    for (const [n, part] of parts.entries()) {
      const fin = n === parts.length - 1;
      if (kind === 'ping') peer.sendPing(part);
      else if (kind === 'pong') peer.sendPong(part);
      else if (n > 0) peer.sendContinuation(part, fin);
      else if (kind === 'text') peer.sendText(part, fin);
      else peer.sendBinary(part, fin);
    }
  }
  if (random.percent(50)) peer.sendClose(1000, 'bye');
  const stream = Buffer.concat(peer.dataToSend());
  return random.percent(20) ? stream : mutated(stream, random);
}

/** @returns everything that can be seen of a protocol that read this. */
function transcript(side: Side, compressed: boolean, chunks: readonly Uint8Array[]): unknown {
  const protocol = makeProtocol(side, compressed);
  const events: unknown[] = [];
  const out: Uint8Array[] = [];
  for (const chunk of chunks) {
    protocol.receiveData(chunk);
    for (const { opcode, fin, rsv, data } of protocol.eventsReceived())
      events.push([opcode, fin, rsv, Buffer.from(data).toString('latin1')]);
    out.push(...protocol.dataToSend());
  }
  protocol.receiveEof();
  out.push(...protocol.dataToSend());
  assert.equal(protocol.state, State.CLOSED);
  return [events, Buffer.concat(out).toString('latin1'), String(protocol.closeException)];
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('any cut of the same bytes, damaged or not, gives the same events and the same bytes out', () => {
  const random = new Random(2024);
  let bytes = 0;
  let before = 0;
  for (let n = 0; bytes < BYTES; n++) {
    const side = random.pick(['client', 'server'] as const);
    const compressed = random.percent(40);
    const stream = damagedStream(random, side, compressed);
    bytes += 2 * stream.length;
    const once = transcript(side, compressed, [stream.slice()]);
    const longest = stream.length > 20_000 ? random.pick([100, 5000]) : random.pick([1, 3, 20, 1000]);
    const cut = transcript(side, compressed, cutAtRandom(stream, random, longest));
    assert.deepEqual(cut, once, `stream ${n}`);
    if (n === 20) before = heldBytes();
  }
  assert.ok(heldBytes() - before < GROWTH_MAX_BYTES);
});

test('a message of 64 MiB in chunks of one byte, of 64 KiB and at once', () => {
  const length = 64 * 2 ** 20;
  const header = Buffer.from('827f0000000004000000', 'hex');
  const stream = Buffer.concat([header, Buffer.alloc(length, 'ringfeed')]);
  for (const chunk of [stream.length, 65536, 1]) {
    const protocol = new Protocol('client', { platform: PLATFORM, maxSize: length });
    // The whole of it byte by byte takes minutes; what would grow with the square shows in a part.
    const end = chunk === 1 ? 3_000_000 : stream.length;
    for (let at = 0; at < end; at += chunk) protocol.receiveData(stream.subarray(at, at + chunk));
    if (chunk === 1) protocol.receiveData(stream.subarray(end));
    const [frame] = protocol.eventsReceived();
    assert.ok(frame !== undefined && Buffer.compare(frame.data, stream.subarray(header.length)) === 0);
  }
});

test('an announced length takes no memory before its bytes arrive', () => {
  const before = heldBytes();
  const protocols = Array.from({ length: 50 }, () => {
    const protocol = new Protocol('client', { platform: PLATFORM, maxSize: null });
    protocol.receiveData(Buffer.from('827f000000007000000000', 'hex'));
    return protocol;
  });
  assert.ok(heldBytes() - before < 50 * 100_000, 'of 1.75 GiB announced by each');
  assert.ok(protocols.every(({ state }) => state === State.OPEN));
});

test('a bomb of 200 MiB fails at the limit and takes no more memory than that', () => {
  const bomb = NODE_PLATFORM.deflate(Buffer.alloc(200 * 2 ** 20), 15);
  const protocol = makeProtocol('client', true);
  const header = Buffer.from('c27f0000000000000000', 'hex');
  header.writeUInt32BE(bomb.length, 6);
  const small = new Protocol('client', {
    platform: PLATFORM,
    maxSize: 2 ** 20,
    extensions: protocol.extensions,
  });
  const before = process.memoryUsage().arrayBuffers;
  small.receiveData(Buffer.concat([header, bomb]));
  assert.ok(process.memoryUsage().arrayBuffers - before < 8e6);
  assert.equal(small.parserException?.message, 'frame exceeds limit of 1048576 bytes');
});

test('half a million fragments of one byte cost no more than their bytes, compressed or not', () => {
  for (const compressed of [false, true]) {
    const protocol = new Protocol('client', {
      platform: PLATFORM,
      extensions: compressed ? [new PermessageDeflate(PLATFORM, { remoteNoContextTakeover: true })] : [],
    });
    // A stored block of 65,535 bytes again and again; without compression it is data like any other.
    const block = Buffer.concat([Buffer.from('00ffff0000', 'hex'), Buffer.alloc(65_535)]);
    const count = 500_000;
    let seen = 0;
    for (let n = 0; n < count; n++) {
      const first = n === 0 ? (compressed ? 0x42 : 0x02) : n === count - 1 ? 0x80 : 0x00;
      protocol.receiveData(Uint8Array.of(first, 1, block[n % block.length]!));
      for (const { data } of protocol.eventsReceived()) seen += data.length;
    }
    assert.equal(protocol.parserException, undefined);
    assert.equal(compressed ? seen > 0.9 * count : seen === count, true);
  }
});
