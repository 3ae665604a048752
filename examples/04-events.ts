// Plain objects to keep, for programs where convenience matters more than allocation.
import { openFeeds } from 'ringfeed';

await using feeds = await openFeeds({
  feeds: [
    {
      exchange: 'kraken',
      symbols: ['BTC/USD'],
      channels: ['trade', 'ticker'],
      url: process.env['RINGFEED_URL'],
    },
  ],
});

const trades = [];
for await (const event of feeds.events()) {
  if (event.type !== 'trade') continue;
  trades.push(event);
  if (trades.length === 20) break;
}
console.log(`kept ${trades.length} trades, the last at ${trades.at(-1)!.price}`);
