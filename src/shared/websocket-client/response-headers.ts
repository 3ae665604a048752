/** Cookies have commas in them, so several are told apart by a semicolon, as the original does. */
const COOKIES = 'set-cookie';

/**
 * Headers of a response by their names in lower case; several of one name are joined. Without a prototype,
 * because the names are the server's.
 */
export function headersByName(
  headers: Iterable<readonly [name: string, value: string]>,
): Readonly<Record<string, string>> {
  const byName: Record<string, string> = Object.create(null);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = byName[key];
    byName[key] = before === undefined ? value : before + (key === COOKIES ? '; ' : ', ') + value;
  }
  return byName;
}
