/**
 * What can be made to go wrong on the simulated exchange, and how a person writes it down.
 */

export interface SimulatorFaultEntry {
  /** `now`: happens once. `while`: lasts. `next`: spoils the next message that fits. */
  readonly form: 'now' | 'while' | 'next';
  readonly meaning: string;
  /** What must be told with it, as in `jitter:5ms` or `lose:0.001`. */
  readonly takes?: 'duration' | 'probability';
  /** True where it may concern one connection alone. */
  readonly perConnection?: true;
}

export const SIMULATOR_FAULTS = {
  'drop-connection': {
    form: 'now',
    meaning: 'ends every connection without a close frame (FIN)',
    perConnection: true,
  },
  reset: { form: 'now', meaning: 'resets every connection (RST)', perConnection: true },
  close: {
    form: 'now',
    meaning: 'closes every connection with a code, 1000 unless told; 1006 drops it',
    perConnection: true,
  },
  garbage: {
    form: 'now',
    meaning: 'sends text that is no JSON, half a message, and binary junk',
    perConnection: true,
  },
  silent: {
    form: 'while',
    meaning: 'sends nothing at all on the connections open now; they stay open',
    perConnection: true,
  },
  'no-pong': {
    form: 'while',
    meaning: 'leaves pings unanswered on the connections open now',
    perConnection: true,
  },
  'refuse-subscriptions': { form: 'while', meaning: 'answers every subscription with an error' },
  'ignore-acks': { form: 'while', meaning: 'reads requests and does not answer them' },
  'refuse-connections': { form: 'while', meaning: 'answers handshakes with an HTTP error, 503 unless told' },
  maintenance: { form: 'while', meaning: 'states that the venue is under maintenance, later online again' },
  'connection-life': {
    form: 'while',
    meaning:
      'ends each connection exactly so long after its opening, with a code, 1001 unless told; 1006 drops it',
    takes: 'duration',
    perConnection: true,
  },
  lose: {
    form: 'while',
    meaning:
      'leaves out each message of the market with this probability, on each connection by its own chance; answers and snapshots arrive',
    takes: 'probability',
    perConnection: true,
  },
  jitter: {
    form: 'while',
    meaning:
      'delays each message of the market by chance, up to this long, on each connection by its own chance and in order',
    takes: 'duration',
    perConnection: true,
  },
  'skip-update': { form: 'next', meaning: 'leaves out one message that changes the best ten levels' },
  'corrupt-checksum': { form: 'next', meaning: 'sends one book message with a wrong checksum' },
  repeat: { form: 'next', meaning: 'sends one message twice' },
  reorder: { form: 'next', meaning: 'swaps two neighbouring messages of one symbol' },
} as const satisfies Readonly<Record<string, SimulatorFaultEntry>>;

export type SimulatorFaultName = keyof typeof SIMULATOR_FAULTS;

/** What is known of a fault, whichever it is. */
export const faultEntry = (name: SimulatorFaultName): SimulatorFaultEntry => SIMULATOR_FAULTS[name];

export const SIMULATOR_FAULT_NAMES = Object.keys(SIMULATOR_FAULTS) as readonly SimulatorFaultName[];

/** A fault, and when it comes. Without `everyMs` and `atMs` it comes at once. */
export interface SimulatorFault {
  readonly name: SimulatorFaultName;
  /** Comes again and again, this far apart. */
  readonly everyMs?: number;
  /** Comes once, this long after the start. */
  readonly atMs?: number;
  /** How long a lasting fault lasts; until the connection or the simulator ends where left out. */
  readonly forMs?: number;
  /** Only this symbol, in the form for all venues (`BTC/USD`); any where left out. */
  readonly symbol?: string;
  /** Only messages of this channel; `next` faults only. */
  readonly channel?: 'book' | 'trade';
  /** Close code, or HTTP status. */
  readonly value?: number;
  /** How long a connection lives (`connection-life`), or the most a message is delayed (`jitter`). */
  readonly durationMs?: number;
  /** Of losing a message, above 0 and at most 1 (`lose`). */
  readonly probability?: number;
  /** Only this connection: the first one opened is 1. All where left out. */
  readonly connection?: number;
}

export type ParsedFault =
  | { readonly ok: true; readonly fault: SimulatorFault }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The name as given where it is no fault's name, so that the nearest one can be suggested. */
      readonly unknownName?: string;
    };

const CLOSE_CODES: ReadonlySet<number> = new Set([1000, 1001, 1006, 1008, 1011, 1012, 1013]);

/** A message delayed for longer looks like silence, which is another fault. */
const JITTER_MS_MAX = 10_000;
/** Node's timers count no further: almost 25 days. */
const TIME_MS_MAX = 2 ** 31 - 1;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

const TIME = /^(@|for)?(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)$/;

const CONNECTION = /^connection\d{1,9}$/;

const PROBABILITY = /^(?:\d{1,3}|\d?\.\d{1,12})$/;

/**
 * Reads `drop-connection`, `drop-connection:10s` (every ten seconds), `reset:@3s` (once, after three),
 * `silent:@5s:for2s`, `close:1012:30s`, `skip-update:BTC/USD:10s`, `repeat:trade`, `connection-life:20s:1012`,
 * `lose:0.001:connection2`, `jitter:5ms`.
 */
export function parseFault(text: string): ParsedFault {
  const [given = '', ...parts] = text.trim().split(':');
  if (!Object.hasOwn(SIMULATOR_FAULTS, given))
    return { ok: false, reason: `there is no fault named "${given}"`, unknownName: given };
  const name = given as SimulatorFaultName;
  const { form, takes, perConnection } = faultEntry(name);
  const refuse = (reason: string): ParsedFault => ({ ok: false, reason: `${reason} in "${text}"` });
  const fault: { -readonly [K in keyof SimulatorFault]: SimulatorFault[K] } = { name };
  for (const part of parts) {
    const time = TIME.exec(part);
    if (time !== null) {
      const ms = Number(time[2]) * UNIT_MS.get(time[3]!)!;
      if (ms < 1) return refuse(`"${part}" is too short`);
      if (ms > TIME_MS_MAX) return refuse(`"${part}" is too long`);
      if (time[1] === 'for') {
        if (form !== 'while') return refuse(`${name} does not last, so it takes no "${part}"`);
        fault.forMs = ms;
      } else if (time[1] === '@') fault.atMs = ms;
      else if (takes === 'duration' && fault.durationMs === undefined) fault.durationMs = ms;
      else fault.everyMs = ms;
    } else if (part === 'book' || part === 'trade') {
      if (form !== 'next') return refuse(`${name} concerns no single channel, so it takes no "${part}"`);
      if (name === 'corrupt-checksum' && part === 'trade') return refuse('a trade has no checksum');
      fault.channel = part;
    } else if (/^\d{3,4}$/.test(part)) {
      const value = Number(part);
      const fits =
        ((name === 'close' || name === 'connection-life') && CLOSE_CODES.has(value)) ||
        (name === 'refuse-connections' && value >= 400 && value <= 599);
      if (!fits) return refuse(`"${part}" is no code for ${name}`);
      fault.value = value;
    } else if (/^[A-Z0-9.]{1,20}\/[A-Z0-9.]{1,20}$/.test(part)) {
      if (form !== 'next') return refuse(`${name} concerns no single symbol, so it takes no "${part}"`);
      fault.symbol = part;
    } else if (CONNECTION.test(part)) {
      if (perConnection !== true)
        return refuse(`${name} concerns no single connection, so it takes no "${part}"`);
      fault.connection = Number(part.slice('connection'.length));
    } else if (PROBABILITY.test(part)) {
      if (takes !== 'probability') return refuse(`${name} takes no probability such as "${part}"`);
      fault.probability = Number(part);
    } else
      return refuse(
        `"${part}" is neither a time (10s, @10s, for10s), a code, a probability (0.001), a symbol (BTC/USD), a channel (book, trade) nor a connection (connection2)`,
      );
  }
  const flaw = faultFlaw(fault);
  return flaw === undefined ? { ok: true, fault } : refuse(flaw);
}

/** Why a fault cannot be carried out, or undefined where it can. */
export function faultFlaw(fault: SimulatorFault): string | undefined {
  const { name, everyMs, atMs, durationMs = 0, probability = 0, connection = 1 } = fault;
  const { takes } = faultEntry(name);
  if (everyMs !== undefined && atMs !== undefined) return 'a fault comes either every so often or once';
  if (takes === 'duration' && !(durationMs >= 1 && durationMs <= TIME_MS_MAX))
    return `${name} needs a time, as in ${name}:${name === 'jitter' ? '5ms' : '20s'}`;
  if (name === 'jitter' && durationMs > JITTER_MS_MAX) return 'jitter is at most 10s';
  if (takes === 'probability' && !(probability > 0 && probability <= 1))
    return `${name} needs a probability above 0 and up to 1, as in ${name}:0.001`;
  if (!Number.isInteger(connection) || connection < 1) return 'connections are counted from 1';
  return undefined;
}
