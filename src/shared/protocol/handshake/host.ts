import { encodePunycode } from './punycode.ts';

const LABEL_LENGTH_MAX = 63;
const NAME_LENGTH_MAX = 253;

const ASCII_LABEL = /^[a-z0-9_-]+$/;
/** Letters, marks, digits, and the pictures that some registries sell. */
const LABEL = /^[\p{L}\p{N}\p{So}_-][\p{L}\p{M}\p{N}\p{So}_-]*$/u;
/** Soft hyphens, zero-width spaces, variation selectors: a name is the same with and without them. */
const IGNORED = /\p{Variation_Selector}|\u00ad|\u034f|\u200b|\u2060|\ufeff/gu;
/** Others that cannot be seen, and would make two names look like one. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Where the last label is a number, the host is an address of version 4, or means to be. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;
const OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const GROUP = /^[0-9a-f]{1,4}$/;
const GROUPS = 8;

/**
 * A host in the form DNS and the Host header take: lower case, other scripts by IDNA. Addresses of version 4
 * have four decimal numbers; the forms that only some programs read as an address are refused.
 *
 * Stricter than a browser (UTS 46 without its tables): what it takes comes out the same.
 *
 * @returns undefined where it is no name and no address.
 */
export function normalizeHost(host: string): string | undefined {
  const name = mapped(host);
  const labels = name.split('.');
  if (labels.length > 1 && labels.at(-1) === '') labels.pop();
  const ascii: string[] = [];
  for (const label of labels) {
    const encoded = encodeLabel(label);
    if (encoded === undefined) return undefined;
    ascii.push(encoded);
  }
  const rooted = name.endsWith('.');
  if (NUMBER.test(ascii.at(-1)!) && (rooted || !isIpv4(ascii))) return undefined;
  const normalized = ascii.join('.');
  if (normalized.length > NAME_LENGTH_MAX) return undefined;
  return rooted ? normalized + '.' : normalized;
}

/** An address of version 6 without its brackets; a zone is none of the address. */
export function isIpv6(text: string): boolean {
  const halves = text.toLowerCase().split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [half, written] of halves.entries()) {
    if (written === '') {
      if (halves.length === 1) return false;
      continue;
    }
    const parts = written.split(':');
    for (const [i, part] of parts.entries()) {
      const last = half === halves.length - 1 && i === parts.length - 1;
      if (GROUP.test(part)) groups++;
      else if (last && isIpv4(part.split('.'))) groups += 2;
      else return false;
    }
  }
  return halves.length === 1 ? groups === GROUPS : groups < GROUPS;
}

const isIpv4 = (parts: readonly string[]): boolean =>
  parts.length === 4 && parts.every((part) => OCTET.test(part));

/** Letter by letter, because the lower case of a Greek sigma hangs on its neighbours. */
const mapped = (host: string): string =>
  [...host.normalize('NFKC')]
    .map((character) => character.toLowerCase())
    .join('')
    .replace(IGNORED, '')
    .normalize('NFKC')
    .replaceAll('\u3002', '.');

function encodeLabel(label: string): string | undefined {
  let encoded = label;
  if (!ASCII_LABEL.test(label)) {
    if (!LABEL.test(label) || INVISIBLE.test(label)) return undefined;
    encoded = 'xn--' + encodePunycode(label);
  }
  return encoded.length <= LABEL_LENGTH_MAX ? encoded : undefined;
}
