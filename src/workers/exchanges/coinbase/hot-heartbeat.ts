import type { InstrumentId } from '../../../shared/units.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, type Shape, symbol, text, time } from '../../scanner/shape.ts';
import type { TradeWatch } from './trade-watch.ts';

const SHAPE: Shape = [
  text('{"type":"heartbeat","last_trade_id":'),
  integer(1),
  text(',"product_id":"'),
  symbol(0),
  text('","sequence":'),
  integer(2),
  text(',"time":"'),
  time(3),
  text('"}'),
];

const INSTRUMENT = wordIndex(0);
const LAST_TRADE_ID = valueIndex(1);

/** Heartbeats straight from the bytes: there are as many in a second as there are products. */
export class HotHeartbeat {
  readonly #watch: TradeWatch;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;

  constructor(watch: TradeWatch, scanner: Scanner, symbols: ScannedSymbols) {
    this.#watch = watch;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been taken in. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    this.#watch.lastTradeId = scanner.float64[LAST_TRADE_ID]!;
    this.#watch.beat(scanner.int32[INSTRUMENT] as InstrumentId);
    return true;
  }
}
