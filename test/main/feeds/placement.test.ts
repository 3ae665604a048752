import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Feed } from '../../../src/main/feeds/feed.ts';
import { InstrumentRegistry } from '../../../src/main/feeds/instrument-registry.ts';
import { type Placement, ShardedFeed } from '../../../src/main/feeds/placement.ts';
import type { Subscription } from '../../../src/shared/contract.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { type FeedId, NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { idleFeed } from '../../support/idle-feed.ts';

const FEED = 0 as FeedId;

class Rig {
  readonly registry = new InstrumentRegistry();
  readonly made: Feed[] = [];
  readonly sharded: ShardedFeed;

  constructor(subscriptionsPerConnection: number, connections = Number.POSITIVE_INFINITY) {
    this.sharded = new ShardedFeed('kraken#0', { subscriptionsPerConnection, connections }, (names) => {
      const more = names.map((name, n) =>
        idleFeed(this.made.length + n, { name, instrumentsOf: FEED, registry: this.registry }),
      );
      this.made.push(...more);
      return more;
    });
  }

  subscriptions(symbols: string, channel: Subscription['channel'] = 'trade'): Subscription[] {
    return [...symbols].map((letter) => ({
      channel,
      instrument: this.registry.intern(FEED, 'kraken', `${letter}/USD`).id,
    }));
  }

  place(symbols: string, channel?: Subscription['channel']): string[] {
    return this.told(this.sharded.place(this.subscriptions(symbols, channel)));
  }

  remove(symbols: string): string[] {
    return this.told(this.sharded.remove(this.subscriptions(symbols)));
  }

  told(placements: readonly Placement[]): string[] {
    return placements.map(
      ({ connection, subscriptions }) =>
        `${connection.name} ${subscriptions.map(({ instrument }) => this.#letter(instrument)).join('')}`,
    );
  }

  /** Whose instruments are shown where. */
  homes(): string[] {
    return this.made.map(
      ({ name, instruments }) => `${name} ${instruments.map(({ id }) => this.#letter(id)).join('')}`,
    );
  }

  #letter(instrument: Subscription['instrument']): string {
    return this.registry.get(instrument)?.symbol[0] ?? '*';
  }
}

test('what fits is placed on one connection with the name of the feed', () => {
  const rig = new Rig(3);
  assert.deepEqual(rig.place('abc'), ['kraken#0 abc']);
});

test('more is split, over connections named after the feed, and later ones go on from there', () => {
  const rig = new Rig(2);
  assert.deepEqual(rig.place('abcd'), ['kraken#0 ab', 'kraken#0.1 cd']);
  assert.deepEqual(rig.place('e'), ['kraken#0.2 e']);
});

test('what is placed already stays and is asked for again, beside what is new', () => {
  const rig = new Rig(2);
  rig.place('abc');
  assert.deepEqual(rig.place('cad'), ['kraken#0 a', 'kraken#0.1 cd']);
});

test('what is removed is told where it is, makes room, and is shown where it went last', () => {
  const rig = new Rig(2);
  rig.place('abcd');
  assert.deepEqual(rig.remove('adz'), ['kraken#0 a', 'kraken#0.1 d']);
  assert.deepEqual(rig.homes(), ['kraken#0 ab', 'kraken#0.1 cd']);
  assert.deepEqual(rig.place('d'), ['kraken#0 d']);
  assert.deepEqual(rig.homes(), ['kraken#0 abd', 'kraken#0.1 c']);
});

test('a symbol with more channels than fit is shown on both connections', () => {
  const rig = new Rig(2);
  rig.place('ab');
  assert.deepEqual(rig.place('b', 'book'), ['kraken#0.1 b']);
  assert.deepEqual(rig.homes(), ['kraken#0 ab', 'kraken#0.1 b']);
});

test('a connection that is over has no room, and what it had may be placed elsewhere', () => {
  const rig = new Rig(2);
  rig.place('abcd');
  rig.remove('c');
  rig.made[0]!.end();
  assert.deepEqual(rig.place('ab'), ['kraken#0.1 a', 'kraken#0.2 b']);
  assert.deepEqual(rig.homes(), ['kraken#0 ', 'kraken#0.1 cda', 'kraken#0.2 b']);
  assert.equal(rig.sharded.over, false);
});

test('a connection that hears of the whole venue knows the instruments of all, and is told of new ones', () => {
  const rig = new Rig(2);
  rig.place('ab');
  rig.sharded.place([{ channel: 'instrument', instrument: NO_INSTRUMENT }]);
  assert.deepEqual(rig.place('a'), ['kraken#0 a', 'kraken#0.1 ']);
  assert.deepEqual(
    rig.made.map(({ known }) => known.map(({ symbol }) => symbol)),
    [
      ['a/USD', 'b/USD'],
      ['a/USD', 'b/USD'],
    ],
  );
});

test('where the venue does not allow as many connections, nothing is changed', () => {
  const rig = new Rig(2, 2);
  rig.place('abc');
  assert.throws(() => rig.place('def'), MisuseError);
  assert.deepEqual(rig.homes(), ['kraken#0 ab', 'kraken#0.1 c']);
});
