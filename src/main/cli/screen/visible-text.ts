/**
 * Characters that do something to a terminal in place of being shown: C0, DEL, C1, what turns the direction of
 * writing, and the separators of lines and paragraphs.
 */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/g;

const FAMILIAR: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0');

/** Text from the network as one line that shows all of it and steers nothing: `\n`, `\x1b`, `\u202e`. */
export const visibleText = (text: string): string =>
  text.replace(
    STEERING,
    (c) => FAMILIAR.get(c) ?? (c.charCodeAt(0) < 0x100 ? `\\x${hex(c, 2)}` : `\\u${hex(c, 4)}`),
  );

/** A value as JSON on one line that steers nothing either. What reads it gets every character as it was. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value).replace(STEERING, (c) => `\\u${hex(c, 4)}`);
