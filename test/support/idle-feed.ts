import { Feed, type FeedSettings } from '../../src/main/feeds/feed.ts';
import { InstrumentRegistry } from '../../src/main/feeds/instrument-registry.ts';
import { DEFAULT_SOCKET, DEFAULT_TIMES } from '../../src/main/options/open-options.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import type { FeedId } from '../../src/shared/units.ts';
import { VENUES } from '../../src/shared/venues/venue-catalogue.ts';

const doorbellMemory = Doorbell.memory();
const shared = {
  exchange: 'kraken',
  url: 'ws://127.0.0.1:9/',
  overflow: 'conflate',
  ringBytes: 65_536,
  times: DEFAULT_TIMES,
  limits: VENUES.kraken.limits,
  lines: 1,
  socket: DEFAULT_SOCKET,
  seed: 1,
  symbolCounters: SymbolCounters.memory(),
  doorbellMemory,
  doorbell: new Doorbell(doorbellMemory),
} as const;

/** A connection that stays at rest in whichever worker it is, and connects to nothing. */
export const idleFeed = (id: number, settings: Partial<FeedSettings> = {}): Feed =>
  new Feed({
    ...shared,
    registry: new InstrumentRegistry(),
    plan: { autoStart: false },
    ...settings,
    id: id as FeedId,
  });
