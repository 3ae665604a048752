import { Writable } from 'node:stream';
import * as ws from 'ws';

/** What of the ws package these tests use: its reader and writer of frames, which its types leave out. */
interface WsParts {
  readonly Receiver: new (options: object) => Writable;
  readonly Sender: new (socket: object, extensions: object) => WsSender;
  readonly PerMessageDeflate: new (
    options: object,
  ) => { accept(params: readonly object[]): object; cleanup(): void };
}

interface WsSender {
  send(data: Uint8Array, options: object, done: () => void): void;
  ping(data: Uint8Array, mask: boolean, done: () => void): void;
  pong(data: Uint8Array, mask: boolean, done: () => void): void;
  close(code: number | undefined, reason: string, mask: boolean, done: () => void): void;
}

const { Receiver, Sender, PerMessageDeflate } = ws as unknown as WsParts;

export type Compression = Readonly<Record<string, number | boolean>> | undefined;

function extensions(compression: Compression, isServer: boolean): [object, () => void] {
  if (compression === undefined) return [{}, () => {}];
  const deflate = new PerMessageDeflate({ isServer, threshold: 0 });
  const params = Object.fromEntries(Object.entries(compression).map(([name, value]) => [name, [value]]));
  deflate.accept([params]);
  return [{ 'permessage-deflate': deflate }, () => deflate.cleanup()];
}

/**
 * Lets ws read a stream.
 *
 * @returns what it heard, in order: `text 6869`, `ping 00`, `close 1000 bye`, and `error 1002` if it refused.
 */
export async function readWithWs(
  stream: Uint8Array,
  options: { readonly isServer: boolean; readonly maxPayload: number; readonly compression?: Compression },
): Promise<string[]> {
  const heard: string[] = [];
  const [agreed, cleanUp] = extensions(options.compression, options.isServer);
  const receiver = new Receiver({
    isServer: options.isServer,
    maxPayload: options.maxPayload,
    extensions: agreed,
  });
  const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    heard.push(`${isBinary ? 'binary' : 'text'} ${hex(data)}`),
  );
  receiver.on('ping', (data: Buffer) => heard.push(`ping ${hex(data)}`));
  receiver.on('pong', (data: Buffer) => heard.push(`pong ${hex(data)}`));
  receiver.on('conclude', (code: number, reason: Buffer) => heard.push(`close ${code} ${hex(reason)}`));
  await new Promise<void>((resolve) => {
    receiver.on('error', (error: Error) => {
      const symbol = Object.getOwnPropertySymbols(error).find(
        ({ description }) => description === 'status-code',
      );
      heard.push(`error ${symbol === undefined ? error.message : Reflect.get(error, symbol)}`);
      resolve();
    });
    receiver.on('conclude', () => resolve());
    // A copy: ws unmasks where the bytes lie.
    receiver.write(Buffer.from(stream), () => resolve());
  });
  cleanUp();
  return heard;
}

/** Lets ws write frames. */
export class WsWriter {
  readonly #chunks: Uint8Array[] = [];
  readonly #sender: WsSender;
  readonly #mask: boolean;
  readonly #compress: boolean;
  readonly #cleanUp: () => void;

  constructor(isServer: boolean, compression: Compression) {
    const socket = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#chunks.push(Buffer.from(chunk));
        done();
      },
    });
    const [agreed, cleanUp] = extensions(compression, isServer);
    this.#sender = new Sender(socket, agreed);
    this.#mask = !isServer;
    this.#compress = compression !== undefined;
    this.#cleanUp = cleanUp;
  }

  /** One message, or a fragment of one. */
  message(data: Uint8Array, binary: boolean, fin = true): Promise<void> {
    const options = { binary, compress: this.#compress, fin, mask: this.#mask };
    // A copy: ws masks where the bytes lie.
    return new Promise((resolve) => this.#sender.send(Buffer.from(data), options, resolve));
  }

  ping(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#sender.ping(Buffer.from(data), this.#mask, resolve));
  }

  pong(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#sender.pong(Buffer.from(data), this.#mask, resolve));
  }

  close(code: number | undefined, reason: string): Promise<void> {
    return new Promise((resolve) => this.#sender.close(code, reason, this.#mask, resolve));
  }

  /** @returns everything written, and ends. */
  take(): Uint8Array {
    this.#cleanUp();
    return Buffer.concat(this.#chunks);
  }
}
