import { Close } from '../../src/shared/protocol/close-code.ts';
import { OPCODE } from '../../src/shared/protocol/frame-header.ts';
import type { Protocol } from '../../src/shared/protocol/protocol.ts';
import type { Random } from './random.ts';

/** @returns the bytes in pieces of random lengths, some of them empty, each in memory of its own. */
export function cutAtRandom(bytes: Uint8Array, random: Random, longest: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random.below(longest + 1);
    out.push(bytes.slice(at, at + length));
    at += length;
  }
  return out;
}

/**
 * Lets a protocol read a stream.
 *
 * @returns what it heard as `readWithWs` writes it, with whole messages in place of fragments.
 */
export function readWithProtocol(protocol: Protocol, chunks: readonly Uint8Array[]): string[] {
  const heard: string[] = [];
  const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
  let message = '';
  for (const chunk of chunks) {
    protocol.receiveData(chunk);
    for (const { opcode, data, fin } of protocol.eventsReceived()) {
      if (opcode === OPCODE.ping) heard.push(`ping ${hex(data)}`);
      else if (opcode === OPCODE.pong) heard.push(`pong ${hex(data)}`);
      else if (opcode === OPCODE.close) {
        const { code, reason } = Close.parse(data);
        heard.push(`close ${code} ${hex(Buffer.from(reason))}`);
      } else {
        if (opcode !== OPCODE.continuation) message = opcode === OPCODE.text ? 'text ' : 'binary ';
        message += hex(data);
        if (fin) heard.push(message);
      }
    }
  }
  if (protocol.parserException !== undefined) heard.push(`error ${protocol.closeSent?.code}`);
  return heard;
}
