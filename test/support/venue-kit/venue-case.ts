import type { Subscription } from '../../../src/shared/contract.ts';
import type { ExchangeName, Venue } from '../../../src/shared/venues/venue.ts';
import type { CodecContext, ExchangeCodec } from '../../../src/workers/exchanges/exchange.ts';
import type { PlainBook } from './plain-book.ts';

/** Something that a venue or a test does not have, and why: told in the output of the tests. */
export interface Absent {
  readonly none: string;
}

export const isAbsent = (value: unknown): value is Absent =>
  typeof value === 'object' && value !== null && 'none' in value;

/** Price and quantity as the texts they are on the wire; a quantity of zero removes the level. */
export type TextLevel = readonly [price: string, qty: string];

/** What one message says of one book, read from its JSON and by nothing that the adapter is made of. */
export interface BookStatement {
  readonly kind: 'book';
  /** As on the wire. */
  readonly symbol: string;
  /** The levels are all there are, and not changes of those before. */
  readonly snapshot: boolean;
  readonly bids: readonly TextLevel[];
  readonly asks: readonly TextLevel[];
  /** Which message this is, where the venue counts them. Of several in one, the last. */
  readonly id?: number;
  /** `id` of the one before it; left out where the venue does not count them, and of snapshots. */
  readonly follows?: number;
  /** True where it has a place in the sequence and no levels, and no record of the book is due for it. */
  readonly isSilent?: boolean;
  /** Unsigned 32 bits, where the venue sends one. */
  readonly checksum?: number;
}

export interface TradeStatement {
  readonly kind: 'trade';
  readonly symbol: string;
  readonly price: string;
  readonly qty: string;
}

/** One record is due, and that is all that the kit looks at. */
export interface StateStatement {
  readonly kind: 'ticker' | 'candle' | 'quote';
  readonly symbol: string;
}

/** One thing that a message says, for which one record is due. */
export type Statement = BookStatement | TradeStatement | StateStatement;

/** Reads the messages of one session, in their order. Keeps what it has to remember between them. */
export interface StatementReader {
  message(text: string): readonly Statement[];
  /** Which message of its connection this is, from 0, where all of these are counted together. */
  count?(text: string): number | undefined;
  /** The answer to what was asked under this path. */
  rest?(path: string, text: string): readonly Statement[];
}

/** A channel with all that is said of it in a subscription but the instrument. */
export type ChannelChoice = Omit<Subscription, 'instrument'>;

/** One recorded session, read when it is needed. */
export interface RecordedSession {
  readonly name: string;
  /** What is subscribed for every symbol of the session. */
  readonly channels: readonly ChannelChoice[];
  /** Messages and answers over REST, in the order they came. */
  load(folder: string): RecordedSteps;
  /** What is in it, counted by others: see the README of the recordings. */
  readonly expected: { readonly updates: number; readonly snapshots: number };
  /** Why a book of it does not stay live to the end, where one does not. */
  readonly broken?: string;
}

/** Messages that a test made up in exactly the venue's spelling, for what no recording and no simulator has. */
export interface MadeSession {
  readonly name: string;
  readonly channels: readonly ChannelChoice[];
  make(): RecordedSteps;
  /** Messages that need not have a hot path here, beside those that never need. */
  isCold?(text: string): boolean;
}

export interface RecordedSteps {
  /** As on the wire. */
  readonly symbols: readonly string[];
  readonly steps: readonly SessionText[];
}

/** A message, or with a path the answer to what was asked under it. */
export interface SessionText {
  readonly path?: string;
  readonly text: string;
}

/** What the books of a venue are checked by, other than by not being crossed. */
export interface BookRules {
  /** What an update does that comes before the first snapshot of its book. */
  readonly beforeSnapshot: 'is a gap' | 'is kept' | 'is left out';
  /** What is counted: the updates of a symbol, or whatever comes on a connection. */
  readonly sequence: 'every update' | 'every message of the connection' | Absent;
  /** Computes what a book's next message has to state. */
  readonly checksum: ((book: PlainBook, symbol: string) => number) | Absent;
}

/** What a request of the adapter's asks for, read by the venue's documentation. */
export interface ReadRequest {
  readonly kind: 'subscribe' | 'unsubscribe';
  /** As on the wire. */
  readonly symbols: readonly string[] | 'every symbol';
}

/** Messages as documented, read after these subscriptions, and what has to come of them. */
export interface AnswerSample {
  readonly title: string;
  /** As on the wire; the instruments' ids are the places. */
  readonly symbols: readonly string[];
  readonly subscriptions: readonly Subscription[];
  readonly texts: readonly string[];
  /** Lines of the harness's log. */
  readonly log: readonly string[];
}

/** Everything that the kit has to know of a venue. */
export interface VenueCase {
  readonly name: string;
  readonly venue: Omit<Venue, 'name'>;
  /** @param hot whether the codec may use its hot path; the context then has a scanner. */
  createCodec(context: CodecContext, hot: boolean): ExchangeCodec;
  createReader(): StatementReader;
  readonly books: BookRules;
  readonly recordings: readonly RecordedSession[] | Absent;
  readonly made?: readonly MadeSession[];
  /** What the embedded exchange is asked for. */
  readonly simulator:
    | {
        readonly exchange: ExchangeName;
        readonly channels: readonly ChannelChoice[];
        /** Sessions of other choices: books that are sent whole each time, say. Nothing is lost in these. */
        readonly others?: readonly { readonly name: string; readonly channels: readonly ChannelChoice[] }[];
        /** Channels whose subscription is refused where there is no such symbol. */
        readonly refuses: readonly ChannelChoice['channel'][];
      }
    | Absent;
  /** Whether this message need not have a hot path. */
  isCold(text: string): boolean;
  readonly readRequest: ((text: string) => ReadRequest) | Absent;
  /** Symbols that one request may name, where that is fewer than the venue's limits say. */
  readonly symbolsPerRequest?: number;
  readonly answers: readonly AnswerSample[] | Absent;
  /** Words of the venue's that are put into its messages where they do not belong, beside the kit's own. */
  readonly pieces?: readonly string[];
  /** Messages beside the kit's own that are nothing the venue says. */
  readonly garbage: readonly string[];
  /** The same message, or answer, with few levels, where it is a whole book: it is read thousands of times. */
  brief?(step: SessionText): string;
  /** What answers over REST and questions are matched by; the whole path where left out. */
  restKey?(path: string): string;
}
