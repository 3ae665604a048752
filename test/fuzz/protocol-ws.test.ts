import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../src/shared/node/node-platform.ts';
import { PermessageDeflate } from '../../src/shared/protocol/permessage-deflate.ts';
import { Protocol, type Side } from '../../src/shared/protocol/protocol.ts';
import { cutAtRandom, readWithProtocol } from '../support/protocol-reading.ts';
import { Random } from '../support/random.ts';
import { mutated, randomBytes, randomConversation, randomText } from '../support/random-frames.ts';
import { type Compression, readWithWs, WsWriter } from '../support/ws-codec.ts';

const MAX_SIZE = 1 << 20;
const SIDES = ['client', 'server'] as const;
/** Times as many streams as usual: `FUZZ_EFFORT=10` for a long run. */
const EFFORT = Number(process.env['FUZZ_EFFORT'] ?? 1);

function protocol(side: Side, compression?: Compression): Protocol {
  const remote = side === 'client' ? 'server' : 'client';
  const local = side;
  const bits = (who: string): number | undefined => {
    const value = compression?.[`${who}_max_window_bits`];
    return typeof value === 'number' ? value : undefined;
  };
  return new Protocol(side, {
    platform: NODE_PLATFORM,
    maxSize: MAX_SIZE,
    extensions:
      compression === undefined
        ? []
        : [
            new PermessageDeflate(NODE_PLATFORM, {
              remoteNoContextTakeover: compression[`${remote}_no_context_takeover`] === true,
              remoteMaxWindowBits: bits(remote),
              localMaxWindowBits: bits(local),
            }),
          ],
  });
}

/** What was agreed on, in the names of RFC 7692. */
const COMPRESSIONS: readonly (readonly [what: string, compression: Compression])[] = [
  ['no compression', undefined],
  ['compression', {}],
  ['compression without takeover', { server_no_context_takeover: true, client_no_context_takeover: true }],
  ...[8, 9, 10, 12, 15].map(
    (bits) =>
      [
        `compression with windows of ${bits} bits`,
        { server_max_window_bits: bits, client_max_window_bits: bits },
      ] as const,
  ),
];

for (const [what, compression] of COMPRESSIONS) {
  for (const side of SIDES) {
    test(`what ws writes is read by the ${side}: ${what}`, async () => {
      for (let seed = 0; seed < 3 * EFFORT; seed++) {
        const random = new Random(seed);
        const writer = new WsWriter(side === 'client', compression);
        const due: string[] = [];
        for (const { kind, parts } of randomConversation(random)) {
          const hex = Buffer.concat(parts).toString('hex');
          due.push(`${kind} ${hex}`);
          if (kind === 'ping') await writer.ping(parts[0]!);
          else if (kind === 'pong') await writer.pong(parts[0]!);
          else
            for (const [n, part] of parts.entries())
              await writer.message(part, kind === 'binary', n === parts.length - 1);
        }
        await writer.close(3000 + seed, 'über');
        due.push(`close ${3000 + seed} ${Buffer.from('über').toString('hex')}`);
        const chunks = cutAtRandom(writer.take(), random, random.pick([1, 10, 1000, 100_000]));
        assert.deepEqual(readWithProtocol(protocol(side, compression), chunks), due, `seed ${seed}`);
      }
    });

    test(`what the ${side} writes is read by ws: ${what}`, async () => {
      for (let seed = 0; seed < 3 * EFFORT; seed++) {
        const random = new Random(seed);
        const from = protocol(side, compression);
        const due: string[] = [];
        for (const { kind, parts } of randomConversation(random)) {
          due.push(`${kind} ${Buffer.concat(parts).toString('hex')}`);
          if (kind === 'ping') from.sendPing(parts[0]!);
          else if (kind === 'pong') from.sendPong(parts[0]!);
          else
            for (const [n, part] of parts.entries()) {
              const fin = n === parts.length - 1;
              if (n > 0) from.sendContinuation(part, fin);
              else if (kind === 'text') from.sendText(part, fin);
              else from.sendBinary(part, fin);
            }
        }
        from.sendClose(4000 + seed, 'à');
        due.push(`close ${4000 + seed} ${Buffer.from('à').toString('hex')}`);
        const stream = Buffer.concat(from.dataToSend());
        const heard = await readWithWs(stream, {
          isServer: side === 'client',
          maxPayload: MAX_SIZE,
          compression,
        });
        assert.deepEqual(heard, due, `seed ${seed}`);
      }
    });
  }
}

test('messages around the length of the window refer to what came before, whatever its bits', async () => {
  const random = new Random(77);
  for (const bits of [8, 9, 11, 15]) {
    const window = 1 << bits;
    const compression = { server_max_window_bits: bits };
    const writer = new WsWriter(true, compression);
    const due: string[] = [];
    const phrase = randomBytes(random, window);
    for (let n = 0; n < 60; n++) {
      const length = window + random.pick([-window + 1, -300, -263, -262, -1, 0, 1, 258, window]);
      const from = random.below(phrase.length);
      const message = Buffer.concat([phrase.subarray(from), phrase, phrase]).subarray(0, Math.max(0, length));
      await writer.message(message, true);
      due.push(`binary ${message.toString('hex')}`);
    }
    assert.deepEqual(readWithProtocol(protocol('client', compression), [writer.take()]), due, `${bits} bits`);
  }
});

/** Where both differ and are meant to; the reason says why ours is so. */
const KNOWN: readonly {
  readonly why: string;
  readonly ours: RegExp;
  readonly theirs: RegExp;
}[] = [
  {
    why: 'ws checks a text when its message has ended, we at the first byte that is wrong',
    ours: /^error 1007$/,
    theirs: /^(?:|error \d+|ping .*|pong .*|close .*)$/,
  },
  {
    why: 'Python websockets, and so we, refuse a close frame inside a message',
    ours: /^error 1002$/,
    theirs: /^close /,
  },
  {
    why: 'of a close frame with a wrong code and a wrong reason, ws tells the code, Python the reason',
    ours: /^error 1007$/,
    theirs: /^error 1002$/,
  },
  {
    why: 'a reason that is wrong in a close frame inside a message',
    ours: /^error 1002$/,
    theirs: /^error 1007$/,
  },
  {
    why: 'a length is judged when its header is complete, by ws before the masking key',
    ours: /^$/,
    theirs: /^error 1009$/,
  },
  {
    why: 'a close frame of one byte is judged when it is complete, by ws at once',
    ours: /^$/,
    theirs: /^error 1002$/,
  },
  {
    why: 'ws calls bytes that are no deflate stream invalid data, Python a protocol error',
    ours: /^error 1002$/,
    theirs: /^error 1007$/,
  },
];

/** Besides, after a compressed message that was damaged and inflated all the same. */
const KNOWN_COMPRESSED: typeof KNOWN = [
  {
    why: 'a message that ends inside a block ends it with us; the inflater of ws goes on in the next message',
    ours: /^(?:text|binary) |^error/,
    theirs: /^error (?:1007|1009)$|^(?:text|binary) /,
  },
  {
    why: 'ws inflates each fragment when it has arrived, we the whole message',
    ours: /^$|^(?:ping|pong|close|error) /,
    theirs: /^error 1007$/,
  },
];

/** @returns undefined where both agree up to the end of one of them or to a known difference. */
function disagreement(
  ours: readonly string[],
  theirs: readonly string[],
  known: typeof KNOWN,
): string | undefined {
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const our = ours[at] ?? '';
    const their = theirs[at] ?? '';
    if (our === their) continue;
    if (known.some((each) => each.ours.test(our) && each.theirs.test(their))) return undefined;
    return `at ${at}: ours ${our.slice(0, 80)}, theirs ${their.slice(0, 80)}`;
  }
  return undefined;
}

for (const side of SIDES) {
  for (const [what, compression] of COMPRESSIONS.slice(0, 3)) {
    test(`the ${side} and ws agree about streams that were damaged: ${what}`, async () => {
      let refused = 0;
      const known = compression === undefined ? KNOWN : [...KNOWN, ...KNOWN_COMPRESSED];
      const rounds = (compression === undefined ? 1000 : 120) * EFFORT;
      for (let seed = 0; seed < rounds; seed++) {
        const random = new Random(seed);
        const writer = new WsWriter(side === 'client', compression);
        for (let n = 0; n < 6; n++) {
          const binary = random.percent(50);
          const data = binary
            ? randomBytes(random, random.below(300))
            : randomText(random, random.below(100));
          const fragments = random.percent(30) ? 2 : 1;
          for (let f = 1; f <= fragments; f++) await writer.message(data, binary, f === fragments);
          if (random.percent(30)) await writer.ping(randomBytes(random, random.below(20)));
        }
        if (random.percent(50)) await writer.close(1000, 'bye');
        const stream = mutated(writer.take(), random);
        const maxPayload = random.pick([200, 100_000]);
        const options = { isServer: side === 'server', maxPayload, compression };
        const theirs = await readWithWs(stream, options);
        const our = new Protocol(side, {
          platform: NODE_PLATFORM,
          maxSize: maxPayload,
          extensions: protocol(side, compression).extensions,
        });
        const ours = readWithProtocol(our, cutAtRandom(stream, random, 50));
        assert.equal(disagreement(ours, theirs, known), undefined, `seed ${seed}`);
        if (our.parserException !== undefined) refused++;
      }
      assert.ok(refused > rounds / 4, `${refused} of ${rounds} streams were refused`);
    });
  }
}
