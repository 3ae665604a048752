// Trades and checked books of two pairs. RINGFEED_URL may name another endpoint, e.g. `ringfeed simulate`.
import { openFeeds } from 'ringfeed';

const feeds = await openFeeds({
  feeds: [
    {
      exchange: 'kraken',
      symbols: ['BTC/USD', 'ETH/USD'],
      channels: ['trade', { name: 'book', depth: 10 }],
      url: process.env['RINGFEED_URL'],
    },
  ],
});

await feeds.run({
  onTrade: (t) => console.log(`${t.symbol} ${t.side} ${t.qtyText} @ ${t.priceText}`),
  onBook: (b) =>
    console.log(`${b.symbol} ${b.snapshot ? 'snapshot' : 'update'} ${b.bidCount}+${b.askCount} levels`),
  onStatus: (s) => console.log(`${s.symbol} ${s.status} ${s.detail}`),
  onGap: (g) => console.log(`gap: ${g.fault}`),
});
