/**
 * The lane against plain ws: the same bytes in the same pieces must give the same messages in the same order,
 * the same pongs and the same kind of end. Run more with SEEDS=10000; repeat one with SEED=123.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { FAULTS, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import { ConnectionLog, shown } from '../../support/connection-log.ts';
import { Random } from '../../support/random.ts';
import { type RawPeer, rawServer } from '../../support/raw-server.ts';
import { binary, close, ping, text, wireFrame } from '../../support/wire-frame.ts';

const MAX_PAYLOAD = 200_000;
const SEEDS = Number(process.env['SEEDS'] ?? 80);

type FrameMaker = (random: Random) => Buffer;

const LENGTHS = [0, 1, 5, 124, 125, 126, 127, 1000, 65_535, 65_536, 70_000];

/** ASCII, so that both sides find it valid: the lane leaves that check to the codec. */
const payload = (random: Random): Buffer => {
  const usual = random.below(4) > 0;
  const length = usual ? random.below(300) : random.pick(LENGTHS);
  return Buffer.alloc(length, String.fromCharCode(97 + random.below(26)) + random.below(1000));
};

const VALID: readonly FrameMaker[] = [
  (random) => text(payload(random)),
  (random) => text(payload(random)),
  (random) => binary(payload(random)),
  (random) => ping(`${random.below(1000)}`),
  (random) => wireFrame(10, `${random.below(1000)}`),
  (random) => text('odd length', { lengthBytes: random.below(2) === 0 ? 2 : 8 }),
  (random) => {
    const parts = [
      random.below(2) === 0 ? text(payload(random), { fin: false }) : binary(payload(random), { fin: false }),
    ];
    for (let more = random.below(4); more > 0; more--) {
      if (random.below(2) === 0) parts.push(ping(`${random.below(1000)}`));
      parts.push(
        wireFrame(0, random.below(3) === 0 ? '' : payload(random).subarray(0, 30_000), { fin: false }),
      );
    }
    parts.push(wireFrame(0, payload(random)));
    return Buffer.concat(parts);
  },
];

const LAST: readonly FrameMaker[] = [
  (random) => close(1000 + random.below(4), 'reason'),
  (random) => close(random.below(6000)),
  () => wireFrame(8),
  () => wireFrame(8, 'x'),
  () => wireFrame(8, Buffer.from([3, 232, 0xff])),
  (random) => text('x', { rsv: 1 + random.below(7) }),
  (random) => ping('x').fill(0x89 | ((1 + random.below(7)) << 4), 0, 1),
  (random) => wireFrame(3 + random.below(5), 'x'),
  (random) => wireFrame(11 + random.below(5), 'x'),
  () => text('x', { masked: true }),
  () => ping('x'.repeat(126)),
  () => wireFrame(9, '', { fin: false }),
  () => wireFrame(9, 'x', { lengthBytes: 2 }),
  () => wireFrame(0, 'nothing open'),
  () => Buffer.concat([text('x', { fin: false }), text('y')]),
  () => Buffer.concat([text(Buffer.from([0xc3]), { fin: false }), wireFrame(0, 'x')]),
  () => text('x', { announced: BigInt(MAX_PAYLOAD + 1) }),
  () => text('x', { announced: 2n ** 53n }),
  () => Buffer.concat([binary(Buffer.alloc(MAX_PAYLOAD), { fin: false }), wireFrame(0, 'x')]),
];

/** The connection ends between frames, or within one. */
const ENDS: readonly Buffer[] = [Buffer.alloc(0), text('whole').subarray(0, 3), Buffer.from([0x81])];

function piecesOf(bytes: Buffer, random: Random): Buffer[] {
  const most = random.pick([1, 7, 100, 5_000, 200_000]);
  const pieces: Buffer[] = [];
  let at = 0;
  // Small pieces only at the front and the end: a turn of the loop each, they would take too long for all.
  while (at < bytes.length) {
    const size = pieces.length < 200 || bytes.length - at < 50 ? 1 + random.below(most) : 200_000;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

interface Seen {
  readonly messages: readonly string[];
  readonly pongs: readonly string[];
  /** `server 1000 reason`, `WS_ERR_…` or `lost`. */
  readonly end: string;
}

/** Serves one client the bytes of a seed and returns what the client saw and answered. */
async function serve(seed: number, client: (url: string) => Promise<Omit<Seen, 'pongs'>>): Promise<Seen> {
  const random = new Random(seed);
  const frames = Array.from({ length: random.below(40) }, () => random.pick(VALID)(random));
  const last = random.percent(15)
    ? random.pick(ENDS)
    : Buffer.concat([random.pick(LAST)(random), random.percent(50) ? text('too late') : Buffer.alloc(0)]);
  const bytes = Buffer.concat([...frames, last]);
  let peer: RawPeer | undefined;
  let served: Promise<void> = Promise.resolve();
  await using server = await rawServer({
    script: (connected) => {
      peer = connected;
      served = (async () => {
        const accept = connected.accept();
        const pieces =
          random.below(2) === 0
            ? [accept, ...piecesOf(bytes, random)]
            : piecesOf(Buffer.concat([accept, bytes]), random);
        for (const piece of pieces) {
          if (connected.socket.destroyed) return;
          await connected.write(piece);
          if (piece.length < 5_000) await new Promise(setImmediate);
        }
        connected.socket.end();
        await connected.gone;
      })();
    },
  });
  const seen = await client(server.url);
  await served;
  const pongs = peer!.frames.filter(({ opcode }) => opcode === 10).map(({ payload }) => payload.toString());
  return { ...seen, pongs };
}

function plainWs(url: string): Promise<Omit<Seen, 'pongs'>> {
  const messages: string[] = [];
  let end = '';
  const ws = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_PAYLOAD });
  ws.on('message', (message: Buffer, isBinary) => messages.push(shown(isBinary, message)));
  ws.on('error', (error: NodeJS.ErrnoException) => {
    end =
      error.code?.includes('LENGTH') && !error.code.includes('CONTROL')
        ? 'MESSAGE_TOO_LONG'
        : 'PROTOCOL_ERROR';
  });
  return new Promise((resolve) => {
    ws.on('close', (code, reason) => {
      if (end === '') end = code === 1006 ? 'lost' : `server ${code} ${reason}`;
      resolve({ messages, end });
    });
  });
}

/** @param goOn as of `ConnectionLog`. */
async function ours(url: string, goOn: (log: ConnectionLog) => boolean): Promise<Omit<Seen, 'pongs'>> {
  const log = new ConnectionLog(url, { socket: { maxPayload: MAX_PAYLOAD }, goOn });
  const { fault, code, detail } = await log.ended;
  const lost = fault === FAULTS.CONNECTION_ENDED.id || fault === FAULTS.CONNECTION_RESET.id;
  const end =
    fault === FAULTS.SERVER_CLOSED.id ? `server ${code} ${detail}` : lost ? 'lost' : faultName(fault);
  return { messages: log.messages, end };
}

/** Stops at a third of the messages, until a later turn. */
function stopping(seed: number): (log: ConnectionLog) => boolean {
  const random = new Random(seed);
  return ({ connection }) => {
    if (random.below(3) > 0) return true;
    setImmediate(() => connection.resume());
    return false;
  };
}

const seeds =
  process.env['SEED'] === undefined
    ? Array.from({ length: SEEDS }, (_, i) => i + 1)
    : [Number(process.env['SEED'])];

test('any sequence of frames in any pieces is seen as plain ws sees it', async () => {
  const ends = new Map<string, number>();
  for (const seed of seeds) {
    const [theirs, own, stopped] = await Promise.all([
      serve(seed, plainWs),
      serve(seed, (url) => ours(url, () => true)),
      serve(seed, (url) => ours(url, stopping(seed))),
    ]);
    // A server that ends at once may be gone before pongs reach it, so of those only the order is compared.
    assert.deepEqual(own.messages, theirs.messages, `SEED=${seed}`);
    assert.equal(own.end, theirs.end, `SEED=${seed}`);
    assert.deepEqual(own.pongs, theirs.pongs, `SEED=${seed}`);
    assert.deepEqual({ ...stopped, pongs: [] }, { ...theirs, pongs: [] }, `SEED=${seed}, stopping`);
    const kind = theirs.end.split(' ')[0]!;
    ends.set(kind, (ends.get(kind) ?? 0) + 1);
  }
  if (seeds.length >= 80)
    assert.deepEqual([...ends.keys()].sort(), ['MESSAGE_TOO_LONG', 'PROTOCOL_ERROR', 'lost', 'server']);
});
