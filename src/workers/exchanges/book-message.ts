import type { Level } from '../../shared/book/level.ts';
import type { ExchangeUs, InstrumentId } from '../../shared/units.ts';
import { NO_INSTRUMENT, NONE } from '../../shared/units.ts';

/** Levels of one side, as read from a message and in its order. Reused; grows when a message needs it. */
export class LevelList {
  count = 0;
  prices = new Float64Array(16);
  qtys = new Float64Array(16);
  priceDecimals = new Uint8Array(16);
  qtyDecimals = new Uint8Array(16);
  crcs = new Int32Array(16);
  crcDigits = new Uint16Array(16);

  clear(): void {
    this.count = 0;
  }

  /** Appends a level; the object is copied from and may be reused. */
  add(level: Level): void {
    if (this.count === this.prices.length) this.#grow();
    const n = this.count++;
    this.prices[n] = level.price;
    this.qtys[n] = level.qty;
    this.priceDecimals[n] = level.priceDecimals;
    this.qtyDecimals[n] = level.qtyDecimals;
    this.crcs[n] = level.crc;
    this.crcDigits[n] = level.crcDigits;
  }

  /** Fills `level` with the n-th one. */
  read(n: number, level: Level): void {
    level.price = this.prices[n]!;
    level.qty = this.qtys[n]!;
    level.priceDecimals = this.priceDecimals[n]!;
    level.qtyDecimals = this.qtyDecimals[n]!;
    level.crc = this.crcs[n]!;
    level.crcDigits = this.crcDigits[n]!;
  }

  #grow(): void {
    const length = this.prices.length * 2;
    const moved = <A extends { set(from: A): void }>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.prices = moved(this.prices, new Float64Array(length));
    this.qtys = moved(this.qtys, new Float64Array(length));
    this.priceDecimals = moved(this.priceDecimals, new Uint8Array(length));
    this.qtyDecimals = moved(this.qtyDecimals, new Uint8Array(length));
    this.crcs = moved(this.crcs, new Int32Array(length));
    this.crcDigits = moved(this.crcDigits, new Uint16Array(length));
  }
}

/** One book message of any venue, read whole before anything is done with it. Reused for every message. */
export class BookMessage {
  instrument: InstrumentId = NO_INSTRUMENT;
  snapshot = false;
  hasChecksum = false;
  /** Unsigned 32 bits, as sent. Kept as a signed integer, which V8 never boxes: compare with `| 0`. */
  checksum = 0;
  /** NaN until set, so that V8 keeps the fields unboxed. */
  exchangeAtUs = Number.NaN as ExchangeUs;
  sequence = Number.NaN;
  readonly bids = new LevelList();
  readonly asks = new LevelList();
  /** The levels are where the scanner left them, and the lists are empty. */
  scanned = false;

  /** Makes it an empty message of this instrument. */
  begin(instrument: InstrumentId, snapshot: boolean): void {
    this.instrument = instrument;
    this.snapshot = snapshot;
    this.hasChecksum = false;
    this.checksum = 0;
    this.exchangeAtUs = NONE as ExchangeUs;
    this.sequence = NONE;
    this.scanned = false;
    this.bids.clear();
    this.asks.clear();
  }
}
