import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** The server of texts in its own process, as its parent sees it. */
export class TextServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(): Promise<TextServer> {
    const child = fork(new URL('./text-server.js', import.meta.url), { execArgv: [], env: {} });
    const [port] = (await once(child, 'message')) as [number];
    return new TextServer(child, port);
  }

  url(messages: number, bytes: number): string {
    return `ws://127.0.0.1:${this.#port}/?messages=${messages}&bytes=${bytes}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
