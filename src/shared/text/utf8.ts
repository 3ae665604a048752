const REPLACEMENT = 0xfffd;

/**
 * Writes text as UTF-8, cut on a character boundary so that it takes at most `bytesMax` bytes. Half a
 * surrogate pair becomes U+FFFD, as everywhere else.
 *
 * Here because neither TextEncoder nor Buffer comes with the language, and the parts that use it do no I/O.
 *
 * @returns the bytes written.
 */
export function writeUtf8(text: string, view: DataView, at: number, bytesMax: number): number {
  const end = at + bytesMax;
  let to = at;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    else if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT;
    if (code < 0x80) {
      if (to + 1 > end) break;
      view.setUint8(to++, code);
    } else if (code < 0x800) {
      if (to + 2 > end) break;
      view.setUint8(to++, 0xc0 | (code >> 6));
      view.setUint8(to++, 0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      if (to + 3 > end) break;
      view.setUint8(to++, 0xe0 | (code >> 12));
      view.setUint8(to++, 0x80 | ((code >> 6) & 0x3f));
      view.setUint8(to++, 0x80 | (code & 0x3f));
    } else {
      if (to + 4 > end) break;
      view.setUint8(to++, 0xf0 | (code >> 18));
      view.setUint8(to++, 0x80 | ((code >> 12) & 0x3f));
      view.setUint8(to++, 0x80 | ((code >> 6) & 0x3f));
      view.setUint8(to++, 0x80 | (code & 0x3f));
    }
  }
  return to - at;
}
