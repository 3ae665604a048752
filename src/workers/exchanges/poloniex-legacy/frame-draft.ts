import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { TYPE } from '../../../shared/records/record-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { BookMessage } from '../book-message.ts';
import { TradeDraft } from '../drafts.ts';
import type { CodecContext } from '../exchange.ts';
import type { Channels } from './channels.ts';
import type { PairChannel } from './pair-channel.ts';

/** Trades of one frame that are read before any is written; a frame has a handful. */
const TRADES_MAX = 10_000;

/**
 * What was read of one frame of a pair. It is read whole and then delivered, the book first; and both paths
 * deliver through here, so they deliver alike. Reused for every frame.
 */
export class FrameDraft {
  readonly message = new BookMessage();
  /** NaN until set, so that V8 keeps the field unboxed. */
  sequence = Number.NaN;
  isSnapshot = false;
  /** Entries of the book in this frame. */
  changes = 0;
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #trades: TradeDraft[] = [];
  #tradeCount = 0;

  constructor(context: CodecContext, channels: Channels) {
    this.#context = context;
    this.#channels = channels;
  }

  /** Makes it an empty frame of this instrument. */
  begin(instrument: InstrumentId): void {
    this.message.begin(instrument, false);
    this.isSnapshot = false;
    this.changes = 0;
    this.#tradeCount = 0;
  }

  /** Adds a trade that is still to be filled; undefined where a frame has no room for one more. */
  addTrade(): TradeDraft | undefined {
    if (this.#tradeCount === TRADES_MAX) return undefined;
    if (this.#tradeCount === this.#trades.length) this.#trades.push(new TradeDraft());
    const draft = this.#trades[this.#tradeCount++]!;
    draft.instrument = this.message.instrument;
    return draft;
  }

  deliver(pair: PairChannel): void {
    const { books, notices, sink } = this.#context;
    const { message } = this;
    pair.sequence = this.sequence;
    if (this.isSnapshot) {
      pair.begin(notices);
      this.#channels.accepted(pair);
    } else if (pair.follow(books, notices) === 'old') {
      this.#discard(pair);
      return;
    }
    if (pair.book !== undefined && this.changes > 0) {
      message.sequence = this.sequence;
      books.take(message);
    }
    if (pair.trade === undefined) return;
    for (let n = 0; n < this.#tradeCount; n++) {
      const trade = this.#trades[n]!;
      trade.write(sink);
      if (trade.tradeId >= 0) pair.newestTrade = trade.tradeId;
    }
  }

  #discard(pair: PairChannel): void {
    const { sink } = this.#context;
    if (pair.trade !== undefined && this.#tradeCount > 0)
      sink.discard(TYPE.trade, pair.instrument, FAULTS.SEQUENCE_GAP.id, this.#tradeCount);
    if (pair.book !== undefined && this.changes > 0)
      sink.discard(TYPE.book, pair.instrument, FAULTS.SEQUENCE_GAP.id, 1);
  }
}
