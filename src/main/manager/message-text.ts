/** How a message is written and read: what a manager's user sees, and what goes over the wire. */

/**
 * The message as its user gets it: the value where the text is JSON, else the text; bytes as they came.
 *
 * Done on the main thread, because an object cannot cross threads for less than parsing costs.
 */
export function readMessage(data: string | Uint8Array): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

/** What is sent for a value: text and bytes as they are, objects and lists as JSON, anything else as its text. */
export function writeMessage(value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Bytes of a message on the wire, without its frame. */
export const bytesOf = (data: string | Uint8Array): number =>
  typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
