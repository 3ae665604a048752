import { latin1Bytes, printable } from '../../text/latin1.ts';
import { InvalidHeader, InvalidHeaderValue } from '../errors/header-errors.ts';

/** What headers can be made of. */
export type HeadersLike =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[]>>;

const NAME = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
/** Of RFC 9110: no control character but the tab, and nothing that takes more than a byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * HTTP headers: names without regard to case, several values of a name, in the order they came in.
 *
 * A value is text in which each character is a byte, ISO 8859-1: whatever came in can be given back. What
 * would end a line is refused here, so that nothing with CR, LF or NUL is ever sent.
 */
export class Headers implements Iterable<[name: string, value: string]> {
  #items: (readonly [name: string, value: string])[] = [];
  /** By the name in lower case. A Map, because names come from the network. */
  readonly #values = new Map<string, string[]>();

  constructor(items: HeadersLike = []) {
    this.append(items);
  }

  /** Names, each once. */
  get size(): number {
    return this.#values.size;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /**
   * The value of a header that may be there once.
   *
   * @throws InvalidHeader where it is there more than once.
   */
  get(name: string): string | undefined {
    const values = this.#values.get(name.toLowerCase());
    if (values !== undefined && values.length > 1) throw new InvalidHeader(name, 'multiple values');
    return values?.[0];
  }

  getAll(name: string): readonly string[] {
    return this.#values.get(name.toLowerCase()) ?? [];
  }

  /** @throws InvalidHeader where the name is no token, InvalidHeaderValue where the value would end the line. */
  add(name: string, value: string): void {
    if (!NAME.test(name)) throw new InvalidHeader(printable(name), 'expected token as its name');
    if (!VALUE.test(value)) throw new InvalidHeaderValue(name, printable(value));
    this.#items.push([name, value]);
    const key = name.toLowerCase();
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [value]);
    else values.push(value);
  }

  /** Adds many. */
  append(items: HeadersLike): void {
    for (const [name, value] of pairsOf(items)) this.add(name, value);
  }

  /** Puts this value in place of all that were there. */
  set(name: string, value: string): void {
    this.delete(name);
    this.add(name, value);
  }

  delete(name: string): boolean {
    const key = name.toLowerCase();
    this.#items = this.#items.filter(([other]) => other.toLowerCase() !== key);
    return this.#values.delete(key);
  }

  clear(): void {
    this.#items = [];
    this.#values.clear();
  }

  copy(): Headers {
    return new Headers(this);
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.#items.map(([name, value]): [string, string] => [name, value]).values();
  }

  /** The lines, with the empty one at their end. */
  toString(): string {
    return this.#items.map(([name, value]) => `${name}: ${value}\r\n`).join('') + '\r\n';
  }

  serialize(): Uint8Array {
    return latin1Bytes(this.toString());
  }
}

/** Name and value of each, whatever they were given as. */
export function* pairsOf(items: HeadersLike): Iterable<readonly [name: string, value: string]> {
  if (Symbol.iterator in items) {
    yield* items as Iterable<readonly [string, string]>;
    return;
  }
  for (const [name, value] of Object.entries(items))
    for (const one of typeof value === 'string' ? [value] : value) yield [name, one];
}
