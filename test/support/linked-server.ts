import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { openRawLink, type RawLink, type RawLinkOptions } from '../../src/main/control/raw-link.ts';
import type { WorkerProgram } from '../../src/main/feeds/worker-control.ts';
import type { ConnectionChange } from '../../src/shared/contract.ts';
import { faultName } from '../../src/shared/faults/fault-catalogue.ts';

/** Times short enough for a test that waits for each of them to pass. */
const QUICK_TIMES = {
  connectTimeoutMs: 3_000,
  closeTimeoutMs: 300,
  backoffMs: 10,
  backoffMaxMs: 50,
  unavailableDelayMs: 50,
} as const;

/** A change as one line: state, and where something ended its reason, fault and code. */
export const changeLine = ({ state, reason, fault, code }: ConnectionChange): string =>
  code === 0 && fault === 0 ? state : `${state} ${reason} ${faultName(fault)} ${code}`;

/** What a client of the server looks like from there. */
export interface ServedClient {
  readonly ws: WebSocket;
  readonly socket: Socket;
}

/** An echo server on loopback and a raw link to it that writes down what it is told. */
export class LinkedServer implements AsyncDisposable {
  readonly messages: (string | Uint8Array)[] = [];
  readonly changes: ConnectionChange[] = [];
  /** Messages missing, by the fault. */
  readonly dropped = new Map<string, number>();
  readonly url: string;
  onMessage: (data: string | Uint8Array) => void = () => undefined;
  #link: RawLink | undefined;
  readonly #server: WebSocketServer;
  #client: ServedClient | undefined;

  static async listen(): Promise<LinkedServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 0 });
    await once(server, 'listening');
    return new LinkedServer(server);
  }

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('connection', (ws, { socket }) => {
      this.#client = { ws, socket };
      ws.on('error', () => undefined);
      ws.on('message', (data: Buffer, isBinary) => ws.send(data, { binary: isBinary }));
    });
  }

  get link(): RawLink {
    return this.#link!;
  }

  /** The client that connected last; undefined before the first one. */
  get client(): ServedClient | undefined {
    return this.#client;
  }

  async open(options: Partial<RawLinkOptions> = {}, program?: WorkerProgram): Promise<RawLink> {
    const link = await openRawLink(
      {
        url: this.url,
        seed: 1,
        log: { level: 'silent' },
        onChange: (change) => void this.changes.push(change),
        ...options,
        times: { ...QUICK_TIMES, ...options.times },
        onMessage: (data) => {
          this.messages.push(data);
          this.onMessage(data);
        },
        onDropped: (messages, fault) =>
          void this.dropped.set(fault, (this.dropped.get(fault) ?? 0) + messages),
      },
      program,
    );
    this.#link = link;
    return link;
  }

  lines(): string[] {
    return this.changes.map(changeLine);
  }

  async until(what: string, holds: () => boolean, seconds = 10): Promise<void> {
    const late = performance.now() + seconds * 1000;
    while (!holds()) {
      if (performance.now() > late)
        throw new Error(`not within ${seconds} s: ${what}; changes: ${this.lines().join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link?.dispose();
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
