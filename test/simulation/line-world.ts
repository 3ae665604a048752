import { bookDigest } from '../../src/shared/book/book-digest.ts';
import { OrderBook } from '../../src/shared/book/order-book.ts';
import type { Fields, RecordLayout } from '../../src/shared/layout/define-record.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../src/shared/records/book.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../src/shared/records/record-header.ts';
import { TICKER } from '../../src/shared/records/ticker.ts';
import { TRADE } from '../../src/shared/records/trade.ts';
import type { ExchangeUs, InstrumentId, MonotonicNs } from '../../src/shared/units.ts';
import { DUE } from '../../src/workers/lines/due-queue.ts';
import { LineArbiter } from '../../src/workers/lines/line-arbiter.ts';
import { VERDICT } from '../../src/workers/lines/verdict.ts';
import { Random } from '../support/random.ts';

const MS = 1e6;
const SILENCE_MS = 120;
/** How much further behind a slow line is after each unit of time. */
const SLOWNESS = 0.6;

type Level = readonly [price: number, qty: number];

/** One thing that happened on the exchange, and the record any line makes of it. */
interface Happening {
  readonly type: number;
  readonly instrument: number;
  /** Number of it in its stream, from 0; kept in the record where identities do not look. */
  readonly index: number;
  readonly view: DataView;
}

interface Truth {
  readonly book: OrderBook;
  /** The book after each update, and its checksum. */
  readonly states: string[];
  readonly us: number[];
  lastUs: number;
  trades: Happening[];
  tickers: Happening[];
  updates: number;
}

interface Line {
  readonly slot: number;
  readonly openedAt: number;
  /** From when on the exchange sends to it. */
  subscribedAt: number;
  subscribed: boolean;
  readonly lagNs: number;
  readonly jitterNs: number;
  readonly lossPerMille: number;
  /** From the first time to the second it falls behind further and further, and then has to catch up, ns. */
  readonly slow: readonly [from: number, to: number];
  arrivesAt: number;
  readonly books: { book: OrderBook; isLive: boolean; index: number; resubscribing: boolean }[];
  alive: boolean;
}

/** What the strategy has of one stream. */
interface Heard {
  last: number;
  readonly indexes: number[];
  missing: number;
  unknownGaps: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What the venue of a world states. */
export interface LineWorldVenue {
  /** Updates of books have neither a time nor a number nor a checksum, and ids of trades leave numbers out. */
  readonly isBare?: boolean;
}

export interface LineWorldSummary {
  offered: number;
  delivered: number;
  held: number;
  snapshots: number;
  stales: number;
  rotations: number;
  losses: number;
  deaths: number;
}

/**
 * A market, lines with their own delays and losses, and a strategy that believes nothing. Lines come and go
 * by a seed. Throws an Error that names the rule that did not hold.
 */
export class LineWorld {
  readonly #chance: Random;
  readonly #arbiter: LineArbiter;
  readonly #truths: Truth[] = [];
  readonly #lines: Line[] = [];
  readonly #events: Event[] = [];
  readonly #mirrors: { book: OrderBook; index: number; isStale: boolean }[] = [];
  readonly #heard = new Map<string, Heard>();
  /** Streams of trades: every id some open line offered. */
  readonly #offeredTrades = new Map<number, Set<number>>();
  /** Tickers lost by some line while it was open. */
  readonly #lostSomewhere = new Set<string>();
  readonly #lossPerMille: number;
  readonly #depth: number;
  readonly #coarseUs: number;
  readonly #timeless: boolean;
  readonly #history: boolean;
  readonly #deadly: boolean;
  /** Updates are numbered one by one and have no checksum, and a snapshot has no time. */
  readonly #isNumbered: boolean;
  readonly #isBare: boolean;
  /** Now and then there are very many records in one message. */
  readonly #bursts: boolean;
  /** Lines may be behind for longer than the silence after which nothing more is expected, and go on speaking. */
  readonly #isSlow: boolean;
  /** Hardly any record can be held: what would have to be is missing, and told. */
  readonly #isNarrow: boolean;
  /** Whether a snapshot states the time of the last update, rather than its own. */
  readonly #snapshotOfUpdate: boolean;
  readonly #endAt: number;
  readonly summary: LineWorldSummary = {
    offered: 0,
    delivered: 0,
    held: 0,
    snapshots: 0,
    stales: 0,
    rotations: 0,
    losses: 0,
    deaths: 0,
  };
  #now = 1e9;
  /** Price in the tickers, where they have no time. */
  #last = 0;
  #order = 0;
  #handOver: { from: Line; to: Line } | undefined;

  constructor(seed: number, { isBare = false }: LineWorldVenue = {}) {
    const chance = new Random(seed * 7919 + 13);
    this.#chance = chance;
    this.#isBare = isBare;
    const lossPerMille = chance.pick([0, 0, 1, 10, 50]);
    // Nothing would tell of it.
    this.#lossPerMille = isBare ? 0 : lossPerMille;
    this.#depth = chance.percent(15) ? 25 : 10;
    this.#coarseUs = chance.percent(20) ? 5_000 : 1;
    this.#timeless = chance.percent(15);
    this.#history = chance.percent(50);
    this.#deadly = chance.percent(30);
    this.#snapshotOfUpdate = chance.percent(50);
    this.#isNumbered = chance.percent(25) && !isBare;
    this.#bursts = chance.percent(25);
    this.#isNarrow = chance.percent(15);
    this.#arbiter = new LineArbiter({
      silenceMs: SILENCE_MS,
      handOverMs: 3_000,
      numberedBooks: this.#isNumbered,
      denseTrades: !isBare,
      ...(this.#isNarrow ? { heldBytesMax: 0 } : {}),
    });
    const instruments = 1 + chance.below(2);
    for (let i = 0; i < instruments; i++) this.#addInstrument(i);
    this.#endAt = this.#now + (600 + chance.below(900)) * MS;
    const periodMs = chance.pick([4, 12, 40, 100]);
    // Where little is said nobody can tell a line that is slow from one that is silent.
    this.#isSlow = periodMs === 4 && !this.#timeless && !this.#bursts && chance.percent(40);
    for (
      let t = this.#now + 2 * MS;
      t < this.#endAt;
      t += Math.ceil(chance.below(2 * periodMs * 1000 + 1) * 1000)
    )
      this.#at(t, () => this.#happen());
  }

  run(): LineWorldSummary {
    const chance = this.#chance;
    this.#openLine(0, true);
    const plan = chance.pick(['rotate', 'pair', 'both']);
    if (plan !== 'rotate') this.#at(this.#now + chance.below(50) * MS, () => this.#openLine(1, false));
    if (plan !== 'pair') this.#planRotation(100 + chance.below(150));
    if (this.#deadly && plan !== 'rotate')
      this.#at(this.#now + (450 + chance.below(300)) * MS, () => this.#die());
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      this.#tickUntil(event.at);
      this.#now = event.at;
      event.run();
      if (this.#handOver !== undefined) this.#tryClose();
    }
    // Everything has arrived; what is held comes out by time.
    this.#tickUntil(this.#now + 10_000 * MS);
    this.#checkEnd();
    return this.summary;
  }

  #tickUntil(end: number): void {
    for (let ticks = 0; this.#arbiter.nextDeadline() <= end; ticks++) {
      this.#require(ticks < 1_000, 'a tick at its deadline moves the deadline on');
      this.#now = Math.max(this.#now, this.#arbiter.nextDeadline());
      this.#arbiter.advance(this.#now as MonotonicNs);
      this.#drain();
    }
  }

  // The exchange.

  #addInstrument(instrument: number): void {
    const truth: Truth = {
      book: new OrderBook(),
      states: [],
      us: [],
      lastUs: 0,
      trades: [],
      tickers: [],
      updates: 0,
    };
    this.#truths.push(truth);
    this.#mirrors.push({ book: new OrderBook(), index: -1, isStale: false });
    const levels = (from: number, step: number): Level[] =>
      Array.from({ length: 8 }, (_, n) => [from + n * step, 1 + this.#chance.below(9)]);
    const first = this.#bookRecord(instrument, -1, levels(99, -1), levels(101, 1), FLAG.snapshot, 1);
    truth.book.applyRecord(first, 0);
    truth.lastUs = this.#us();
    truth.states.push(stateOf(truth.book));
    truth.us.push(this.#isBare ? -1 : truth.lastUs);
  }

  #us(): number {
    const us = Math.floor(this.#now / 1000);
    return us - (us % this.#coarseUs);
  }

  /** One message of the exchange: some records of one instrument, sent to every line that is subscribed. */
  #happen(): void {
    const chance = this.#chance;
    const instrument = chance.below(this.#truths.length);
    const truth = this.#truths[instrument]!;
    const kind = chance.below(10);
    const message: Happening[] = [];
    const isBurst = this.#bursts && chance.percent(10);
    const count = isBurst ? chance.below(150) : 1 + (chance.percent(30) ? chance.below(4) : 0);
    for (let n = 0; n < count; n++) {
      if (kind < 4) message.push(this.#update(instrument, truth));
      else if (kind < 7) message.push(this.#trade(instrument, truth));
      else message.push(this.#ticker(instrument, truth));
    }
    for (const line of this.#lines) if (line.alive && line.subscribed) this.#send(line, message);
  }

  #update(instrument: number, truth: Truth): Happening {
    const chance = this.#chance;
    const isBid = chance.percent(50);
    const side = isBid ? truth.book.bids : truth.book.asks;
    const levels: Level[] = [];
    for (let n = 1 + chance.below(2); n > 0; n--) {
      const remove = side.size > 5 && chance.percent(45);
      const price = remove
        ? side.price(chance.below(side.size))
        : (isBid ? 99 : 101) + (isBid ? -1 : 1) * chance.below(14);
      levels.push([price, remove ? 0 : 1 + chance.below(3)]);
    }
    const index = ++truth.updates;
    const us = this.#isBare ? -1 : this.#us();
    // The checksum is of the book after the update, so it is applied first and stated then.
    const view = this.#bookRecord(instrument, index, isBid ? levels : [], isBid ? [] : levels, 0, us);
    truth.book.applyRecord(view, 0);
    truth.lastUs = us;
    this.#number(view, index, truth.book);
    truth.states.push(stateOf(truth.book));
    truth.us.push(us);
    return { type: TYPE.book, instrument, index, view };
  }

  #trade(instrument: number, truth: Truth): Happening {
    const index = truth.trades.length;
    const view = this.#record(TRADE, instrument, index, this.#us());
    TRADE.field.sequence.set(view, 0, 1_000 + (this.#isBare ? 3 * index : index));
    TRADE.field.price.set(view, 0, 100);
    TRADE.field.qty.set(view, 0, 1 + this.#chance.below(3));
    const trade = { type: TYPE.trade, instrument, index, view };
    truth.trades.push(trade);
    return trade;
  }

  #ticker(instrument: number, truth: Truth): Happening {
    const index = truth.tickers.length;
    const view = this.#record(TICKER, instrument, index, this.#timeless ? -1 : this.#us());
    // Without a time the same content comes twice in a row, as a price does that did not change.
    if (this.#timeless && !this.#chance.percent(15)) this.#last = this.#chance.below(2 ** 30);
    TICKER.field.last.set(
      view,
      0,
      this.#timeless ? this.#last : index % (this.#coarseUs === 1 && !this.#bursts ? 5 : 1_000),
    );
    const ticker = { type: TYPE.ticker, instrument, index, view };
    truth.tickers.push(ticker);
    return ticker;
  }

  #record<F extends Fields>(
    layout: RecordLayout<F>,
    instrument: number,
    index: number,
    us: number,
    bytes = layout.size,
  ): DataView {
    const view = new DataView(new ArrayBuffer(bytes));
    HEADER.field.bytes.set(view, 0, bytes);
    HEADER.field.typeId.set(view, 0, layout.typeId);
    HEADER.field.instrument.set(view, 0, instrument as InstrumentId);
    HEADER.field.epoch.set(view, 0, index + 1);
    HEADER.field.exchangeAtUs.set(view, 0, us as ExchangeUs);
    HEADER.field.sequence.set(view, 0, -1);
    return view;
  }

  #bookRecord(
    instrument: number,
    index: number,
    bids: readonly Level[],
    asks: readonly Level[],
    flags: number,
    us: number,
  ): DataView {
    const levels = [...bids, ...asks];
    const view = this.#record(BOOK, instrument, index, us, bookBytes(levels.length));
    BOOK.field.flags.set(view, 0, flags);
    const isChecked = !this.#isNumbered && !this.#isBare;
    BOOK.field.depth.set(view, 0, isChecked ? this.#depth : 0);
    BOOK.field.hasChecksum.set(view, 0, isChecked ? 1 : 0);
    BOOK.field.bidCount.set(view, 0, bids.length);
    BOOK.field.askCount.set(view, 0, asks.length);
    for (const [n, [price, qty]] of levels.entries()) {
      view.setFloat64(BOOK.size + n * LEVEL_BYTES, price, true);
      view.setFloat64(BOOK.size + n * LEVEL_BYTES + 8, qty, true);
    }
    return view;
  }

  #snapshotOf(book: OrderBook, instrument: number, index: number, us: number): DataView {
    const view = this.#bookRecord(
      instrument,
      index,
      book.levels('bids'),
      book.levels('asks'),
      FLAG.snapshot,
      this.#isNumbered || this.#isBare ? -1 : us,
    );
    this.#number(view, index, book);
    return view;
  }

  /** States by what a line finds out that an update is missing, or what it adds itself. */
  #number(view: DataView, index: number, book: OrderBook): void {
    if (this.#isNumbered) HEADER.field.sequence.set(view, 0, index);
    else if (this.#isBare) BOOK.field.checksum.set(view, 0, bookDigest(book.asks, book.bids) >>> 0);
    else BOOK.field.checksum.set(view, 0, checksumOf(book));
  }

  // The lines.

  #openLine(slot: number, isFirst: boolean): Line {
    const chance = this.#chance;
    const line: Line = {
      slot,
      openedAt: this.#now,
      subscribedAt: this.#now + (isFirst ? 0 : chance.below(60) * MS),
      subscribed: false,
      lagNs: (1 + chance.below(25)) * MS,
      jitterNs: chance.below(8) * MS,
      lossPerMille: this.#lossPerMille,
      slow: this.#slowTime(),
      arrivesAt: 0,
      books: this.#truths.map(() => ({
        book: new OrderBook(),
        isLive: false,
        index: -1,
        resubscribing: false,
      })),
      alive: true,
    };
    this.#arbiter.open(slot);
    this.#lines.push(line);
    this.#at(line.subscribedAt, () => {
      if (!line.alive) return;
      line.subscribed = true;
      this.#inOrder(line, () => this.#arbiter.subscribed(slot, this.#now as MonotonicNs));
      for (const [instrument, truth] of this.#truths.entries()) {
        this.#sendSnapshot(line, instrument);
        if (this.#history && truth.trades.length > 0) {
          const past = truth.trades.slice(-10).map((trade) => {
            const view = copyOf(trade.view);
            HEADER.field.flags.set(view, 0, FLAG.snapshot);
            return { ...trade, view };
          });
          this.#deliverLater(line, past);
        }
        const ticker = truth.tickers.at(-1);
        if (ticker !== undefined) this.#deliverLater(line, [ticker]);
      }
    });
    return line;
  }

  #slowTime(): readonly [from: number, to: number] {
    if (!this.#isSlow) return [0, 0];
    const from = this.#now + this.#chance.below(500) * MS;
    return [from, from + (50 + this.#chance.below(600)) * MS];
  }

  #sendSnapshot(line: Line, instrument: number): void {
    const truth = this.#truths[instrument]!;
    const us = this.#snapshotOfUpdate ? truth.lastUs : this.#us();
    const view = this.#snapshotOf(truth.book, instrument, truth.updates, us);
    this.#deliverLater(line, [{ type: TYPE.book, instrument, index: truth.updates, view }]);
  }

  #send(line: Line, message: readonly Happening[]): void {
    const kept = message.filter((each) => {
      if (this.#chance.below(1_000) >= line.lossPerMille) return true;
      this.summary.losses++;
      this.#lostSomewhere.add(`${each.type}/${each.instrument}/${each.index}`);
      return false;
    });
    if (kept.length > 0) this.#deliverLater(line, kept);
  }

  #deliverLater(line: Line, message: readonly Happening[]): void {
    this.#inOrder(line, () => this.#arrive(line, message));
  }

  /** Whatever the exchange says now arrives later, and not before what it said before. */
  #inOrder(line: Line, run: () => void): void {
    const [from, to] = line.slow;
    const behind = this.#now >= from && this.#now < to ? (this.#now - from) * SLOWNESS : 0;
    const at = Math.max(
      line.arrivesAt,
      this.#now + line.lagNs + behind + this.#chance.below(line.jitterNs + 1),
    );
    line.arrivesAt = at;
    this.#at(at, () => {
      if (line.alive) run();
    });
  }

  /** What a codec, the line's books and the publisher do with one message: read it whole, then settle it. */
  #arrive(line: Line, message: readonly Happening[]): void {
    const settled: (() => void)[] = [];
    for (const each of message) {
      const view = copyOf(each.view);
      HEADER.field.receivedAtNs.set(view, 0, this.#now as MonotonicNs);
      if (each.type === TYPE.book) this.#verify(line, each, view, settled);
      else settled.push(() => this.#offer(line, each, view));
    }
    for (const settle of settled) settle();
    this.#drain();
  }

  #verify(line: Line, each: Happening, view: DataView, settled: (() => void)[]): void {
    const own = line.books[each.instrument]!;
    const isSnapshot = (HEADER.field.flags.get(view, 0) & FLAG.snapshot) !== 0;
    if (!isSnapshot && !own.isLive) return;
    const follows = isSnapshot || each.index === own.index + 1;
    own.book.applyRecord(view, 0);
    own.index = each.index;
    const isUnchecked = this.#isNumbered || this.#isBare;
    if (isUnchecked ? follows : checksumOf(own.book) === BOOK.field.checksum.get(view, 0)) {
      if (!own.isLive) settled.push(() => this.#tellLive(line, each.instrument));
      own.isLive = true;
      own.resubscribing = false;
      settled.push(() => this.#offer(line, each, view));
      return;
    }
    settled.push(() => {
      if (this.#arbiter.bookStale(line.slot, each.instrument as InstrumentId, this.#now as MonotonicNs))
        this.#tellStale(each.instrument);
    });
    this.#resubscribe(line, each.instrument);
  }

  #resubscribe(line: Line, instrument: number): void {
    const own = line.books[instrument]!;
    own.isLive = false;
    own.book.invalidate();
    if (own.resubscribing) return;
    own.resubscribing = true;
    this.#at(this.#now + line.lagNs, () => {
      if (line.alive) this.#sendSnapshot(line, instrument);
    });
  }

  #offer(line: Line, each: Happening, view: DataView): void {
    if (!line.alive) return;
    this.summary.offered++;
    const isHistory = HEADER.field.flags.get(view, 0) !== 0;
    const verdict = this.#arbiter.offer(line.slot, view, 0);
    // History tells of trades that were given up when no line that was open had them, or before anything is known.
    const isPast = isHistory && (verdict === VERDICT.late || verdict === VERDICT.hidden);
    if (each.type === TYPE.trade && !isPast) {
      let offered = this.#offeredTrades.get(each.instrument);
      if (offered === undefined) {
        offered = new Set();
        this.#offeredTrades.set(each.instrument, offered);
      }
      offered.add(each.index);
    }
    if (verdict === VERDICT.deliver) this.#take(view);
    if (verdict === VERDICT.held) this.summary.held++;
  }

  #drain(): void {
    const { due } = this.#arbiter;
    for (let kind = due.take(); kind !== DUE.nothing; kind = due.take()) {
      const { instrument } = due;
      if (kind === DUE.record) this.#take(due.view);
      else if (kind === DUE.gap) {
        const heard = this.#of(due.typeId, instrument);
        if (Number.isNaN(due.missing)) heard.unknownGaps++;
        else heard.missing += due.missing;
      } else if (kind === DUE.stale) this.#tellStale(instrument);
      else if (kind === DUE.suspect) this.#suspect(due.line, instrument);
      else this.#writeSnapshot(due.line, instrument);
    }
  }

  #suspect(slot: number, instrument: number): void {
    const line = this.#lines.find((each) => each.slot === slot && each.alive);
    if (line !== undefined) this.#resubscribe(line, instrument);
  }

  #writeSnapshot(slot: number, instrument: number): void {
    const id = instrument as InstrumentId;
    const line = this.#lines.find((each) => each.slot === slot && each.alive);
    const own = line?.books[instrument];
    if (own === undefined || !own.isLive) {
      this.#arbiter.bookWritten(slot, id, false);
      return;
    }
    const isAnnounced = this.#arbiter.isAnnounced(id);
    const mirror = this.#mirrors[instrument]!;
    this.#require(
      isAnnounced === mirror.isStale || mirror.index < 0,
      'live is announced where stale was told',
    );
    if (isAnnounced) this.#goLive(instrument);
    this.summary.snapshots++;
    this.#take(this.#snapshotOf(own.book, instrument, own.index, 0));
    this.#arbiter.bookWritten(slot, id, true);
  }

  #tellLive(line: Line, instrument: number): void {
    if (this.#arbiter.bookLive(line.slot, instrument as InstrumentId)) this.#goLive(instrument);
  }

  #goLive(instrument: number): void {
    const mirror = this.#mirrors[instrument]!;
    mirror.isStale = false;
    mirror.book.invalidate();
  }

  #tellStale(instrument: number): void {
    const mirror = this.#mirrors[instrument]!;
    this.#require(!mirror.isStale, 'stale is told once');
    mirror.isStale = true;
    // What follows may be older than what was shown, and the strategy knows that it has to begin anew.
    mirror.index = -1;
    mirror.book.invalidate();
    this.summary.stales++;
  }

  // Lines come and go.

  #planRotation(afterMs: number): void {
    this.#at(this.#now + afterMs * MS, () => {
      const open = this.#lines.filter((line) => line.alive);
      if (this.#handOver !== undefined || this.#now > this.#endAt) return;
      this.#handOver = { from: this.#chance.pick(open), to: this.#openLine(this.#freeSlot(), false) };
    });
  }

  #freeSlot(): number {
    return [0, 1, 2, 3].find((slot) => this.#lines.every((line) => !line.alive || line.slot !== slot))!;
  }

  #tryClose(): void {
    const { from, to } = this.#handOver!;
    if (!to.subscribed || !to.alive || !from.alive) return;
    if (!this.#arbiter.handedOver(from.slot, to.slot, this.#now as MonotonicNs)) return;
    this.#handOver = undefined;
    this.#close(from);
    this.summary.rotations++;
    this.#planRotation(30 + this.#chance.below(200));
  }

  /** The connection of one of several lines ends without a word. */
  #die(): void {
    const open = this.#lines.filter((line) => line.alive);
    const old = open.filter((line) => this.#now - line.openedAt > 300 * MS);
    if (old.length < 2) return;
    const line = this.#chance.pick(old);
    this.summary.deaths++;
    this.#close(line);
    if (this.#handOver?.from === line || this.#handOver?.to === line) this.#handOver = undefined;
    this.#at(this.#now + 20 * MS, () => this.#openLine(this.#freeSlot(), false));
  }

  #close(line: Line): void {
    line.alive = false;
    this.#arbiter.close(line.slot, this.#now as MonotonicNs);
    this.#drain();
  }

  // The strategy.

  #of(type: number, instrument: number): Heard {
    const key = `${type}/${instrument}`;
    let heard = this.#heard.get(key);
    if (heard === undefined) {
      heard = { last: -1, indexes: [], missing: 0, unknownGaps: 0 };
      this.#heard.set(key, heard);
    }
    return heard;
  }

  #take(view: DataView): void {
    this.summary.delivered++;
    const type = HEADER.field.typeId.get(view, 0);
    const instrument = HEADER.field.instrument.get(view, 0);
    const index = HEADER.field.epoch.get(view, 0) - 1;
    if (type === TYPE.book) {
      this.#takeBook(view, instrument, index);
      return;
    }
    const heard = this.#of(type, instrument);
    // By equal times, or none, nobody can tell whether one line lost this or another those delivered since.
    const { tickers } = this.#truths[instrument]!;
    const usOf = (n: number): number => HEADER.field.exchangeAtUs.get(tickers[n]!.view, 0);
    const isTold =
      type === TYPE.trade || this.#lossPerMille === 0 || heard.last < 0 || usOf(index) !== usOf(heard.last);
    this.#require(
      !isTold || index > heard.last,
      `record ${type}/${instrument}/${index} comes after ${heard.last}`,
    );
    heard.last = Math.max(heard.last, index);
    heard.indexes.push(index);
  }

  #takeBook(view: DataView, instrument: number, index: number): void {
    const mirror = this.#mirrors[instrument]!;
    const truth = this.#truths[instrument]!;
    const isSnapshot = (HEADER.field.flags.get(view, 0) & FLAG.snapshot) !== 0;
    this.#require(!mirror.isStale, 'no level is shown of a book that was told to be stale');
    this.#require(isSnapshot || mirror.book.isLive, 'the first record of a book is a snapshot');
    // Where one line lost one of two equal updates, nobody can tell which; the second changes nothing.
    const isTwin =
      this.#lossPerMille > 0 &&
      truth.states[index] === truth.states[mirror.index] &&
      truth.us[index] === truth.us[mirror.index];
    // Where nothing tells updates apart, some that lead back to the same book may be left out, or come again.
    const isLoop = this.#isBare && truth.states[index - 1] === truth.states[mirror.index];
    const isNext = isSnapshot || isTwin ? index >= mirror.index : index > mirror.index || isLoop;
    this.#require(isNext, `book ${instrument}/${index} comes after ${mirror.index}`);
    for (let n = mirror.index + 1; n < index && !isSnapshot && !isLoop; n++) {
      // A line's snapshot shows the same book at the same time before and after updates that change nothing.
      const isTrace =
        truth.states[n] !== truth.states[mirror.index] || truth.us[n] !== truth.us[mirror.index];
      const wasLost = this.#lostSomewhere.has(`${TYPE.book}/${instrument}/${n}`);
      this.#require(wasLost || !isTrace, `update ${n} that is left out was lost`);
    }
    mirror.book.applyRecord(view, 0);
    mirror.index = index;
    if (this.#depth === 10 || this.#isNumbered || this.#isBare || this.#lossPerMille === 0)
      this.#require(
        stateOf(mirror.book) === truth.states[index],
        `the mirror is the book after update ${index}`,
      );
  }

  #checkEnd(): void {
    for (const [instrument, truth] of this.#truths.entries()) {
      this.#checkTrades(instrument);
      this.#checkTickers(instrument, truth);
      const mirror = this.#mirrors[instrument]!;
      if (this.#lossPerMille === 0 && !this.#deadly && !this.#isNarrow) {
        this.#require(
          mirror.index === truth.updates,
          `the last book is shown: ${mirror.index} of ${truth.updates}`,
        );
        this.#require(!mirror.isStale, 'no book is stale at the end');
      }
    }
    // Without a time nobody can tell how far a line is that is left alone before it has found its place.
    if (this.#lossPerMille === 0 && !this.#isNarrow && !(this.#isBare && this.#deadly))
      this.#require(this.summary.stales === 0, 'no book is stale where nothing is lost');
  }

  #checkTrades(instrument: number): void {
    const heard = this.#of(TYPE.trade, instrument);
    const offered = [...(this.#offeredTrades.get(instrument) ?? [])].filter(
      (n) => n >= (heard.indexes[0] ?? 0),
    );
    const got = new Set(heard.indexes);
    if (!this.#isNarrow)
      for (const n of offered) this.#require(got.has(n), `trade ${n} that some line had is delivered`);
    const first = heard.indexes[0] ?? 0;
    const missing = heard.last - first + 1 - heard.indexes.length;
    if (heard.indexes.length > 0 && !this.#isBare)
      this.#require(
        heard.missing === missing,
        `missing trades are announced: ${heard.missing} of ${missing}`,
      );
    if (this.#lossPerMille === 0 && !this.#isNarrow && heard.unknownGaps === 0)
      this.#require(missing <= 0 || heard.indexes.length === 0, 'no trade is missing');
  }

  #checkTickers(instrument: number, truth: Truth): void {
    const heard = this.#of(TYPE.ticker, instrument);
    const got = new Set(heard.indexes);
    if (heard.unknownGaps > 0 || this.#isNarrow) return;
    const first = heard.indexes[0] ?? truth.tickers.length;
    const lastOf = (n: number): number | undefined => {
      const view = truth.tickers[n]?.view;
      return view === undefined ? undefined : TICKER.field.last.get(view, 0);
    };
    for (let n = first; n <= heard.last; n++) {
      if (got.has(n) || this.#lostSomewhere.has(`${TYPE.ticker}/${instrument}/${n}`)) continue;
      // Of two that are equal and have no time nobody can tell which one a line lost, or began with.
      const isTwin = this.#timeless && (lastOf(n) === lastOf(n - 1) || lastOf(n) === lastOf(n + 1));
      this.#require(isTwin, `ticker ${n} that is missing was lost`);
    }
    if (this.#lossPerMille === 0 && !this.#deadly && heard.indexes.length > 0)
      this.#require(heard.last === truth.tickers.length - 1, 'the last ticker is delivered');
  }

  #at(at: number, run: () => void): void {
    const event = { at: Math.max(at, this.#now), order: this.#order++, run };
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.at <= event.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  #require(holds: boolean, rule: string): void {
    if (!holds) throw new Error(`at ${((this.#now - 1e9) / MS).toFixed(2)} ms: ${rule}`);
  }
}

function copyOf(from: DataView): DataView {
  const to = new DataView(new ArrayBuffer(from.byteLength));
  for (let i = 0; i < from.byteLength; i += 4) to.setInt32(i, from.getInt32(i));
  return to;
}

/** The whole book as text. */
function stateOf(book: OrderBook): string {
  let text = '';
  for (const side of [book.bids, book.asks]) {
    for (let n = 0; n < side.size; n++) text += `${side.price(n)} ${side.qty(n)},`;
    text += '/';
  }
  return text;
}

/** Of the best ten levels a side, as the real one. */
function checksumOf(book: OrderBook): number {
  let sum = 17;
  for (const side of [book.asks, book.bids])
    for (let n = 0; n < Math.min(10, side.size); n++)
      sum = Math.imul(sum ^ Math.imul(side.price(n), 31) ^ (side.qty(n) << 16), 0x9e3779b1) ^ (sum >>> 13);
  return sum >>> 0;
}
