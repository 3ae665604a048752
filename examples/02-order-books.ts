// Mirrors the books of several pairs and prints the best prices once a second, until Ctrl-C.
import { OrderBook, openFeeds } from 'ringfeed';

const symbols = ['BTC/USD', 'ETH/USD', 'DOGE/USD'];
const books = new Map(symbols.map((symbol) => [symbol, new OrderBook()]));

await using feeds = await openFeeds({
  feeds: [
    {
      exchange: 'kraken',
      symbols,
      channels: [{ name: 'book', depth: 25 }],
      url: process.env['RINGFEED_URL'],
    },
  ],
});

const stop = new AbortController();
process.on('SIGINT', () => stop.abort());

const show = setInterval(() => {
  for (const [symbol, book] of books)
    console.log(
      book.isLive ? `${symbol} ${book.bestBid} / ${book.bestAsk}` : `${symbol} not to be trusted now`,
    );
}, 1000);

await feeds.run(
  {
    onBook: (b) => b.applyTo(books.get(b.symbol)!),
    // A stale book is emptied at once: no level of it is true any more.
    onStatus: (s) => {
      if (s.status === 'stale') books.get(s.symbol)?.invalidate();
      if (s.status === 'disconnected') for (const book of books.values()) book.invalidate();
    },
  },
  { signal: stop.signal },
);
clearInterval(show);
