/**
 * JSON whose numbers keep their digits.
 *
 * `JSON.parse` makes float64 of every number, which loses trailing zeros (checksums want them) and digits
 * past the sixteenth. Here a number is its text, and an object is a Map, so that a key named `__proto__`
 * is a key like any other.
 */

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonArray = readonly JsonValue[];
export type JsonValue = string | boolean | null | JsonNumber | JsonArray | JsonObject;

/** Arrays and objects within one another that are read; a text nested deeper is refused. */
export const JSON_DEPTH_MAX = 64;

/** @returns the value, or undefined where `JSON.parse` would throw or the nesting is too deep. Never throws. */
export function readJson(text: string): JsonValue | undefined {
  return new Reader(text).whole();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const FOUR_HEX_DIGITS = /^[0-9a-fA-F]{4}$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Recursive, with the depth bounded, so that the stack is. Undefined means "not JSON" throughout. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue | undefined {
    const value = this.#value(0);
    if (value === undefined) return undefined;
    this.#skipSpace();
    return this.#at === this.#text.length ? value : undefined;
  }

  #value(depth: number): JsonValue | undefined {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return depth < JSON_DEPTH_MAX ? this.#object(depth + 1) : undefined;
      case '[':
        return depth < JSON_DEPTH_MAX ? this.#array(depth + 1) : undefined;
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject | undefined {
    const object = new Map<string, JsonValue>();
    this.#at++;
    if (this.#take('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') return undefined;
      const key = this.#string();
      if (key === undefined || !this.#take(':')) return undefined;
      const value = this.#value(depth);
      if (value === undefined) return undefined;
      object.set(key, value);
    } while (this.#take(','));
    return this.#take('}') ? object : undefined;
  }

  #array(depth: number): JsonArray | undefined {
    const array: JsonValue[] = [];
    this.#at++;
    if (this.#take(']')) return array;
    do {
      const value = this.#value(depth);
      if (value === undefined) return undefined;
      array.push(value);
    } while (this.#take(','));
    return this.#take(']') ? array : undefined;
  }

  #string(): string | undefined {
    const text = this.#text;
    let read = '';
    let from = this.#at + 1;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x22) {
        this.#at = i + 1;
        return read + text.slice(from, i);
      }
      if (code < 0x20) return undefined;
      if (code !== 0x5c) continue;
      read += text.slice(from, i);
      const escaped = text[++i] ?? '';
      if (escaped === 'u') {
        const hex = text.slice(i + 1, i + 5);
        if (!FOUR_HEX_DIGITS.test(hex)) return undefined;
        read += String.fromCharCode(Number.parseInt(hex, 16));
        i += 4;
      } else {
        const character = ESCAPES.get(escaped);
        if (character === undefined) return undefined;
        read += character;
      }
      from = i + 1;
    }
    return undefined;
  }

  #number(): JsonNumber | undefined {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return new JsonNumber(match[0]);
  }

  #word<V extends boolean | null>(word: string, value: V): V | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined;
    this.#at += word.length;
    return value;
  }

  /** Skips space, and then this character where it is next. */
  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }
}
