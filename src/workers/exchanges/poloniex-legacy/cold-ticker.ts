import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonArray, JsonValue } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, NONE } from '../../../shared/units.ts';
import { TICKER_PLACE, TickerDraft } from '../drafts.ts';
import type { CodecContext } from '../exchange.ts';
import { integerOrText, isArray, type Problem, readQuoted, readQuotedSigned } from '../json-entry.ts';
import { changeToPercent } from '../percent.ts';
import type { Channels } from './channels.ts';
import type { PairChannel } from './pair-channel.ts';
import { TICKER_PLACES } from './wire.ts';

/** Pairs whose newest ticker is kept until their numbers are known; the venue had some two hundred. */
const EARLY_MAX = 2_000;

/**
 * Tickers. Those of all pairs come, whoever asked for which, and name their pairs by numbers alone; so what
 * comes before a number is known is kept, the newest of each, and written once it is.
 */
export class ColdTicker {
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #draft = new TickerDraft();
  readonly #number = new ScannedDecimal();
  readonly #early = new Map<number, JsonArray>();

  constructor(context: CodecContext, channels: Channels) {
    this.#context = context;
    this.#channels = channels;
    channels.learnt = (pair) => this.#catchUp(pair);
  }

  read(payload: JsonValue | undefined): Problem {
    if (!isArray(payload)) return 'ticker: no array';
    const id = integerOrText(payload[0]);
    if (id === undefined) return 'ticker: pair is no number';
    const pair = this.#channels.byId(id);
    if (pair === undefined) {
      this.#keep(id, payload);
      return undefined;
    }
    return this.#channels.hasTicker(pair.instrument) ? this.#write(pair, payload) : undefined;
  }

  /** Forgets what was kept. */
  clear(): void {
    this.#early.clear();
  }

  #keep(id: number, payload: JsonArray): void {
    const isWanted = this.#channels.isTickerIdMissing;
    if (!isWanted) this.#early.clear();
    else if (this.#early.size < EARLY_MAX || this.#early.has(id)) this.#early.set(id, payload);
  }

  #catchUp(pair: PairChannel): void {
    if (pair.id === undefined) return;
    const payload = this.#early.get(pair.id);
    this.#early.delete(pair.id);
    if (payload !== undefined && this.#channels.hasTicker(pair.instrument)) this.#write(pair, payload);
  }

  #write(pair: PairChannel, payload: JsonArray): Problem {
    const draft = this.#draft;
    const number = this.#number;
    for (const [name, place] of TICKER_PLACES) {
      const isChange = name === 'changePct';
      const read = isChange ? readQuotedSigned : readQuoted;
      if (!read(payload[place], number)) return `ticker: ${isChange ? 'change' : name} is no number`;
      draft.numbers[TICKER_PLACE[name]] = number.value;
      draft.decimals[TICKER_PLACE[name]] = number.decimals;
    }
    changeToPercent(draft);
    draft.instrument = pair.instrument;
    draft.atUs = NONE as ExchangeUs;
    draft.write(this.#context.sink);
    return undefined;
  }
}
