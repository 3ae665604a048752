// Hands heavy work to the compute pool, awaited outside of the callbacks, so that the loop is never held up.
import { openFeeds } from 'ringfeed';

await using feeds = await openFeeds({
  feeds: [
    { exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: process.env['RINGFEED_URL'] },
  ],
});

const prices: number[] = [];
const enough = new AbortController();
await feeds.run(
  {
    onTrade(t) {
      prices.push(t.price);
      if (prices.length === 200) enough.abort();
    },
  },
  { signal: enough.signal },
);

const data = Float64Array.from(prices);
const volatility = await feeds.compute.run<number>(new URL('./05-compute-task.js', import.meta.url), data, {
  transfer: [data.buffer],
});
console.log(`volatility of the last ${prices.length} trades: ${volatility.toExponential(3)}`);
