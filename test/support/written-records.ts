/** One record of every kind in a ring, with a different value in every field. */

import type { NameSource } from '../../src/main/strategy/record-view.ts';
import { FAULTS, type FaultCode } from '../../src/shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../src/shared/faults/status-catalogue.ts';
import {
  aligned,
  type Fields,
  type RecordLayout,
  type Values,
} from '../../src/shared/layout/define-record.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../src/shared/records/book.ts';
import { CANDLE } from '../../src/shared/records/candle.ts';
import { GAP } from '../../src/shared/records/gap.ts';
import { INSTRUMENT, PAIR_STATE } from '../../src/shared/records/instrument.ts';
import { QUOTE } from '../../src/shared/records/quote.ts';
import { RAW } from '../../src/shared/records/raw.ts';
import { FLAG, type HEADER_FIELDS } from '../../src/shared/records/record-header.ts';
import { STATUS } from '../../src/shared/records/status.ts';
import { TICKER } from '../../src/shared/records/ticker.ts';
import { ORDER_TYPE, SIDE, TRADE } from '../../src/shared/records/trade.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { RING_FULL, RingWriter } from '../../src/shared/ring/ring-writer.ts';
import type { ExchangeUs, FeedId, InstrumentId, MonotonicNs } from '../../src/shared/units.ts';

/** Names for feed 1 and instrument 5, which every record here has unless it says otherwise. */
export const NAMES: NameSource = {
  symbolOf: (instrument) => (instrument === 5 ? 'BTC/USD' : ''),
  venueSymbolOf: (instrument) => (instrument === 5 ? 'XBT/USD' : ''),
  exchangeOf: (feed) => (feed === 1 ? 'kraken-v1' : 'kraken'),
  feedNameOf: (feed) => `feed#${feed}`,
};

/** What `baseOf` gives for the header below. */
export const BASE = {
  exchange: 'kraken-v1',
  feed: 'feed#1',
  symbol: 'BTC/USD',
  venueSymbol: 'XBT/USD',
  epoch: 7,
  time: 1_785_649_411_562.123,
  received: 123_456_789,
} as const;

export class WrittenRing {
  readonly ring: SharedArrayBuffer;
  readonly reader: RingReader;
  readonly #writer: RingWriter;

  constructor(bytes = 65_536) {
    this.ring = createRing(bytes);
    this.reader = new RingReader(this.ring);
    this.#writer = new RingWriter(this.ring);
  }

  /** Fields that are not given are zero. */
  write<F extends Fields & typeof HEADER_FIELDS>(
    layout: RecordLayout<F>,
    values: Partial<Values<F>>,
    tail: Uint8Array = new Uint8Array(0),
  ): void {
    const bytes = layout.size + aligned(tail.length);
    const at = this.#writer.tryClaim(bytes);
    if (at === RING_FULL) throw new Error('the ring of this test is too small');
    const { view } = this.#writer;
    for (let i = 0; i < bytes; i++) view.setUint8(at + i, 0);
    const header = {
      bytes,
      typeId: layout.typeId,
      flags: 0,
      feed: 1 as FeedId,
      instrument: 5 as InstrumentId,
      epoch: 7,
      receivedAtNs: 123_456_789 as MonotonicNs,
      exchangeAtUs: 1_785_649_411_562_123 as ExchangeUs,
      sequence: -1,
    };
    for (const [key, value] of Object.entries({ ...header, ...values }))
      layout.field[key]!.set(view, at, value as never);
    tail.forEach((byte, i) => {
      view.setUint8(at + layout.size + i, byte);
    });
    this.#writer.commit(bytes);
    this.#writer.publish();
  }

  trade(values: object = {}): void {
    this.write(TRADE, {
      price: 64746,
      priceDecimals: 1,
      qty: 0.00037,
      qtyDecimals: 8,
      side: SIDE.sell,
      orderType: ORDER_TYPE.limit,
      sequence: 4665906,
      ...values,
    });
  }

  ticker(values: object = {}): void {
    this.write(TICKER, {
      bid: 1.5,
      bidQty: 2.5,
      ask: 3.5,
      askQty: 4.5,
      last: 5.5,
      volume: 6.5,
      vwap: 7.5,
      low: 8.5,
      high: 9.5,
      change: -10.5,
      changePct: Number.NaN,
      turnover: 12.5,
      bidDecimals: 1,
      bidQtyDecimals: 2,
      askDecimals: 3,
      askQtyDecimals: 4,
      lastDecimals: 5,
      volumeDecimals: 6,
      vwapDecimals: 7,
      lowDecimals: 8,
      highDecimals: 9,
      changeDecimals: 10,
      turnoverDecimals: 12,
      ...values,
    });
  }

  quote(): void {
    this.write(QUOTE, {
      bid: 1.5,
      bidQty: 2.5,
      ask: 3.5,
      askQty: 4.5,
      bidDecimals: 1,
      bidQtyDecimals: 2,
      askDecimals: 3,
      askQtyDecimals: 4,
    });
  }

  candle(): void {
    this.write(CANDLE, {
      flags: FLAG.snapshot,
      beginUs: 1_785_649_380_000_000 as ExchangeUs,
      open: 1.5,
      high: 2.5,
      low: 3.5,
      close: 4.5,
      vwap: 5.5,
      volume: 6.5,
      trades: 77,
      intervalMinutes: 15,
      openDecimals: 1,
      highDecimals: 2,
      lowDecimals: 3,
      closeDecimals: 4,
      vwapDecimals: 5,
      volumeDecimals: 6,
    });
  }

  instrument(values: object = {}, symbol = 'ETH/EUR'): void {
    this.write(
      INSTRUMENT,
      {
        priceIncrement: 0.01,
        qtyIncrement: 0.0001,
        qtyMin: 0.5,
        costMin: Number.NaN,
        pricePrecision: 2,
        qtyPrecision: 4,
        priceIncrementDecimals: 2,
        qtyIncrementDecimals: 4,
        qtyMinDecimals: 3,
        state: PAIR_STATE.post_only,
        symbolBytes: symbol.length,
        ...values,
      },
      Buffer.from(symbol, 'latin1'),
    );
  }

  status(detail = 'Zoë says 1013', value = 1013): void {
    const bytes = Buffer.from(detail);
    this.write(
      STATUS,
      { code: STATUSES.disconnected.id, fault: FAULTS.SERVER_CLOSED.id, detailBytes: bytes.length, value },
      bytes,
    );
  }

  gap(missed = 12, fault: FaultCode = FAULTS.RING_FULL.id): void {
    this.write(GAP, {
      fromNs: 99 as MonotonicNs,
      droppedTrades: 1,
      droppedCandles: 2,
      droppedOther: 3,
      conflated: 4,
      missed,
      fault,
    });
  }

  raw(): void {
    this.write(RAW, { payloadBytes: 2, opcode: 1 }, Buffer.from('{}'));
  }

  book(
    bids: readonly Level[],
    asks: readonly Level[],
    { flags = FLAG.snapshot as number, checksum = undefined as number | undefined, depth = 10 } = {},
  ): void {
    const levels = [...bids, ...asks];
    const tail = Buffer.alloc(bookBytes(levels.length) - BOOK.size);
    levels.forEach(([price, qty, priceDecimals, qtyDecimals], n) => {
      tail.writeDoubleLE(price, n * LEVEL_BYTES);
      tail.writeDoubleLE(qty, n * LEVEL_BYTES + 8);
      tail.writeUInt8(priceDecimals, levels.length * LEVEL_BYTES + n * 2);
      tail.writeUInt8(qtyDecimals, levels.length * LEVEL_BYTES + n * 2 + 1);
    });
    this.write(
      BOOK,
      {
        flags,
        depth,
        checksum: checksum ?? 0,
        hasChecksum: checksum === undefined ? 0 : 1,
        bidCount: bids.length,
        askCount: asks.length,
      },
      tail,
    );
  }
}

/** Price, quantity, and with how many decimals each was written. */
export type Level = readonly [price: number, qty: number, priceDecimals: number, qtyDecimals: number];
