import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface InstalledProxy extends AsyncDisposable {
  readonly port: number;
}

export type ProxyProgram = 'tinyproxy' | 'microsocks';

/** Why a test of this program is to be skipped; undefined where it is installed. */
export function missing(program: ProxyProgram): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return undefined;
    } catch {
      // In another one, perhaps.
    }
  }
  return `${program} is not installed`;
}

/** An HTTP proxy on 127.0.0.1, with Basic authentication where asked for. */
export async function tinyproxy(auth?: readonly [user: string, password: string]): Promise<InstalledProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfeed-tinyproxy-'));
  const file = join(folder, 'tinyproxy.conf');
  const port = await freePort();
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'Allow 127.0.0.1', 'Timeout 60', 'LogLevel Critical'];
  if (auth !== undefined) lines.push(`BasicAuth ${auth.join(' ')}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return running('tinyproxy', ['-d', '-c', file], port, () =>
    rmSync(folder, { recursive: true, force: true }),
  );
}

/** A SOCKS5 proxy on 127.0.0.1, with user and password where asked for. */
export async function microsocks(auth?: readonly [user: string, password: string]): Promise<InstalledProxy> {
  const port = await freePort();
  const credentials = auth === undefined ? [] : ['-u', auth[0], '-P', auth[1]];
  return running('microsocks', ['-i', '127.0.0.1', '-p', String(port), ...credentials], port, () => {});
}

async function running(
  program: ProxyProgram,
  args: readonly string[],
  port: number,
  cleanUp: () => void,
): Promise<InstalledProxy> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  try {
    await listening(child, port);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      kill();
      await ended;
      process.off('exit', kill);
      cleanUp();
    },
  };
}

/** These programs cannot take a port that the system chooses and say which. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** They do not say either when they listen, so they are asked until they do. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (connected) return;
    await wait(10);
  }
  throw new Error(`${child.spawnfile} does not listen on port ${port}`);
}
