import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTED } from '../../src/shared/counters/feed-counters.ts';
import { durationS, later, type MonotonicNs } from '../../src/shared/units.ts';
import type { ChannelName } from '../../src/shared/venues/venue.ts';
import { ChannelWatch, type SilentChannel } from '../../src/workers/channel-watch.ts';

const TRADE = COUNTED.indexOf('trade');
const BOOK = COUNTED.indexOf('book');
const SUBSCRIBED: ReadonlySet<ChannelName> = new Set<ChannelName>(['trade', 'book']);

/** Looks every five seconds; each channel counts so many records between two looks. */
class Watched {
  readonly watch = new ChannelWatch();
  now = 0 as MonotonicNs;

  run(minutes: number, rates: { readonly trade: number; readonly book: number }): SilentChannel[] {
    const found: SilentChannel[] = [];
    for (let n = 0; n < minutes * 12; n++) {
      this.now = later(this.now, durationS(5));
      this.watch.counts[TRADE]! += rates.trade;
      this.watch.counts[BOOK]! += rates.book;
      found.push(...this.watch.look(this.now, SUBSCRIBED));
    }
    return found;
  }
}

test('a channel that stops while the others go on is found, and found again where nothing helps', () => {
  const watched = new Watched();
  assert.deepEqual(watched.run(60, { trade: 3, book: 40 }), []);
  const found = watched.run(60, { trade: 0, book: 40 });
  assert.deepEqual(found.slice(0, 2), [
    { channel: 'trade', again: false },
    { channel: 'trade', again: true },
  ]);
  assert.ok(found.every(({ channel }) => channel === 'trade'));
});

test('a channel that was helped begins anew', () => {
  const watched = new Watched();
  watched.run(60, { trade: 3, book: 40 });
  const first = watched.run(10, { trade: 0, book: 40 })[0];
  assert.deepEqual(first, { channel: 'trade', again: false });
  assert.deepEqual(watched.run(600, { trade: 3, book: 40 }), []);
  assert.deepEqual(watched.run(60, { trade: 0, book: 40 })[0], { channel: 'trade', again: false });
});

test('nothing is asked of a channel that is not subscribed', () => {
  const watched = new Watched();
  watched.run(60, { trade: 3, book: 40 });
  const { watch } = watched;
  for (let n = 0; n < 500; n++) {
    watched.now = later(watched.now, durationS(5));
    assert.deepEqual(watch.look(watched.now, new Set<ChannelName>()), []);
  }
});
