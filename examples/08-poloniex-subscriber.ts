// Prints books, changes and trades of every pair of Poloniex's retired push API as they come, until Ctrl-C.
import { PoloniexSubscriber } from 'ringfeed/poloniex';

const subscriber = await PoloniexSubscriber.create({
  // What Poloniex had there is gone: `ringfeed simulate` stands in for both.
  apiLink: process.env['RINGFEED_URL'],
  tickersUrl: process.env['RINGFEED_TICKERS_URL'],
});
process.on('SIGINT', () => subscriber.close());

await subscriber.startSubscribe();
await subscriber.wait();
