import { INSTRUMENTS_MAX } from '../../shared/counters/symbol-counters.ts';
import { JsonNumber, type JsonValue, readJson } from '../../shared/json/read-json.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { POLONIEX_LEGACY } from '../../shared/venues/poloniex-legacy.ts';
import { DEFAULT_HEADERS, DEFAULT_TIME_OUT, GET_TICKERS_URL } from './legacy-api.ts';
import { fill, GET_OUTPUT, JSON_DECODE_OUTPUT } from './output-text.ts';

/** Bytes of an answer beyond which it is not read; the real one had 100 kB. */
const BODY_BYTES_MAX = 4 << 20;
/** Characters of an answer that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 200;

/** Names of the pairs in the order of the venue, and the number by which each goes on the wire. */
export type PoloniexTickers = ReadonlyMap<string, number>;

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The list of tickers could not be had. */
export class PoloniexTickersError extends Error {
  override readonly name = 'PoloniexTickersError';
  /** Where it was asked for, its secrets masked. */
  readonly url: string;
  /** What the library that this one stands in for prints of it. */
  readonly output: string;

  constructor(url: string, output: string, why: string, cause?: unknown) {
    super(`no tickers from ${safeUrl(url)}: ${why}`, cause === undefined ? {} : { cause });
    this.url = safeUrl(url);
    this.output = output;
  }
}

/** What a question is made of. */
export interface PoloniexRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
}

/** Puts a question together. The headers are its own: what is added for one question is not sent with the next. */
export const buildRequests = (
  url: string,
  headers: Readonly<Record<string, string>> = {},
  timeout: number = DEFAULT_TIME_OUT,
): PoloniexRequest => ({ url, headers: { ...headers, ...DEFAULT_HEADERS }, timeout });

/**
 * Asks for all tickers.
 *
 * @throws PoloniexTickersError where there is no answer in time, or one that is no list of tickers.
 */
export async function getAllTickers(
  fetchImpl: Fetch = fetch,
  request: PoloniexRequest = buildRequests(GET_TICKERS_URL),
): Promise<PoloniexTickers> {
  const { url } = request;
  const shown = JSON.stringify({ ...request, url: safeUrl(url) });
  const text = await get(fetchImpl, request).catch((error: unknown) => {
    throw new PoloniexTickersError(url, fill(GET_OUTPUT, shown), reasonOf(error, request), error);
  });
  const answer = readJson(text);
  const tickers = answer instanceof Map ? readTickers(answer) : 'the answer is no JSON object';
  if (typeof tickers !== 'string') return tickers;
  const sample = text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
  throw new PoloniexTickersError(url, fill(JSON_DECODE_OUTPUT, sample), `${tickers}: ${sample}`);
}

/** Rejects where there is no whole answer in time, where it is too long, and where it is another place's. */
async function get(fetchImpl: Fetch, { url, headers, timeout }: PoloniexRequest): Promise<string> {
  const response = await fetchImpl(url, {
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(1000 * timeout),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    // Leaving the loop cancels the rest.
    if (bytes > BODY_BYTES_MAX) throw new Error(`an answer of more than ${BODY_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** @returns what is wrong with the answer where it is no list of tickers. */
function readTickers(answer: ReadonlyMap<string, JsonValue>): PoloniexTickers | string {
  const tickers = new Map<string, number>();
  const names = new Set<number>();
  for (const [name, data] of answer) {
    const symbol = POLONIEX_LEGACY.toSymbol(name);
    // Records know a pair by its symbol, and it is told by the name that belongs to that.
    if (symbol === undefined || POLONIEX_LEGACY.toVenueSymbol(symbol) !== name)
      return `${JSON.stringify(name.slice(0, SAMPLE_CHARACTERS))} is no pair`;
    const id = data instanceof Map ? idOf(data.get('id')) : undefined;
    if (id === undefined) return `${name} has no id`;
    if (names.has(id)) return `${name} has the id of another pair, ${id}`;
    names.add(id);
    tickers.set(name, id);
  }
  if (tickers.size === 0) return 'the answer has no pair';
  if (tickers.size > INSTRUMENTS_MAX) return `${tickers.size} pairs, where ${INSTRUMENTS_MAX} are followed`;
  return tickers;
}

const idOf = (value: JsonValue | undefined): number | undefined =>
  value instanceof JsonNumber && /^\d{1,9}$/.test(value.text) ? Number(value.text) : undefined;

function reasonOf(error: unknown, { timeout }: PoloniexRequest): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return `no answer within ${timeout} s`;
  const { cause } = error;
  // What went wrong is told by the cause; the error itself says "fetch failed".
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
