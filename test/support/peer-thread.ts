import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What the server saw. */
export interface PeerNote {
  readonly what: string;
  readonly value: number | string;
}

/** A server in a thread of its own, for tests whose thread is blocked while it talks. */
export interface PeerThread extends AsyncDisposable {
  readonly port: number;
  /** @param path names the script, its query what the script is to do: see `peer-thread-worker.ts`. */
  url(path: string): string;
  /** The first note of this kind, made already or yet to come. */
  noted(what: string): Promise<PeerNote['value']>;
  readonly notes: readonly PeerNote[];
}

export async function peerThread(): Promise<PeerThread> {
  const worker = new Worker(new URL('./peer-thread-worker.js', import.meta.url));
  const [port] = (await once(worker, 'message')) as [number];
  const notes: PeerNote[] = [];
  worker.on('message', (note: PeerNote) => notes.push(note));
  return {
    port,
    notes,
    url: (path) => `ws://127.0.0.1:${port}/${path}`,
    noted: async (what) => {
      for (;;) {
        const found = notes.find((note) => note.what === what);
        if (found !== undefined) return found.value;
        await once(worker, 'message');
      }
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
