import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { AppOptions, RunOptions } from '../../src/main/websocket-client/app-options.ts';
import { type LoggedApp, loggedApp } from './app-log.ts';
import { type RawPeer, type RawServer, rawServer } from './raw-server.ts';
import { close, wireFrame } from './wire-frame.ts';

/** Of a test. */
export const TIMEOUT = { timeout: 60_000 };
export const LOST = 'error WebSocketConnectionClosedException: Connection to remote host was lost.';
/** Seconds; short, and never compared with anything. */
export const SOON = 0.02;

/** Ends the connection as a server does that has seen our close frame, or has sent its own. */
export const closing =
  (...bytes: Uint8Array[]) =>
  async (peer: RawPeer): Promise<void> => {
    await peer.write(Buffer.concat([peer.accept(), ...bytes, close(1000, 'bye')]));
    await peer.frame(8);
    peer.socket.end();
  };

/** Is gone without a word. */
export const dropping =
  (...bytes: Uint8Array[]) =>
  async (peer: RawPeer): Promise<void> => {
    await peer.write(Buffer.concat([peer.accept(), ...bytes]));
    peer.socket.destroySoon();
  };

/** Answers our close frame and nothing else. */
export const serving =
  (...bytes: Uint8Array[]) =>
  async (peer: RawPeer): Promise<void> => {
    await peer.write(Buffer.concat([peer.accept(), ...bytes]));
    const frame = await peer.frame(8);
    if (frame === undefined) return;
    await peer.write(wireFrame(8, frame.payload));
    peer.socket.end();
  };

/** A server that does on its nth connection what the nth script says, and the last from then on. */
export async function scripted(
  t: TestContext,
  ...scripts: ((peer: RawPeer) => Promise<void>)[]
): Promise<RawServer & { readonly peers: RawPeer[] }> {
  const peers: RawPeer[] = [];
  const server = await rawServer({
    script: (peer) => {
      peers.push(peer);
      return (scripts[peers.length - 1] ?? scripts.at(-1)!)(peer);
    },
  });
  t.after(() => server.close());
  return { ...server, peers };
}

export const app = (server: { readonly url: string }, options: AppOptions = {}): LoggedApp =>
  loggedApp(server.url, options);

export const direct: RunOptions = { httpNoProxy: ['*'] };

const ENTRY = new URL('../../src/main/websocket-client.js', import.meta.url).href;

/** How a program ends that runs an app, with what it has printed. */
export async function ended(
  program: string,
  url: string,
  signalAt?: string,
): Promise<[code: number | null, signal: string | null, out: string]> {
  const source = `import { WebSocketApp } from '${ENTRY}';\n${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, URL: url, no_proxy: '*' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
    if (signalAt !== undefined && out.includes(signalAt)) child.kill('SIGINT');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return [code, signal, out];
}
