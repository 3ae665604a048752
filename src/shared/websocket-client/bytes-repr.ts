const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;

const ESCAPED: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** Bytes as Python shows them, `b'Hello\x00'`: ASCII throughout, so that they may go to a terminal or a log. */
export function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(QUOTE) && !bytes.includes(DOUBLE_QUOTE) ? '"' : "'";
  let text = `b${quote}`;
  for (const byte of bytes) {
    const escaped = ESCAPED.get(byte);
    if (escaped !== undefined) text += escaped;
    else if (byte < 0x20 || byte > 0x7e) text += '\\x' + byte.toString(16).padStart(2, '0');
    else if (byte === QUOTE && quote === "'") text += "\\'";
    else text += String.fromCharCode(byte);
  }
  return text + quote;
}
