// A strategy that owns its thread: it blocks until there is data, and connections stay alive meanwhile.
import { openFeeds } from 'ringfeed';

const feeds = await openFeeds({
  feeds: [
    { exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: process.env['RINGFEED_URL'] },
  ],
});

let trades = 0;
let volume = 0;
const strategy = {
  onTrade(t: { qty: number }) {
    trades++;
    volume += t.qty;
  },
};

while (trades < 100) {
  feeds.waitSync(1000);
  feeds.poll(strategy, 10_000);
}
console.log(`${trades} trades, ${volume.toFixed(8)} BTC`);
await feeds.close();
