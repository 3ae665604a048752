import {
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  readJson,
} from '../../shared/json/read-json.ts';
import type { ListedInstrument } from '../../shared/venues/instrument-list.ts';
import type { Venue } from '../../shared/venues/venue.ts';

/** No venue lists nearly as many. A longer list is not read in part: what it lacks would count as unknown. */
export const INSTRUMENTS_MAX = 50_000;
/** Nobody counts in smaller steps. */
const DECIMALS_MAX = 30;

/** What one entry of a list says of its instrument. */
export interface InstrumentDraft {
  /** In either form; undefined where the entry names no pair. */
  readonly name: string | undefined;
  readonly priceDecimals: number | undefined;
  readonly quantityDecimals: number | undefined;
  readonly status: string;
}

/** How the list of one venue is asked for and read. */
export interface InstrumentListReader {
  /** From the root of the REST interface. */
  readonly path: string;
  /** @returns undefined where it is no such list. */
  drafts(list: JsonValue): Iterable<InstrumentDraft> | undefined;
  /** Where the list has names alone: what says more of one of them. */
  readonly details?: {
    path(venueSymbol: string): string;
    /** @returns undefined where it says nothing. */
    draft(details: JsonValue): InstrumentDraft | undefined;
  };
}

/**
 * Reads a list: each symbol once, in their order. Entries that name no pair in any form we know are left out.
 *
 * @returns undefined where the text is no such list, or one without any instrument, by which every symbol would
 *   be unknown.
 */
export function readInstrumentList(
  { drafts }: InstrumentListReader,
  venue: Venue,
  text: string,
): readonly ListedInstrument[] | undefined {
  const list = readJson(text);
  const read = list === undefined ? undefined : drafts(list);
  if (read === undefined) return undefined;
  const instruments = new Map<string, ListedInstrument>();
  for (const { name, priceDecimals, quantityDecimals, status } of read) {
    const symbol = name === undefined ? undefined : venue.toSymbol(name);
    if (symbol === undefined || instruments.has(symbol)) continue;
    if (instruments.size >= INSTRUMENTS_MAX) return undefined;
    const venueSymbol = venue.toVenueSymbol(symbol);
    instruments.set(symbol, { symbol, venueSymbol, priceDecimals, quantityDecimals, status });
  }
  if (instruments.size === 0) return undefined;
  return [...instruments.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

export const objectOf = (value: JsonValue | undefined): JsonObject | undefined =>
  value instanceof Map ? value : undefined;

export const arrayOf = (value: JsonValue | undefined): JsonArray | undefined =>
  Array.isArray(value) ? (value as JsonArray) : undefined;

export const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A venue's word, or nothing where it is none: it is shown on terminals. */
export const wordOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' && /^[\w -]{1,40}$/.test(value) ? value : '';

/** A number of decimals. */
export function decimalsOf(value: JsonValue | undefined): number | undefined {
  if (!(value instanceof JsonNumber) || !/^\d{1,2}$/.test(value.text)) return undefined;
  const decimals = Number(value.text);
  return decimals <= DECIMALS_MAX ? decimals : undefined;
}

const STEP = /^(\d{1,20})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Decimals that a step needs, whether it is written `0.01000000`, `1E-8` or as a text. */
export function stepDecimals(value: JsonValue | undefined): number | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string') return undefined;
  const [, whole, fraction = '', exponent = '0'] = STEP.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = whole + fraction;
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return undefined;
  const decimals = Math.max(0, fraction.length - (digits.length - significant.length) - Number(exponent));
  return decimals <= DECIMALS_MAX ? decimals : undefined;
}
