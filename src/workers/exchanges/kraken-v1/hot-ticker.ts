import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, wordIndex } from '../../scanner/scanner.ts';
import { integer, type Part, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { TickerDraft } from '../drafts.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import { COUNT, TICKER_MEMBERS } from './wire.ts';

const UNUSED_SLOT = 0;
const SYMBOL_SLOT = 1;
/** Slot of the record's first number; the others follow in the order of the record. */
const NUMBERS = 2;

const number = (place: number): Part[] =>
  place === COUNT
    ? [integer(UNUSED_SLOT)]
    : [text('"'), unsigned(place < 0 ? UNUSED_SLOT : NUMBERS + place), text('"')];
const SHAPE: Shape = [
  text('['),
  integer(UNUSED_SLOT),
  ...TICKER_MEMBERS.flatMap(([key, places], n) => [
    text(n === 0 ? `,{"${key}":[` : `],"${key}":[`),
    ...places.flatMap((place, m) => (m === 0 ? number(place) : [text(','), ...number(place)])),
  ]),
  text(']},"ticker","'),
  symbol(SYMBOL_SLOT),
  text('"]'),
];

const INSTRUMENT = wordIndex(SYMBOL_SLOT);
/** Numbers of a ticker that are sent, the first ones of the record. */
const SENT = new ScannedNumbers(
  slotsFrom(NUMBERS, Math.max(...TICKER_MEMBERS.flatMap(([, places]) => places)) + 1),
);

/** Tickers straight from the bytes. */
export class HotTicker {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #draft = new TickerDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32 } = scanner;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    SENT.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}
