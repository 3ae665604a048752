import type { InstrumentId } from '../../../shared/units.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { ascii, BYTE, isDigit, skipInteger, skipLiteral } from './wire-bytes.ts';

/** Channel of a data frame. `book` and `ohlc` have a number in their name, the depth or the minutes. */
export const WIRE_CHANNEL = { none: 0, trade: 1, ticker: 2, spread: 3, book: 4, ohlc: 5 } as const;
export type WireChannel = (typeof WIRE_CHANNEL)[keyof typeof WIRE_CHANNEL];

const TRADE = ascii('trade');
const TICKER = ascii('ticker');
const SPREAD = ascii('spread');
const BOOK = ascii('book-');
const OHLC = ascii('ohlc-');

/** The number in a channel's name has at most this many digits. */
const NUMBER_DIGITS_MAX = 5;

/** Longer names of pairs or channels are not looked for. */
const NAME_BYTES_MAX = 32;

/**
 * What stands around the payload of a data frame, `[channelID, payload, channelName, pair]`: read from the
 * end, because there are one or two payloads and they say nothing of what they are.
 */
export class FrameEnds {
  channel: WireChannel = WIRE_CHANNEL.none;
  instrument = 0 as InstrumentId;
  /** Depth or minutes; 0 where the channel has none. */
  number = 0;
  payloadStart = 0;
  payloadEnd = 0;

  /** @returns false where the message is no data frame of a known channel and pair, written without spaces. */
  scan(bytes: Uint8Array, start: number, end: number, pairs: SymbolTable): boolean {
    if (bytes[start] !== BYTE.openBracket) return false;
    const idEnd = skipInteger(bytes, start + 1);
    if (idEnd < 0 || bytes[idEnd] !== BYTE.comma) return false;
    this.payloadStart = idEnd + 1;
    const pairEnd = end - 2;
    if (bytes[pairEnd] !== BYTE.quote || bytes[pairEnd + 1] !== BYTE.closeBracket) return false;
    const pairStart = nameStart(bytes, pairEnd, idEnd);
    if (pairStart < 0) return false;
    const channelEnd = pairStart - 3;
    if (bytes[channelEnd] !== BYTE.quote) return false;
    const channelStart = nameStart(bytes, channelEnd, idEnd);
    if (channelStart < 0) return false;
    this.payloadEnd = channelStart - 2;
    const id = pairs.find(bytes, pairStart, pairEnd);
    if (id < 0) return false;
    this.instrument = id as InstrumentId;
    return this.#scanChannel(bytes, channelStart, channelEnd);
  }

  #scanChannel(bytes: Uint8Array, start: number, end: number): boolean {
    this.number = 0;
    if (skipLiteral(bytes, start, BOOK) >= 0) {
      this.channel = WIRE_CHANNEL.book;
      return this.#scanNumber(bytes, start + BOOK.length, end);
    }
    if (skipLiteral(bytes, start, TRADE) === end) this.channel = WIRE_CHANNEL.trade;
    else if (skipLiteral(bytes, start, SPREAD) === end) this.channel = WIRE_CHANNEL.spread;
    else if (skipLiteral(bytes, start, TICKER) === end) this.channel = WIRE_CHANNEL.ticker;
    else {
      this.channel = WIRE_CHANNEL.ohlc;
      return skipLiteral(bytes, start, OHLC) >= 0 && this.#scanNumber(bytes, start + OHLC.length, end);
    }
    return true;
  }

  #scanNumber(bytes: Uint8Array, start: number, end: number): boolean {
    if (end <= start || end - start > NUMBER_DIGITS_MAX || bytes[start] === BYTE.zero) return false;
    let number = 0;
    for (let at = start; at < end; at++) {
      if (!isDigit(bytes[at]!)) return false;
      number = number * 10 + bytes[at]! - BYTE.zero;
    }
    this.number = number;
    return true;
  }

  /** The cold path's reading of a channel's name. @returns false where there is no such channel. */
  readChannel(name: string): boolean {
    const match = CHANNEL_NAME.exec(name);
    if (match === null) return false;
    const [, plain, numbered, number] = match;
    this.channel = WIRE_CHANNEL[(plain ?? numbered) as keyof typeof WIRE_CHANNEL];
    this.number = Number(number ?? 0);
    return true;
  }
}

const CHANNEL_NAME = /^(?:(trade|ticker|spread)|(?:(book|ohlc)-([1-9]\d{0,4})))$/;

/**
 * Looks back from the closing quote at `quote` for the opening one of an array's further element.
 *
 * @returns the index after it, or -1 where there is none between `from` and there.
 */
function nameStart(bytes: Uint8Array, quote: number, from: number): number {
  const limit = Math.max(from, quote - NAME_BYTES_MAX);
  for (let at = quote - 1; at > limit; at--)
    if (bytes[at] === BYTE.quote) return bytes[at - 1] === BYTE.comma ? at + 1 : -1;
  return -1;
}
