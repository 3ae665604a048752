/** Options that take the next argument as their value, whatever it is. */
const VALUE_OPTIONS: readonly string[] = ['--proxy', '--origin', '--eof-wait', '--text', '--headers'];
const VALUE_LETTERS: readonly string[] = ['p', 'o', 't'];
/** Flags, levels, and what stands behind them. */
const SHORT = /^([nrh]*)(?:(v+)(\d*))?(.*)$/s;
const WHOLE_NUMBER = /^\d+$/;
/** Subprotocols with commas or spaces between them. An address is none: it has a colon and slashes. */
const SUBPROTOCOLS = /^[!#$%&'*+.^_`|~0-9A-Za-z][!#$%&'*+.^_`|~0-9A-Za-z, -]*$/;

/**
 * The arguments with each option written in the one form that cannot take the address for its value: a level
 * (`-v URL`, `-vv`, `-v 2`, `-nv`, `--verbose`) as `--verbose=2`, and lists (`-s a b URL`, `-s a,b`) as one
 * `--subprotocols=a` each.
 */
export function plainForms(args: readonly string[]): string[] {
  const forms = new PlainForms(args);
  return forms.all();
}

class PlainForms {
  readonly #args: readonly string[];
  readonly #plain: string[] = [];
  #next = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  all(): string[] {
    while (this.#next < this.#args.length) {
      const arg = this.#args[this.#next++]!;
      if (arg === '--') return [...this.#plain, arg, ...this.#args.slice(this.#next)];
      if (arg.startsWith('--')) this.#long(arg);
      else if (arg.length > 1 && arg.startsWith('-')) this.#short(arg.slice(1));
      else this.#plain.push(arg);
    }
    return this.#plain;
  }

  #long(arg: string): void {
    if (arg === '--verbose') this.#verbose(1, '');
    else if (arg === '--subprotocols') this.#subprotocols('');
    else if (arg.startsWith('--subprotocols=')) this.#list(arg.slice(arg.indexOf('=') + 1));
    else {
      this.#plain.push(arg);
      if (VALUE_OPTIONS.includes(arg)) this.#value();
    }
  }

  /** @param flags letters that stand together, the last one perhaps with its value. */
  #short(flags: string): void {
    const [, plain, verbose, level, rest] = SHORT.exec(flags)!;
    for (const letter of plain!) this.#plain.push(`-${letter}`);
    if (verbose !== undefined) this.#verbose(verbose.length, level!, rest === '');
    if (rest === '') return;
    if (verbose !== undefined) this.#short(rest!);
    else if (rest!.startsWith('s')) this.#subprotocols(rest!.slice(1));
    else {
      this.#plain.push(`-${rest}`);
      if (VALUE_LETTERS.includes(rest!)) this.#value();
    }
  }

  /** @param isLast whether a number that follows as an argument of its own can be the level. */
  #verbose(count: number, level: string, isLast = true): void {
    const following = this.#args[this.#next];
    const isNumber = level === '' && count === 1 && isLast && WHOLE_NUMBER.test(following ?? '');
    if (isNumber) this.#next++;
    this.#plain.push(`--verbose=${level || (isNumber ? following! : count)}`);
  }

  #subprotocols(first: string): void {
    if (first !== '') this.#list(first);
    while (SUBPROTOCOLS.test(this.#args[this.#next] ?? '')) this.#list(this.#args[this.#next++]!);
  }

  #list(text: string): void {
    const names = text.split(/[,\s]+/).filter((name) => name !== '');
    this.#plain.push(...names.map((name) => `--subprotocols=${name}`));
  }

  #value(): void {
    if (this.#next < this.#args.length) this.#plain.push(this.#args[this.#next++]!);
  }
}
