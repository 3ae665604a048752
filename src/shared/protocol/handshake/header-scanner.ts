import { withoutControls } from '../../text/latin1.ts';
import { InvalidHeaderFormat } from '../errors/header-errors.ts';

/** Sticky: each is matched at the position and nowhere else, so that a value is read once from end to end. */
const WHITESPACE = /[\t ]*/y;
const TOKEN = /[-!#$%&'*+.^_`|~0-9a-zA-Z]+/y;
const PROTOCOL = /[-!#$%&'*+.^_`|~0-9a-zA-Z]+(?:\/[-!#$%&'*+.^_`|~0-9a-zA-Z]+)?/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*/y;
const QUOTED_STRING = /"(?:[\t\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e\x80-\xff])*"/y;
const QUOTED_PAIR = /\\([\t\x20-\x7e\x80-\xff])/g;

/**
 * Reads the value of one header from left to right: the grammar of RFC 6455, section 9.1, and RFC 9110,
 * section 5.6. What does not fit ends in InvalidHeaderFormat, which says what was expected where.
 */
export class HeaderScanner {
  readonly #header: string;
  readonly #text: string;
  #at = 0;

  /** @param text without whitespace at its ends. */
  constructor(header: string, text: string) {
    this.#header = header;
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  /** The next character, empty at the end. */
  peek(): string {
    return this.#text[this.#at] ?? '';
  }

  /** Takes the next character where it is this one, and whitespace behind it. */
  trySkip(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    this.skipWhitespace();
    return true;
  }

  skipWhitespace(): void {
    this.#match(WHITESPACE);
  }

  token(): string {
    return this.#match(TOKEN) ?? this.fail('expected token');
  }

  /** A name, and a version behind a slash where there is one. */
  protocol(): string {
    return this.#match(PROTOCOL) ?? this.fail('expected protocol');
  }

  token68(): string {
    return this.#match(TOKEN68) ?? this.fail('expected token68');
  }

  /** What the quotes enclose, unescaped. */
  quotedString(): string {
    const quoted = this.#match(QUOTED_STRING) ?? this.fail('expected quoted string');
    return quoted.slice(1, -1).replace(QUOTED_PAIR, '$1');
  }

  /** At least one item, separated by commas. Empty items are passed over, as RFC 9110 demands. */
  list<T>(readItem: () => T): T[] {
    const items: T[] = [];
    this.#skipCommas();
    do {
      items.push(readItem());
      this.skipWhitespace();
      if (this.ended) break;
      if (this.peek() !== ',') this.fail('expected comma');
      this.#skipCommas();
    } while (!this.ended);
    return items;
  }

  /** @throws InvalidHeaderFormat always, at this position unless another is given. */
  fail(error: string, at = this.#at): never {
    throw InvalidHeaderFormat.at(this.#header, error, withoutControls(this.#text), at);
  }

  #skipCommas(): void {
    while (this.trySkip(','));
  }

  #match(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text);
    if (found === null) return undefined;
    this.#at = form.lastIndex;
    return found[0];
  }
}
