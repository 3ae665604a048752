import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { ORDER_TYPE, SIDE } from '../../../shared/records/trade.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { literal } from '../literal.ts';
import { scanUnsigned } from '../scan-digits.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { TradeDraft } from './drafts.ts';
import type { TradeIds } from './trade-ids.ts';

const UPDATE = literal('{"channel":"trade","type":"update","data":[{"symbol":"');
const BUY = literal('","side":"buy","price":');
const SELL = literal('","side":"sell","price":');
const QTY = literal(',"qty":');
const LIMIT = literal(',"ord_type":"limit","trade_id":');
const MARKET = literal(',"ord_type":"market","trade_id":');
const TIMESTAMP = literal(',"timestamp":"');
const NEXT = literal('"},{"symbol":"');
const END = literal('"}]}');

/**
 * Trade updates of one instrument, one or many trades in a message, straight from the bytes. Several
 * instruments in one message, a jump in the trade ids and everything unusual are left to the cold path.
 */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #symbols: SymbolTable;
  readonly #times: TimeScanner;
  readonly #ids: TradeIds;
  readonly #draft = new TradeDraft();
  readonly #number = new ScannedDecimal();
  /** The instrument of the message being read; -1 before its first entry. */
  #instrument = -1;

  constructor(sink: RecordSink, symbols: SymbolTable, times: TimeScanner, ids: TradeIds) {
    this.#sink = sink;
    this.#symbols = symbols;
    this.#times = times;
    this.#ids = ids;
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    return UPDATE.matches(view, start, end) && this.#readTrades(bytes, view, start + UPDATE.length, end);
  }

  #readTrades(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    this.#instrument = -1;
    let at = start;
    for (let written = 0; ; written++) {
      at = this.#readTrade(bytes, view, at, end);
      const last = at + END.length === end && END.matches(view, at, end);
      if (!last && (at < 0 || !NEXT.matches(view, at, end))) {
        if (written > 0) this.#sink.rollback();
        return false;
      }
      this.#draft.write(this.#sink);
      if (last) break;
      at += NEXT.length;
    }
    this.#ids.newest[this.#instrument] = this.#draft.tradeId;
    return true;
  }

  /** Reads one entry from its symbol on. @returns the index of the quote that ends its time, or -1. */
  #readTrade(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const draft = this.#draft;
    const number = this.#number;
    let at = this.#symbols.scan(bytes, view, start);
    const { id } = this.#symbols;
    if (at < 0 || id < 0) return -1;
    const first = this.#instrument < 0;
    if (!first && this.#instrument !== id) return -1;
    this.#instrument = id;

    if (BUY.matches(view, at, end)) {
      draft.side = SIDE.buy;
      at += BUY.length;
    } else if (SELL.matches(view, at, end)) {
      draft.side = SIDE.sell;
      at += SELL.length;
    } else return -1;

    at = scanUnsigned(bytes, view, at, end, number);
    if (at < 0 || !QTY.matches(view, at, end)) return -1;
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    at = scanUnsigned(bytes, view, at + QTY.length, end, number);
    if (at < 0) return -1;
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;

    if (LIMIT.matches(view, at, end)) {
      draft.orderType = ORDER_TYPE.limit;
      at += LIMIT.length;
    } else if (MARKET.matches(view, at, end)) {
      draft.orderType = ORDER_TYPE.market;
      at += MARKET.length;
    } else return -1;

    at = scanUnsigned(bytes, view, at, end, number);
    if (at < 0 || number.decimals !== 0 || !TIMESTAMP.matches(view, at, end)) return -1;
    const newest = first ? this.#ids.newest[id]! : draft.tradeId;
    if (number.value - newest !== 1 && !Number.isNaN(newest)) return -1;
    draft.tradeId = number.value;
    draft.instrument = id as InstrumentId;

    at = this.#times.scanNext(bytes, view, at + TIMESTAMP.length, end);
    draft.atUs = this.#times.us;
    return at;
  }
}
