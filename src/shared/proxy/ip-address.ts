/** Bits of an IPv4 address inside an IPv6 one of the form `::ffff:192.0.2.1`. */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0xffff];

/**
 * Reads an address: two words of 16 bits for IPv4, eight for IPv6. An IPv4 address mapped into IPv6 is
 * the IPv4 address; a zone (`%eth0`) is left out.
 *
 * @returns undefined for every other text, such as `127.1` or `0x7f.0.0.1`, which only some read as addresses.
 */
export function parseIp(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const words = parseIpv6(text.replace(/%.*$/s, ''));
  return words !== undefined && MAPPED_PREFIX.every((word, i) => words[i] === word) ? words.slice(6) : words;
}

/** A range of addresses: those whose first `bits` are those of `words`. */
export interface Network {
  readonly words: readonly number[];
  readonly bits: number;
}

/** Reads `192.0.2.0/24` or `2001:db8::/32`. Bits behind the prefix may be set and mean nothing. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  if (slash === -1 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined;
  const words = parseIp(text.slice(0, slash));
  if (words === undefined) return undefined;
  const written = Number(text.slice(slash + 1));
  // The prefix of a mapped address counts the bits before the IPv4 address too.
  const bits = words.length === 2 && text.includes(':') ? written - 96 : written;
  return bits >= 0 && bits <= words.length * 16 ? { words, bits } : undefined;
}

export function isInNetwork(address: readonly number[], network: Network): boolean {
  if (address.length !== network.words.length) return false;
  return address.every((word, i) => {
    const bits = Math.min(16, Math.max(0, network.bits - i * 16));
    return (word ^ network.words[i]!) >> (16 - bits) === 0;
  });
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  // A leading zero means octal to some and nothing to others.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  const [a, b, c, d] = parts.map(Number);
  return [(a! << 8) | b!, (c! << 8) | d!];
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map(parseWords);
  if (before === undefined) return undefined;
  if (halves.length === 1) return before.length === 8 ? before : undefined;
  if (after === undefined || before.length + after.length > 7) return undefined;
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function parseWords(text: string): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) words.push(Number.parseInt(part, 16));
    else {
      const last = i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (last === undefined) return undefined;
      words.push(...last);
    }
  }
  return words;
}
