import { parentPort } from 'node:worker_threads';
import type { PeerNote } from './peer-thread.ts';
import { type RawPeer, rawServer } from './raw-server.ts';
import { takeClientFrames, wireFrame } from './wire-frame.ts';

const note = (what: string, value: PeerNote['value'] = ''): void =>
  parentPort!.postMessage({ what, value } satisfies PeerNote);

/** Answers pings and the close frame, and echoes messages where it is to. */
function polite(peer: RawPeer, echoes: boolean): void {
  let unread: Buffer = Buffer.alloc(0);
  peer.socket.on('data', (chunk: Buffer) => {
    const { frames, rest } = takeClientFrames(Buffer.concat([unread, chunk]));
    unread = rest;
    for (const { fin, opcode, payload } of frames) {
      if (opcode === 9) {
        note('ping');
        peer.socket.write(wireFrame(10, payload));
      } else if (opcode === 10) note('pong', payload.toString());
      else if (opcode === 8) {
        note('close', payload.length < 2 ? 1005 : payload.readUInt16BE());
        peer.socket.end(wireFrame(8, payload));
      } else if (echoes) peer.socket.write(wireFrame(opcode, payload, { fin }));
    }
  });
  peer.socket.on('close', () => note('gone'));
}

/** Writes numbered texts as fast as they are taken, and tells how long it was held up at the most. */
async function flood(peer: RawPeer, count: number, bytes: number, each: number): Promise<void> {
  let longestMs = 0;
  for (let sent = 0; sent < count; ) {
    const batch: Buffer[] = [];
    for (const end = Math.min(count, sent + each); sent < end; sent++)
      batch.push(wireFrame(1, String(sent).padEnd(bytes, '.')));
    const at = performance.now();
    await peer.write(Buffer.concat(batch));
    longestMs = Math.max(longestMs, performance.now() - at);
  }
  note('longestMs', longestMs);
}

const scripts: Readonly<Record<string, (peer: RawPeer, query: URLSearchParams) => void | Promise<void>>> = {
  echo: (peer) => polite(peer, true),
  /** `count` texts of `bytes`, then the end: of the connection, of the stream, or a reset; or none. */
  flood: async (peer, query) => {
    polite(peer, false);
    const [count, bytes] = [Number(query.get('count')), Number(query.get('bytes') ?? 8)];
    await flood(peer, count, bytes, Number(query.get('each') ?? 100));
    if (query.get('end') === 'close') await peer.write(wireFrame(8, Buffer.of(0x03, 0xe8)));
    if (query.get('end') === 'fin') peer.socket.end();
    if (query.get('end') === 'reset') setTimeout(() => peer.socket.resetAndDestroy(), 200);
  },
  /** Pings every `ms` and tells the longest time until a pong. */
  pings: (peer, query) => {
    polite(peer, false);
    let sentAt = 0;
    let longestMs = 0;
    let pongs = 0;
    peer.socket.on('data', () => {
      longestMs = Math.max(longestMs, performance.now() - sentAt);
      pongs++;
    });
    const timer = setInterval(
      () => {
        sentAt = performance.now();
        peer.socket.write(wireFrame(9, 'you?'));
      },
      Number(query.get('ms')),
    );
    peer.socket.on('close', () => {
      clearInterval(timer);
      note('longestMs', longestMs);
      note('pongs', pongs);
    });
  },
  /** Reads and says nothing. */
  silent: (peer) => {
    peer.socket.on('close', () => note('gone'));
  },
  /** Says something after a while. */
  later: async (peer, query) => {
    polite(peer, false);
    await new Promise((resolve) => setTimeout(resolve, Number(query.get('ms'))));
    await peer.write(wireFrame(1, 'later'));
  },
  /** A message in two halves. */
  halves: async (peer, query) => {
    polite(peer, false);
    await peer.write(wireFrame(1, 'first ', { fin: false }));
    await new Promise((resolve) => setTimeout(resolve, Number(query.get('ms'))));
    await peer.write(wireFrame(0, 'second'));
  },
};

const server = await rawServer({
  script: async (peer) => {
    const url = new URL(/^GET (\S+)/.exec(peer.request)![1]!, 'ws://localhost');
    const script = scripts[url.pathname.slice(1)]!;
    if (url.searchParams.has('answerMs'))
      await new Promise((resolve) => setTimeout(resolve, Number(url.searchParams.get('answerMs'))));
    await peer.write(peer.accept());
    await script(peer, url.searchParams);
  },
});
parentPort!.postMessage(server.port);
