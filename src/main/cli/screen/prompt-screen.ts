import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';

const PROMPT = '> ';
/** Lines that the arrow keys bring back; they are kept in memory alone. */
const HISTORY_LINES = 1000;

/**
 * What readline has no public name for: rows from the prompt down to the cursor when it last drew the line. It
 * goes up so many before it draws again, and does not keep count of what is pasted.
 */
interface DrawnLine {
  prevRows?: number;
}

/**
 * A terminal with a person at it: what is printed appears above the line that is being typed, which stays as it
 * was, cursor included.
 */
export class PromptScreen {
  /** What is typed. They end at ^D or ^C, or with `end`. */
  readonly lines: AsyncIterable<string>;
  readonly #readline: Interface & DrawnLine;
  readonly #output: NodeJS.WritableStream;
  #isEditing = true;

  /** @param interrupted called at ^C, which is no signal while a line is edited. */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, interrupted: () => void) {
    const readline = createInterface({
      input,
      output,
      prompt: PROMPT,
      historySize: HISTORY_LINES,
      terminal: true,
    });
    const lines = readline[Symbol.asyncIterator]();
    this.lines = { [Symbol.asyncIterator]: () => lines };
    this.#readline = readline;
    this.#output = output;
    readline.on('line', () => readline.prompt());
    readline.on('SIGINT', () => {
      this.end();
      interrupted();
    });
    readline.on('close', () => this.#leave());
  }

  /** @param line of visible characters, which may have a colour. */
  print(line: string): void {
    if (!this.#isEditing) {
      this.#output.write(`${line}\r\n`);
      return;
    }
    this.#clear();
    this.#output.write(`${line}\r\n`);
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  }

  /** Takes no more lines. What is printed afterwards still appears. */
  end(): void {
    if (!this.#isEditing) return;
    // What is half typed stays to be read, whole.
    this.#readline.prevRows = this.#readline.getCursorPos().rows;
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.close();
  }

  /** Takes the prompt and what is typed off the screen. */
  #clear(): void {
    moveCursor(this.#output, 0, -this.#readline.getCursorPos().rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
  }

  /** The cursor goes where the next line may be printed. */
  #leave(): void {
    this.#isEditing = false;
    if (this.#readline.line === '') this.#clear();
    else this.#output.write('\r\n');
  }
}
