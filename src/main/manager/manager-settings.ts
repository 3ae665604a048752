import type { ReconnectStrategy } from './vocabulary.ts';

/** One number that may be set by an option or in a configuration. */
interface NumberRule {
  readonly standard: number;
  /** Values of a configuration are held within these; those of options are not. */
  readonly least?: number;
  readonly most?: number;
  /** It counts something. */
  readonly whole?: true;
  /** Other names, of options and of flat configurations. */
  readonly aliases?: readonly string[];
  /** Its place in a nested configuration. */
  readonly nested?: readonly [section: string, key: string];
}

/** Every number, in seconds unless it counts something. */
export const NUMBERS = {
  connectTimeout: {
    standard: 10,
    least: 5,
    most: 120,
    aliases: ['connectionTimeout'],
    nested: ['connection', 'timeout'],
  },
  pingInterval: { standard: 30, least: 5, most: 60, nested: ['ping', 'interval'] },
  pingTimeout: { standard: 10, least: 5, most: 30, nested: ['ping', 'timeout'] },
  reconnectDelay: { standard: 1, least: 0, most: 300, nested: ['reconnect', 'delay'] },
  reconnectDelayMax: {
    standard: 60,
    least: 1,
    most: 600,
    aliases: ['maxReconnectDelay'],
    nested: ['reconnect', 'maxDelay'],
  },
  maxReconnectAttempts: {
    standard: 10,
    least: 0,
    most: 100,
    whole: true,
    nested: ['reconnect', 'maxAttempts'],
  },
  reconnectJitter: { standard: 0, least: 0, most: 1 },
  stableConnectionTime: { standard: 60, least: 0 },
  serverUnavailableDelay: { standard: 30, least: 0 },
  disconnectCheckInterval: {
    standard: 5,
    least: 1,
    most: 60,
    nested: ['proactive', 'disconnectCheckInterval'],
  },
  reconnectCheckInterval: {
    standard: 5,
    least: 0.5,
    most: 60,
    nested: ['proactive', 'reconnectCheckInterval'],
  },
  disconnectMargin: { standard: 300, least: 60, most: 3600, nested: ['proactive', 'disconnectMargin'] },
  disconnectAlertInterval: { standard: 300, least: 0 },
  connectionLimit: { standard: Number.POSITIVE_INFINITY, least: 0 },
  queueSize: { standard: 1000, least: 0, most: 10_000, whole: true, nested: ['queue', 'size'] },
} as const satisfies Readonly<Record<string, NumberRule>>;

export type NumberName = keyof typeof NUMBERS;

export const NUMBER_NAMES = Object.keys(NUMBERS) as readonly NumberName[];

/** The same with the type that every rule has. */
export const numberRule = (name: NumberName): NumberRule => NUMBERS[name];

/** What a configuration may set. */
export type Configured = { readonly [K in NumberName]?: number | undefined } & {
  readonly reconnectStrategy?: ReconnectStrategy | undefined;
  readonly autoReconnect?: boolean | undefined;
};

export type ManagerSettings = { readonly [K in NumberName]: number } & {
  readonly reconnectStrategy: ReconnectStrategy;
  readonly autoReconnect: boolean;
};

/** Sets of values for two ways to use a connection. */
export const PRESETS = {
  /** Notices and decides fast. */
  trading: {
    pingInterval: 15,
    pingTimeout: 10,
    reconnectDelay: 0.5,
    reconnectDelayMax: 30,
    maxReconnectAttempts: 20,
    disconnectCheckInterval: 5,
    reconnectCheckInterval: 2,
  },
  /** Goes easy on the server, and does not give up soon. */
  monitoring: {
    pingInterval: 30,
    pingTimeout: 15,
    reconnectDelay: 5,
    reconnectDelayMax: 120,
    maxReconnectAttempts: 50,
    disconnectCheckInterval: 30,
    reconnectCheckInterval: 10,
  },
} as const satisfies Readonly<Record<string, Configured>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** The first of these that says something decides: options, configuration, preset, standard. */
export function settle(...layers: readonly Configured[]): ManagerSettings {
  const first = <K extends keyof Configured>(name: K): Configured[K] =>
    layers.find((layer) => layer[name] !== undefined)?.[name];
  const numbers = Object.fromEntries(
    NUMBER_NAMES.map((name) => [name, first(name) ?? NUMBERS[name].standard]),
  ) as { [K in NumberName]: number };
  return {
    ...numbers,
    reconnectStrategy: first('reconnectStrategy') ?? 'EXPONENTIAL_BACKOFF',
    autoReconnect: first('autoReconnect') ?? true,
  };
}
