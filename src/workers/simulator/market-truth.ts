import type { StreamTruth, SymbolTruth } from '../../shared/simulator/simulator-protocol.ts';
import type { ChannelName, ExchangeName } from '../../shared/venues/venue.ts';
import type { MarketSymbol } from './market-symbol.ts';

interface StreamCount extends StreamTruth {
  count: number;
}

/** Counts every message of the market once, however many connections it is for and whatever happens to it. */
export class MarketTruth {
  readonly #exchange: ExchangeName;
  readonly #streams = new Map<MarketSymbol, StreamCount[]>();

  constructor(exchange: ExchangeName) {
    this.#exchange = exchange;
  }

  count(symbol: MarketSymbol, channel: ChannelName, size: number): void {
    let streams = this.#streams.get(symbol);
    if (streams === undefined) {
      streams = [];
      this.#streams.set(symbol, streams);
    }
    for (const stream of streams)
      if (stream.channel === channel && stream.size === size) {
        stream.count++;
        return;
      }
    streams.push({ channel, size, count: 1 });
  }

  of(symbol: MarketSymbol): SymbolTruth {
    return {
      exchange: this.#exchange,
      symbol: symbol.pair.symbol,
      trades: symbol.nextTradeId - symbol.firstTradeId,
      lastTradeId: symbol.nextTradeId - 1,
      checksum: symbol.book.checksum(),
      messages: (this.#streams.get(symbol) ?? []).map((stream) => ({ ...stream })),
    };
  }
}
