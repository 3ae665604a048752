/** What the main thread and a worker say to each other of a venue's list of instruments: plain, cloneable values. */
import type { FaultCode } from '../faults/fault-catalogue.ts';
import type { ExchangeName } from './venue.ts';

/** One line of a venue's list of instruments. */
export interface ListedInstrument {
  /** The one form for all venues: `BTC/USD`. */
  readonly symbol: string;
  /** As on the wire: `XBT/USD` on Kraken v1. */
  readonly venueSymbol: string;
  /** Decimals of a price; undefined where the list names none. */
  readonly priceDecimals: number | undefined;
  /** Decimals of a quantity; undefined where the list names none. */
  readonly quantityDecimals: number | undefined;
  /** Whether and how it is traded, in the venue's own word; empty where the list does not say. */
  readonly status: string;
}

export interface InstrumentQuestion {
  readonly exchange: ExchangeName;
  /** Root of the REST interface, without a slash at the end. */
  readonly restUrl: string;
  /** Part of the symbols that are wanted, in either form and any case; all of them where empty. */
  readonly filter: string;
  /** Whether details are asked for where the list has names alone. */
  readonly details: boolean;
  /** For all requests together. */
  readonly timeoutMs: number;
  /** How often one request is tried. */
  readonly attemptsMax: number;
}

export type InstrumentAnswer =
  | { readonly ok: true; readonly instruments: readonly ListedInstrument[] }
  | { readonly ok: false; readonly fault: FaultCode; readonly detail: string };

/** What the worker tells of each question, by its place among those it was given. */
export interface InstrumentNews {
  readonly question: number;
  readonly answer: InstrumentAnswer;
}
