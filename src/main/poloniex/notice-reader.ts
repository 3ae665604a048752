import type { FaultName } from '../../shared/faults/fault-catalogue.ts';
import { readJson } from '../../shared/json/read-json.ts';
import type { InstrumentId } from '../../shared/units.ts';
import { readSkippedFrame } from '../../shared/venues/poloniex-legacy.ts';
import type { GapView, StatusView } from '../strategy/notice-views.ts';
import type { EventOutlet } from './event-outlet.ts';
import { TICKER_SUBSCRIBE } from './legacy-api.ts';
import { ERROR_OUTPUT, FAILURE_OUTPUT, fill, SEQUENCE_OUTPUT, SHORT_OUTPUT } from './output-text.ts';
import type { PoloniexChannel, PoloniexGap } from './subscriber-events.ts';
import type { PoloniexTickers } from './tickers.ts';

/**
 * Makes events of what is said of the connection and the subscriptions. A book that went stale is a gap, told
 * once: what else is missing of the pair until the next snapshot is a part of it.
 */
export class NoticeReader {
  /** How the feed ended, for a person to read; undefined while it has not. */
  end: string | undefined;
  readonly #outlet: EventOutlet;
  readonly #tickers: PoloniexTickers;
  readonly #stale = new Set<InstrumentId>();
  /** What was last told of channels on this connection, each of which is shared by several subscriptions. */
  readonly #accepted = new Map<PoloniexChannel, boolean>();

  constructor(outlet: EventOutlet, tickers: PoloniexTickers) {
    this.#outlet = outlet;
    this.#tickers = tickers;
  }

  readStatus(view: StatusView): void {
    const { status, fault, detail } = view;
    switch (status) {
      case 'connected':
        this.#accepted.clear();
        break;
      case 'subscribed':
      case 'refused':
        this.#answer(view, status === 'subscribed');
        break;
      case 'stale':
        this.#stale.add(view.instrument);
        this.#gap(view.venueSymbol, fault, detail);
        break;
      case 'live':
        this.#stale.delete(view.instrument);
        break;
      case 'fault':
        if (view.symbol === '') this.#error(fault, errorText(fault, detail));
        else if (fault === 'SUBSCRIBE_TIMEOUT') this.#answer(view, false);
        // What is missing of the trades of a pair, which a book that went stale has told already.
        else if (!this.#stale.has(view.instrument)) this.#gap(view.venueSymbol, fault, detail);
        break;
      case 'disconnected':
      case 'restarted':
        this.#stale.clear();
        if (fault === 'NONE') break;
        this.#error(fault, `${status}: ${errorText(fault, detail)}`);
        this.#outlet.emit('gap', { ...NO_GAP, pair: '', fault, text: errorText(fault, detail) });
        break;
      case 'closed':
        this.end = errorText(fault, detail);
        if (fault !== 'NONE') this.#error(fault, `closed: ${this.end}`);
        break;
    }
  }

  readGap(view: GapView): void {
    const { fault, droppedTrades, droppedOther, conflated, venueSymbol: pair } = view;
    if (this.#stale.has(view.instrument)) return;
    const text = errorText(
      fault,
      `${droppedTrades} trades and ${droppedOther} other records are missing, ${conflated} come summed up`,
    );
    this.#outlet.print(pair === '' ? text : `${pair}: ${text}`);
    this.#outlet.emit('gap', { ...NO_GAP, pair, fault, droppedTrades, text });
  }

  #gap(pair: string, fault: FaultName, detail: string): void {
    const skipped = readSkippedFrame(detail);
    const text =
      skipped === undefined
        ? `${pair}: ${errorText(fault, detail)}`
        : fill(SEQUENCE_OUTPUT, skipped.before, `[${this.#tickers.get(pair) ?? ''},${skipped.sequence}]`);
    this.#outlet.print(text);
    this.#outlet.emit('gap', {
      ...NO_GAP,
      pair,
      fault,
      text,
      ...(skipped === undefined ? {} : { expected: skipped.before + 1, got: skipped.sequence }),
    });
  }

  #answer({ detail, fault, venueSymbol }: StatusView, isAccepted: boolean): void {
    // `book: what the venue said`
    const [, of, reason = ''] = /^(\w+)(?:: (.*))?$/s.exec(detail) ?? [];
    const channel = of === 'ticker' ? TICKER_SUBSCRIBE : venueSymbol;
    if (this.#accepted.get(channel) === isAccepted) return;
    this.#accepted.set(channel, isAccepted);
    if (isAccepted) {
      this.#outlet.emit('ack', { channel });
      return;
    }
    const isFlag = reason.startsWith('[');
    const text = isFlag ? fill(FAILURE_OUTPUT, reason) : errorText(fault, reason);
    if (isFlag) this.#outlet.print(text);
    else this.#error(fault, text);
    this.#outlet.emit('nack', { channel, text });
  }

  #error(fault: FaultName, text: string): void {
    this.#outlet.print(text);
    this.#outlet.emit('error', { fault, text });
  }
}

const NO_GAP: Pick<PoloniexGap, 'expected' | 'got' | 'droppedTrades'> = {
  expected: undefined,
  got: undefined,
  droppedTrades: 0,
};

function errorText(fault: FaultName, detail: string): string {
  if (fault === 'SUBSCRIBE_REFUSED') return fill(ERROR_OUTPUT, JSON.stringify({ error: detail }));
  // What could not be read stands behind what is wrong with it.
  const message = detail.slice(Math.max(0, detail.search(/[[{]/)));
  const value = readJson(message);
  if (Array.isArray(value) && value.length < 2) return fill(SHORT_OUTPUT, message);
  return detail === '' ? fault : `${fault}: ${detail}`;
}
