import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import type { JsonArray, JsonValue } from '../../../shared/json/read-json.ts';
import { SIDE, type Side } from '../../../shared/records/trade.ts';
import { type ExchangeUs, NONE } from '../../../shared/units.ts';
import type { LevelList } from '../book-message.ts';
import type { CodecContext } from '../exchange.ts';
import { integerOrText, isArray, isObject, type Problem, readQuoted, textAt } from '../json-entry.ts';
import type { Channels } from './channels.ts';
import type { FrameDraft } from './frame-draft.ts';
import type { PairChannel } from './pair-channel.ts';
import { BIDS, TAKERS, US_PER_MS, US_PER_S } from './wire.ts';

/**
 * Frames of pairs: a snapshot (`i`), changes of the book (`o`) and trades (`t`), several in one. Fields are
 * read by their place, because each kind of entry got one more at its end over time.
 */
export class ColdFrames {
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #draft: FrameDraft;
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(context: CodecContext, channels: Channels, draft: FrameDraft) {
    this.#context = context;
    this.#channels = channels;
    this.#draft = draft;
  }

  read(id: number, sequence: JsonValue | undefined, payload: JsonValue | undefined): Problem {
    if (!isArray(payload)) return 'no array of entries';
    const named = nameIn(payload);
    const pair = named === undefined ? this.#channels.byId(id) : this.#channels.learn(named, id);
    if (pair === undefined) return 'a pair that was not asked for';
    const number = integerOrText(sequence);
    const problem =
      number === undefined ? 'sequence is no integer below 2^53' : this.#readEntries(pair, payload);
    if (problem !== undefined || number === undefined) {
      // A change was missed, whatever it said.
      this.#context.books.invalidate(pair.instrument, FAULTS.MESSAGE_MALFORMED.id, problem ?? '');
      return problem;
    }
    this.#draft.sequence = number;
    this.#draft.deliver(pair);
    return undefined;
  }

  #readEntries(pair: PairChannel, entries: JsonArray): Problem {
    this.#draft.begin(pair.instrument);
    for (const entry of entries) {
      if (!isArray(entry)) return 'an entry is no array';
      const problem = this.#readEntry(pair, entry);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readEntry(pair: PairChannel, entry: JsonArray): Problem {
    switch (entry[0]) {
      case 'i':
        return this.#readSnapshot(pair, entry);
      case 'o':
        return this.#readChange(entry);
      case 't':
        return this.#readTrade(entry);
      default:
        return 'an entry that is neither i, o nor t';
    }
  }

  #readSnapshot(pair: PairChannel, [, book, sentMs]: JsonArray): Problem {
    const draft = this.#draft;
    const { message } = draft;
    message.begin(pair.instrument, true);
    draft.isSnapshot = true;
    draft.changes++;
    const sides = isObject(book) ? book.get('orderBook') : undefined;
    if (!isArray(sides)) return 'a snapshot without orderBook';
    message.exchangeAtUs = timeOf(sentMs, US_PER_MS);
    return this.#readSide(sides[0], message.asks) ?? this.#readSide(sides[1], message.bids);
  }

  /** Quantities by their prices, in whatever order. */
  #readSide(side: JsonValue | undefined, levels: LevelList): Problem {
    if (!isObject(side)) return 'a side of a snapshot is no object';
    for (const [price, qty] of side) {
      const problem = this.#readLevel(price, qty, levels);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readChange([, side, price, qty, sentMs]: JsonArray): Problem {
    const { message } = this.#draft;
    const which = integerOrText(side);
    if (which === undefined || which > BIDS) return 'side of a level is neither 0 nor 1';
    const at = timeOf(sentMs, US_PER_MS);
    // Of changes sent together the latest time is the frame's.
    if (at > message.exchangeAtUs) message.exchangeAtUs = at;
    this.#draft.changes++;
    return this.#readLevel(price, qty, which === BIDS ? message.bids : message.asks);
  }

  #readLevel(price: JsonValue | undefined, qty: JsonValue | undefined, levels: LevelList): Problem {
    const level = this.#level;
    const number = this.#number;
    if (!readQuoted(price, number)) return 'price of a level is no number of zero or more';
    level.price = number.value;
    level.priceDecimals = number.decimals;
    if (!readQuoted(qty, number)) return 'size of a level is no number of zero or more';
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    levels.add(level);
    return undefined;
  }

  #readTrade([, id, taker, price, qty, seconds, sentMs]: JsonArray): Problem {
    const draft = this.#draft.addTrade();
    if (draft === undefined) return 'too many trades in one frame';
    const number = this.#number;
    draft.tradeId = integerOrText(id) ?? NONE;
    const side = sideOf(taker);
    if (side === undefined) return 'side of a trade is neither 0 nor 1';
    draft.side = side;
    if (!readQuoted(price, number)) return 'price of a trade is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(qty, number)) return 'size of a trade is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const at = timeOf(sentMs, US_PER_MS);
    draft.atUs = at === NONE ? timeOf(seconds, US_PER_S) : at;
    return undefined;
  }
}

/** Name of the pair that a frame with a snapshot tells; undefined where there is none. */
function nameIn(entries: JsonArray): string | undefined {
  for (const entry of entries)
    if (isArray(entry) && entry[0] === 'i')
      return isObject(entry[1]) ? textAt(entry[1], 'currencyPair') : undefined;
  return undefined;
}

function sideOf(taker: JsonValue | undefined): Side | undefined {
  const side = TAKERS[integerOrText(taker) ?? -1];
  return side === SIDE.unknown ? undefined : side;
}

/** A time in this unit, as a number or a text; `NONE` where there is none. */
function timeOf(value: JsonValue | undefined, unitUs: number): ExchangeUs {
  const time = integerOrText(value);
  return (time === undefined ? NONE : time * unitUs) as ExchangeUs;
}
