import { type ExchangeUs, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { type Scanner, valueIndex } from '../../scanner/scanner.ts';
import { integer, oneOf, type Shape, signed, text, unsigned } from '../../scanner/shape.ts';
import { TICKER_PLACE, TickerDraft } from '../drafts.ts';
import { changeToPercent } from '../percent.ts';
import { ScannedNumbers } from '../scanned-numbers.ts';
import type { Channels } from './channels.ts';
import { TICKER_PLACES } from './wire.ts';

/** Each value of a ticker goes to the slot of its place in the message. */
const SHAPE: Shape = [
  text('[1002,null,['),
  integer(0),
  text(',"'),
  unsigned(1),
  text('","'),
  unsigned(2),
  text('","'),
  unsigned(3),
  text('","'),
  signed(4),
  text('","'),
  unsigned(5),
  text('","'),
  unsigned(6),
  text('",'),
  integer(7),
  text(',"'),
  unsigned(8),
  text('","'),
  unsigned(9),
  // The last two came in 2021: whether only orders that make liquidity are taken, and maintenance.
  oneOf(10, '",0,0]]', '"]]', '",1,0]]', '",0,1]]', '",1,1]]'),
];

const ID = valueIndex(0);
const NUMBERS = new ScannedNumbers(
  TICKER_PLACES.map(([, slot]) => slot),
  TICKER_PLACES.map(([name]) => TICKER_PLACE[name]),
);

/** Symbols are numbers here and looked up by the venue's channels. */
const NO_SYMBOLS = 0;

/** Tickers straight from the bytes, most of them of pairs that nobody asked for. */
export class HotTicker {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #channels: Channels;
  readonly #shape: number;
  readonly #draft = new TickerDraft();

  constructor(sink: RecordSink, scanner: Scanner, channels: Channels) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#channels = channels;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, NO_SYMBOLS, bytes, start, end) === 0) return false;
    const { float64 } = scanner;
    const id = float64[ID]! | 0;
    const pair = id === float64[ID] ? this.#channels.byId(id) : undefined;
    // What it means that a number is not known, the cold path decides.
    if (pair === undefined) return !this.#channels.isTickerIdMissing;
    if (!this.#channels.hasTicker(pair.instrument)) return true;
    const draft = this.#draft;
    NUMBERS.copyTo(draft, scanner);
    changeToPercent(draft);
    draft.instrument = pair.instrument;
    draft.atUs = NONE as ExchangeUs;
    draft.write(this.#sink);
    return true;
  }
}
