import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { ORDER_TYPE, type OrderType, SIDE, type Side, TRADE } from '../../../shared/records/trade.ts';
import { type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { ascii, BYTE, skipLiteral } from './wire-bytes.ts';
import { readQuoted, scanQuoted } from './wire-number.ts';
import { microseconds, readTime, scanTime, WireTime } from './wire-time.ts';
import { isArray } from './wire-value.ts';

const BUY = ascii(',"b","');
const SELL = ascii(',"s","');
const MARKET = 0x6d;
const LIMIT = 0x6c;
/** After the letter of the order type: its closing quote, and an empty `misc`. */
const NO_MISC = ascii('",""]');

const F = TRADE.field;

/**
 * Channel `trade`: `[[price, volume, time, side, orderType, misc], …]`, oldest first. There is no trade id.
 *
 * Whether the first message after a subscription is history cannot be told from the message, and the
 * documentation and recordings disagree on whether history is sent; so no trade is flagged as history.
 * Source: docs.kraken.com/exchange/api-reference/spot-websocket-v1/trade, read 2026-05-27.
 */
export class TradeChannel {
  readonly #sink: RecordSink;
  readonly #price = new ScannedDecimal();
  readonly #qty = new ScannedDecimal();
  readonly #time = new WireTime();
  #side: Side = SIDE.unknown;
  #orderType: OrderType = ORDER_TYPE.unknown;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Reads the payload `bytes[start..end)`. @returns false where it is not exactly the hot shape. */
  scan(bytes: Uint8Array, start: number, end: number, instrument: InstrumentId): boolean {
    if (bytes[start] !== BYTE.openBracket) return false;
    let at = start;
    do {
      at = this.#scanTrade(bytes, at + 1);
      if (at < 0) return false;
      this.#write(instrument);
    } while (bytes[at] === BYTE.comma && at < end);
    return bytes[at] === BYTE.closeBracket && at + 1 === end;
  }

  /** @returns what is wrong with the payload, or an empty text. */
  read(payload: JsonValue | undefined, instrument: InstrumentId): string {
    if (!isArray(payload)) return 'trades are not an array';
    for (const trade of payload) {
      if (!isArray(trade)) return 'a trade is not an array';
      const wrong = this.#readTrade(trade);
      if (wrong !== '') return wrong;
      this.#write(instrument);
    }
    return '';
  }

  #scanTrade(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== BYTE.openBracket) return -1;
    let at = scanQuoted(bytes, start + 1, BYTE.comma, this.#price);
    if (at < 0) return -1;
    at = scanQuoted(bytes, at, BYTE.comma, this.#qty);
    if (at < 0) return -1;
    at = scanTime(bytes, at, this.#time);
    if (at < 0) return -1;
    const buy = skipLiteral(bytes, at, BUY);
    this.#side = buy >= 0 ? SIDE.buy : SIDE.sell;
    at = buy >= 0 ? buy : skipLiteral(bytes, at, SELL);
    if (at < 0) return -1;
    if (bytes[at] === LIMIT) this.#orderType = ORDER_TYPE.limit;
    else if (bytes[at] === MARKET) this.#orderType = ORDER_TYPE.market;
    else return -1;
    return skipLiteral(bytes, at + 1, NO_MISC);
  }

  #readTrade(trade: readonly JsonValue[]): string {
    const [price, qty, time, side, orderType, misc] = trade;
    if (!readQuoted(price, this.#price)) return 'the price of a trade is no number';
    if (!readQuoted(qty, this.#qty)) return 'the volume of a trade is no number';
    if (!readTime(time, this.#time)) return 'the time of a trade is no time';
    if (side === 'b') this.#side = SIDE.buy;
    else if (side === 's') this.#side = SIDE.sell;
    else return 'the side of a trade is neither b nor s';
    if (typeof orderType !== 'string' || typeof misc !== 'string') return 'a trade is incomplete';
    if (orderType === 'l') this.#orderType = ORDER_TYPE.limit;
    else if (orderType === 'm') this.#orderType = ORDER_TYPE.market;
    else this.#orderType = ORDER_TYPE.unknown;
    return '';
  }

  #write(instrument: InstrumentId): void {
    const sink = this.#sink;
    const at = sink.claim(TRADE.typeId, TRADE.size);
    const view = sink.view;
    F.instrument.set(view, at, instrument);
    F.exchangeAtUs.set(view, at, microseconds(this.#time));
    F.sequence.set(view, at, NONE);
    F.price.set(view, at, this.#price.value);
    F.qty.set(view, at, this.#qty.value);
    F.side.set(view, at, this.#side);
    F.orderType.set(view, at, this.#orderType);
    F.priceDecimals.set(view, at, this.#price.decimals);
    F.qtyDecimals.set(view, at, this.#qty.decimals);
    F.reserved.set(view, at, 0);
    sink.commit(TRADE.size);
  }
}
