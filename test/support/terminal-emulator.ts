/** A control sequence as programs write it: ESC [ parameters letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins each sequence
const SEQUENCE = /^\u001b\[([\d;]*)([A-Za-z])/;

/**
 * What a terminal shows of the text that is written to it, as far as readline uses one: rows that scroll, a
 * cursor, and the sequences that move it and clear. Whatever else would steer a terminal is kept in `strange`.
 */
export class TerminalEmulator {
  /** Control characters and sequences that this terminal does not know. */
  readonly strange: string[] = [];
  readonly #columns: number;
  readonly #rows: number;
  /** Rows that have scrolled out of the window included. */
  #lines: string[][] = [[]];
  /** Index of the window's first row. */
  #top = 0;
  #row = 0;
  #column = 0;

  constructor(columns = 80, rows = 24) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** All that can be read, from the first row on, without blanks at the ends. */
  get text(): string[] {
    const lines = this.#lines.map((line) =>
      Array.from(line, (c) => c ?? ' ')
        .join('')
        .trimEnd(),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The rows from the first one to the cursor's, which may be empty. */
  get upToCursor(): string {
    const lines = this.text.slice(0, this.#row + 1);
    return lines.join('\n') + '\n'.repeat(this.#row + 1 - lines.length);
  }

  get cursor(): readonly [row: number, column: number] {
    return [this.#row, this.#column];
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      const sequence = SEQUENCE.exec(text.slice(at, at + 32));
      if (sequence !== null) {
        this.#obey(sequence[0], sequence[2]!, (sequence[1] ?? '').split(';').map(Number));
        at += sequence[0].length;
      } else {
        const character = String.fromCodePoint(text.codePointAt(at)!);
        this.#put(character);
        at += character.length;
      }
    }
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') {
      // As a terminal with ONLCR, which is what programs write to.
      this.#column = 0;
      this.#down();
    } else if (/\p{Cc}/u.test(character)) this.strange.push(character);
    else {
      // The cursor waits behind the last column until there is something to show in the next row.
      if (this.#column === this.#columns) {
        this.#column = 0;
        this.#down();
      }
      this.#lines[this.#row]![this.#column++] = character;
    }
  }

  #down(): void {
    this.#row++;
    if (this.#row === this.#lines.length) this.#lines.push([]);
    this.#top = Math.max(this.#top, this.#row - this.#rows + 1);
  }

  #obey(sequence: string, letter: string, [first = 0]: readonly number[]): void {
    const count = Math.max(1, first);
    const line = this.#lines[this.#row]!;
    if (letter === 'A') this.#row = Math.max(this.#top, this.#row - count);
    else if (letter === 'B') this.#row = Math.min(this.#lines.length - 1, this.#row + count);
    else if (letter === 'C') this.#column = Math.min(this.#columns - 1, this.#column + count);
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count);
    else if (letter === 'G') this.#column = Math.min(this.#columns - 1, count - 1);
    else if (letter === 'K' && first === 0) line.length = Math.min(line.length, this.#column);
    else if (letter === 'J' && first === 0) {
      line.length = Math.min(line.length, this.#column);
      for (const below of this.#lines.slice(this.#row + 1)) below.length = 0;
    } else this.strange.push(sequence);
  }
}
