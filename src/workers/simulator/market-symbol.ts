import { Candles } from './candles.ts';
import { LOTS_MAX, LOTS_PER_UNIT } from './decimal-text.ts';
import type { Ladder } from './ladder.ts';
import type { Listing } from './market.ts';
import type { MarketPair } from './market-pairs.ts';
import type { Random } from './random.ts';
import { type Change, type Side, SimulatedBook } from './simulated-book.ts';

export interface Trade {
  readonly id: number;
  readonly tick: number;
  readonly lots: number;
  /** The taker's side. */
  readonly side: 'buy' | 'sell';
  readonly orderType: 'market' | 'limit';
  /** µs since the Unix epoch. */
  readonly time: number;
}

/** Sums over a day, as a ticker shows them. Prices in ticks, volume in base units. */
export interface DayStatistics {
  open: number;
  high: number;
  low: number;
  last: number;
  lastLots: number;
  volume: number;
  turnover: number;
  trades: number;
}

/** Snapshots of trades hold this many. */
const TRADES_KEPT = 50;
/** The deepest window of the venue: what lies beyond it is nobody's business. */
const DEPTH_MAX = 1000;
/** More levels than one message removes: a side is filled up before the deepest window sees its end. */
const REPLENISH_MARGIN = 50;
/** Ids have nine digits and keep them, so that a block's ids can be raised in place. */
const FIRST_TRADE_ID = 100_000_000;

/** One symbol: its book, its trades, and what moves them. Takes chance and time as arguments of its maker. */
export class MarketSymbol {
  readonly pair: MarketPair;
  /** As the venue spells it. */
  readonly venueSymbol: string;
  /** Row in the market. */
  readonly index: number;
  readonly decimals: number;
  /** Zeros the venue prints behind the decimals of a price. */
  readonly zeros: string;
  readonly book: SimulatedBook;
  readonly day: DayStatistics;
  nextTradeId: number;
  /** Id of the first trade that is no part of the past made up at the beginning. */
  readonly firstTradeId: number;
  readonly #trades: Trade[] = [];
  readonly #candles = new Map<number, Candles>();
  readonly #random: Random;
  readonly #now: () => number;
  readonly #levels: number;
  /** Ticks the price is drawn back to, and how far it may stray before it is. */
  readonly #home: number;
  readonly #band: number;
  /** Mean distance between levels, in ticks. */
  readonly #spacing: number;

  constructor(
    { pair, index, venueSymbol, zeros }: Listing,
    levels: number,
    random: Random,
    now: () => number,
  ) {
    this.pair = pair;
    this.index = index;
    this.venueSymbol = venueSymbol;
    this.zeros = zeros;
    this.decimals = pair.priceDecimals;
    this.book = new SimulatedBook(zeros);
    this.#random = random;
    this.#now = now;
    this.#levels = levels;
    this.#home = Math.round(pair.price * 10 ** pair.priceDecimals);
    this.#band = Math.max(20, this.#home * 0.01);
    this.#spacing = Math.max(1, Math.min((this.#home * 0.2) / levels, this.#home * 0.00003));
    this.nextTradeId = FIRST_TRADE_ID + random.below(1_000_000) * 100;
    const home = this.#home;
    const volume = pair.qty * (1000 + random.below(4000));
    this.day = {
      open: home - random.below(Math.ceil(home * 0.01)),
      high: home + random.below(Math.ceil(home * 0.02)),
      low: home - Math.ceil(home * 0.01) - random.below(Math.ceil(home * 0.01)),
      last: home,
      lastLots: this.randomLots(),
      volume,
      turnover: volume * (home - random.below(Math.ceil(home * 0.005))),
      trades: 1000 + random.below(20_000),
    };
    this.#fillBook();
    this.#fillTrades();
    this.firstTradeId = this.nextTradeId;
  }

  side(side: Side): Ladder {
    return this.book[side];
  }

  get bestBid(): number {
    return this.book.bids.tick(0);
  }

  get bestAsk(): number {
    return this.book.asks.tick(0);
  }

  /** The last trades, oldest first. Their ids end just before the next one's. */
  get trades(): readonly Trade[] {
    const first = this.nextTradeId - this.#trades.length;
    return this.#trades.map((trade, n) => ({ ...trade, id: first + n }));
  }

  candles(intervalMinutes: number): Candles {
    let candles = this.#candles.get(intervalMinutes);
    if (candles === undefined) {
      const { pair, day } = this;
      candles = new Candles(intervalMinutes, day.last, pair.qty, this.#now(), this.#random);
      this.#candles.set(intervalMinutes, candles);
    }
    return candles;
  }

  /**
   * Changes of one book message, mostly one, within the best `reach` levels of a side. Now and then both
   * sides, the same price twice, or a level that moves.
   */
  bookChanges(reach: number): Change[] {
    const random = this.#random;
    const side: Side = random.chance(0.5) ? 'bids' : 'asks';
    const changes = [this.#change(side, reach, true)];
    const draw = random.next();
    if (draw < 0.03) changes.push(this.#change(side === 'bids' ? 'asks' : 'bids', reach, false));
    else if (draw < 0.05) changes.push({ ...changes[0]!, lots: this.randomLots() });
    else if (draw < 0.12) changes.push(this.#change(side, reach, false));
    return changes;
  }

  /** Trades that hit the best levels, several where more than one level is taken. The book is not changed yet. */
  takeLiquidity(): { trades: Trade[]; changes: Change[] } {
    const random = this.#random;
    const buy = random.chance(0.5 - 0.4 * this.#pressure());
    const side: Side = buy ? 'asks' : 'bids';
    const ladder = this.side(side);
    const trades: Trade[] = [];
    const changes: Change[] = [];
    // A short side keeps its levels: their quantity shrinks, they do not go.
    const reach = Math.max(1, Math.min(random.chance(0.85) ? 1 : 2 + random.below(3), ladder.size - 3));
    for (let rank = 0; rank < reach; rank++) {
      const whole = ladder.lots(rank);
      const partly = rank === reach - 1 && (ladder.size <= 3 || random.chance(0.8));
      const lots = partly && whole > 1 ? Math.max(1, Math.floor(whole * random.next() * 0.9)) : whole;
      const tick = ladder.tick(rank);
      trades.push(this.#trade(tick, lots, buy ? 'buy' : 'sell'));
      changes.push({ side, tick, lots: whole - lots, time: this.#now() });
    }
    return { trades, changes };
  }

  /** A trade at the best price that leaves the book as it is, as if the level were filled up at once. */
  touch(): Trade {
    const buy = this.#random.chance(0.5);
    const ladder = this.side(buy ? 'asks' : 'bids');
    const lots = Math.ceil(ladder.lots(0) * this.#random.next());
    return this.#trade(ladder.tick(0), lots, buy ? 'buy' : 'sell');
  }

  /** Fills up a book that ran short beyond what anybody sees, and forgets what lies far out. */
  replenish(): void {
    if (this.#levels < DEPTH_MAX + REPLENISH_MARGIN) return;
    for (const side of ['bids', 'asks'] as const) {
      const ladder = this.side(side);
      if (ladder.size >= DEPTH_MAX + REPLENISH_MARGIN && ladder.size <= this.#levels + 500) continue;
      const changes: Change[] = [];
      // Never among the levels somebody may see.
      let tick = ladder.tick(ladder.size - 1);
      for (let n = ladder.size; n < this.#levels; n++) {
        tick -= ladder.direction * this.#gap();
        if (tick < 1) break;
        changes.push({ side, tick, lots: this.randomLots(), time: this.#now() });
      }
      this.book.replenish(changes, this.#levels + 200);
    }
  }

  randomLots(): number {
    const lots = Math.ceil(this.pair.qty * LOTS_PER_UNIT * this.#random.exponential());
    // Round quantities are common on a venue and end in zeros on the wire.
    const round = this.#random.chance(0.25) ? 10 ** Math.max(1, Math.floor(Math.log10(lots)) - 1) : 1;
    return Math.min(LOTS_MAX, Math.max(1, Math.floor(lots / round) * round));
  }

  #trade(tick: number, lots: number, side: 'buy' | 'sell'): Trade {
    const { day } = this;
    const time = this.#now();
    const orderType = this.#random.chance(0.5) ? 'market' : 'limit';
    const trade: Trade = { id: this.nextTradeId++, tick, lots, side, orderType, time };
    const qty = lots / LOTS_PER_UNIT;
    day.last = tick;
    day.lastLots = lots;
    day.high = Math.max(day.high, tick);
    day.low = Math.min(day.low, tick);
    day.volume += qty;
    day.turnover += qty * tick;
    day.trades++;
    for (const candles of this.#candles.values()) candles.trade(tick, qty, time);
    this.#trades.push(trade);
    if (this.#trades.length > TRADES_KEPT) this.#trades.shift();
    return trade;
  }

  /** @param mayImprove Whether the best price may get better: two sides that both do might cross. */
  #change(side: Side, reach: number, mayImprove: boolean): Change {
    const random = this.#random;
    const ladder = this.side(side);
    const time = this.#now();
    const draw = random.next() ** 3;
    const rank = Math.min(Math.floor(reach * draw), ladder.size - 1);
    const tick = ladder.tick(rank);
    const change = (at: number, lots: number): Change => ({ side, tick: at, lots, time });
    const action = random.next();
    if (ladder.size > this.#levels * 1.5) return change(ladder.tick(ladder.size - 1), 0);
    // 1: too crowded near the top, removals are due; 0: too thin, additions are.
    const crowded = this.#crowding(ladder);
    const leaves = 0.5 + 0.5 * this.#pressure() * (side === 'bids' ? 1 : -1);
    const isWide = mayImprove && this.bestAsk - this.bestBid > 1 + 2 * this.#spacing;
    if (isWide && random.chance(0.5 * (1 - leaves))) {
      const inside = this.#insideSpread(side);
      if (inside !== undefined) return change(inside, this.randomLots());
    }
    if (action < 0.5 * crowded && ladder.size > 3 && (rank > 0 || random.chance(leaves)))
      return change(tick, 0);
    if (action > 0.5 + 0.5 * crowded) {
      const inside =
        mayImprove && rank === 0 && random.chance(1 - leaves) ? this.#insideSpread(side) : undefined;
      if (inside !== undefined) return change(inside, this.randomLots());
      const behind = this.#behind(ladder, rank, reach);
      if (behind !== undefined) return change(behind, this.randomLots());
    }
    return change(tick, this.#otherLots(ladder.lots(rank)));
  }

  /** 0 … 1: how close the best levels are to each other, 0.5 where they are as far apart as usual. */
  #crowding(ladder: Ladder): number {
    const levels = Math.min(10, ladder.size - 1);
    const span = Math.abs(ladder.tick(0) - ladder.tick(levels));
    const usual = levels * this.#spacing;
    return usual / (usual + span);
  }

  /** A price better than the best, if the spread has room for one. */
  #insideSpread(side: Side): number | undefined {
    const room = this.bestAsk - this.bestBid - 1;
    if (room < 1) return undefined;
    const step = 1 + this.#random.below(Math.min(room, Math.ceil(this.#spacing * 2)));
    return side === 'bids' ? this.bestBid + step : this.bestAsk - step;
  }

  /** A free price between this level and the next worse one, within reach. */
  #behind(ladder: Ladder, rank: number, reach: number): number | undefined {
    if (rank + 1 >= reach) return undefined;
    const tick = ladder.tick(rank);
    const gap = rank + 1 < ladder.size ? Math.abs(tick - ladder.tick(rank + 1)) : 1 + this.#gap();
    if (gap < 2) return undefined;
    const at = tick - ladder.direction * (1 + this.#random.below(gap - 1));
    return at < 1 ? undefined : at;
  }

  #otherLots(lots: number): number {
    const other = this.randomLots();
    return other === lots ? lots + 1 : other;
  }

  /** -1 … 1: how far the price strayed above (or below) home. */
  #pressure(): number {
    const middle = (this.bestBid + this.bestAsk) / 2;
    return Math.max(-1, Math.min(1, (middle - this.#home) / this.#band));
  }

  #gap(): number {
    return 1 + Math.floor(this.#random.exponential() * (this.#spacing - 1));
  }

  #fillBook(): void {
    for (const side of ['bids', 'asks'] as const) {
      const ladder = this.side(side);
      const now = this.#now();
      const levels: { tick: number; lots: number; time: number }[] = [];
      let tick = this.#home + (side === 'asks' ? 1 : 0);
      while (levels.length < this.#levels && tick >= 1) {
        const time = now - this.#random.below(60_000_000);
        levels.push({ tick, lots: this.randomLots(), time });
        tick -= ladder.direction * this.#gap();
      }
      // From the worst on, because adding at the best end moves nothing.
      for (const level of levels.reverse()) ladder.set(level.tick, level.lots, level.time);
    }
  }

  #fillTrades(): void {
    const now = this.#now();
    for (let n = TRADES_KEPT; n > 0; n--) {
      const side = this.#random.chance(0.5) ? 'buy' : 'sell';
      this.#trades.push({
        id: this.nextTradeId++,
        tick: side === 'buy' ? this.bestAsk : this.bestBid,
        lots: this.randomLots(),
        side,
        orderType: this.#random.chance(0.5) ? 'market' : 'limit',
        time: now - n * 250_000,
      });
    }
  }
}
