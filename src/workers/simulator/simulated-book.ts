import { crc32 } from 'node:zlib';
import { Ladder } from './ladder.ts';

export type Side = 'bids' | 'asks';

/** One change of one level. */
export interface Change {
  readonly side: Side;
  readonly tick: number;
  /** 0 removes the level. */
  readonly lots: number;
  /** When, in µs since the Unix epoch. */
  readonly time: number;
}

/** A level as an update sends it. */
export interface SentLevel extends Change {
  /** What the level had before; 0 where there was none. */
  readonly before: number;
  /** True where the level did not change and only came back into the window; its time is old. */
  readonly republished: boolean;
}

/** What one message sends to subscribers of one depth. */
export class Window {
  readonly depth: number;
  readonly levels: SentLevel[] = [];
  // Levels that entered a side in this message. Others fell out for them, and a client that cuts its book
  // only at the end of the message still holds those.
  readonly entered = { bids: 0, asks: 0 };

  constructor(depth: number) {
    this.depth = depth;
  }
}

/** One book message in all depths somebody subscribes to. */
export interface BookUpdate {
  /** True where somebody is sent anything. */
  readonly isShown: boolean;
  readonly windows: readonly Window[];
  /** The changes that undo this update, in the order to make them. */
  readonly undo: readonly Change[];
  /** True where a checksum over the best ten levels notices when this update is missing. */
  readonly touchesTop: boolean;
}

const CHECKED_LEVELS = 10;

/** A book, its windows as Kraken cuts them, and its checksum, by zlib and not by the runtime's own code. */
export class SimulatedBook {
  readonly bids = new Ladder(1);
  readonly asks = new Ladder(-1);
  /** Number of the state that was shown last, and of the one shown before it, for venues that count these. */
  id = 1;
  lastId = 0;
  readonly #zeros: string;
  // Digits of the best ten levels, until a change touches them.
  #digits: { bids: string | undefined; asks: string | undefined } = { bids: undefined, asks: undefined };

  /** @param zeros What the venue prints behind the decimals of a price; part of the checksum's digits. */
  constructor(zeros: string) {
    this.#zeros = zeros;
  }

  /** Makes the changes, in order, and says what subscribers of each depth are sent. */
  update(changes: readonly Change[], depths: readonly number[]): BookUpdate {
    const windows = depths.map((depth) => new Window(depth));
    const undo: Change[] = [];
    let touchesTop = false;
    for (const change of changes) {
      const { side, tick, lots, time } = change;
      const ladder = this[side];
      const rank = ladder.rankOf(tick);
      const before = ladder.lotsAt(tick);
      if (before === lots) continue;
      undo.push({ side, tick, lots: before, time });
      ladder.set(tick, lots, time);
      if (rank < CHECKED_LEVELS) {
        this.#digits[side] = undefined;
        touchesTop = true;
      }
      for (const window of windows) show(window, ladder, change, rank, before);
    }
    const isShown = windows.some(({ levels }) => levels.length > 0);
    return { isShown, windows, undo: undo.reverse(), touchesTop };
  }

  /** The book as it is now is shown under this number. */
  showAs(id: number): void {
    this.lastId = this.id;
    this.id = id;
  }

  /** CRC-32 over the ten best asks, then the ten best bids: digits of price and quantity without leading zeros. */
  checksum(): number {
    this.#digits.asks ??= this.#topDigits(this.asks);
    this.#digits.bids ??= this.#topDigits(this.bids);
    return crc32(this.#digits.asks + this.#digits.bids);
  }

  /** Adds levels nobody sees, or drops them: no update is due for what lies beyond the deepest window. */
  replenish(changes: readonly Change[], size: number): void {
    for (const { side, tick, lots, time } of changes) this[side].set(tick, lots, time);
    this.bids.truncate(size);
    this.asks.truncate(size);
    this.#digits = { bids: undefined, asks: undefined };
  }

  #topDigits(ladder: Ladder): string {
    let digits = '';
    const end = Math.min(ladder.size, CHECKED_LEVELS);
    for (let rank = 0; rank < end; rank++) digits += ladder.tick(rank) + this.#zeros + ladder.lots(rank);
    return digits;
  }
}

/** Adds to a window what its subscribers must be told of a change that was just made. */
function show(window: Window, ladder: Ladder, change: Change, rank: number, before: number): void {
  const { depth, levels, entered } = window;
  const { side } = change;
  if (change.lots !== 0) {
    if (rank >= depth) return;
    levels.push({ ...change, before, republished: false });
    if (before === 0) entered[side]++;
    return;
  }
  if (rank >= depth + entered[side]) return;
  levels.push({ ...change, before, republished: false });
  // The level that takes the freed place was outside, so the client does not hold it.
  const last = depth - 1;
  if (rank > last || ladder.size < depth) return;
  levels.push({
    side,
    tick: ladder.tick(last),
    lots: ladder.lots(last),
    time: ladder.time(last),
    before: ladder.lots(last),
    republished: true,
  });
}
