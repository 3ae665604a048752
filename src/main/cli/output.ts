/** Lines waiting before they are written; fewer, larger writes are what makes a pipe fast. */
const BATCH_CHARS = 64 * 1024;

/**
 * Standard output, written in batches: when enough has gathered and at the end of the event loop's turn.
 * A reader that goes away (`| head`) is no error: `closed` aborts and nothing more is written.
 */
export class Output {
  readonly #closed = new AbortController();
  #batch = '';
  #scheduled = false;

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.#closed.abort();
    });
  }

  /** Aborts when nobody reads any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  readonly line = (text: string): void => {
    this.#batch += text + '\n';
    if (this.#batch.length >= BATCH_CHARS) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  };

  flush(): void {
    const batch = this.#batch;
    this.#batch = '';
    if (batch !== '' && !this.#closed.signal.aborted) process.stdout.write(batch);
  }
}
