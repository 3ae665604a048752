/**
 * What a bot on plain ws does with the objects of `JSON.parse`, one reader for each venue: the switch over the
 * kinds of message that stands in every such bot, and the numbers it wants, made from texts where the venue
 * sends texts. None checks anything. Bids come before asks, so that sums are equal to the last bit.
 */
import type { FloodExchange } from '../flood-plan.ts';
import { ObjectTally } from '../tally.ts';
import { takeBinance } from './binance.ts';
import { takeCoinbase } from './coinbase.ts';
import { takeGemini } from './gemini.ts';
import { takeKraken } from './kraken.ts';
import { takeKrakenV1 } from './kraken-v1.ts';
import { takePoloniex } from './poloniex.ts';
import { takePoloniexLegacy } from './poloniex-legacy.ts';

export interface MessageReader {
  /** @param message whatever `JSON.parse` made of a message of the venue. */
  take(message: unknown, tally: ObjectTally): void;
}

export const MESSAGES: Readonly<Record<FloodExchange, MessageReader>> = {
  kraken: { take: takeKraken },
  'kraken-v1': { take: takeKrakenV1 },
  binance: { take: takeBinance },
  poloniex: { take: takePoloniex },
  'poloniex-legacy': { take: takePoloniexLegacy },
  gemini: { take: takeGemini },
  coinbase: { take: takeCoinbase },
};

/** Keeps the numbers that others add up. */
class NumberList extends ObjectTally {
  readonly numbers: number[] = [];

  constructor() {
    super(Number.POSITIVE_INFINITY, 0);
  }

  override add(value: number): void {
    this.numbers.push(value);
  }
}

/** The numbers of one market message, in the order in which they are added. */
export function numbersOf(exchange: FloodExchange, text: string): readonly number[] {
  const list = new NumberList();
  MESSAGES[exchange].take(JSON.parse(text), list);
  return list.numbers;
}
