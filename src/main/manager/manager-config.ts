import { MisuseError } from '../../shared/invariant.ts';
import { didYouMean } from '../options/nearest.ts';
import { shown } from '../options/option-rules.ts';
import {
  type Configured,
  NUMBER_NAMES,
  type NumberName,
  numberRule,
  PRESET_NAMES,
  type PresetName,
} from './manager-settings.ts';
import { ReconnectStrategy } from './vocabulary.ts';

/** What a configuration says. */
export interface ManagerConfig {
  readonly values: Configured;
  readonly preset: PresetName | undefined;
  /** What was out of range and is taken as the nearest allowed value, a sentence each. */
  readonly warnings: readonly string[];
}

type Target = NumberName | 'reconnectStrategy' | 'autoReconnect' | 'preset';

/** Flat keys in camel case, the aliases too. */
const FLAT: ReadonlyMap<string, Target> = new Map<string, Target>([
  ...NUMBER_NAMES.flatMap((name) =>
    [name, ...(numberRule(name).aliases ?? [])].map((key): [string, Target] => [key, name]),
  ),
  ['reconnectStrategy', 'reconnectStrategy'],
  ['autoReconnect', 'autoReconnect'],
  ['preset', 'preset'],
]);

/** Sections of a nested configuration, with their keys in camel case. */
const SECTIONS: ReadonlyMap<string, ReadonlyMap<string, Target>> = sections();

function sections(): Map<string, Map<string, Target>> {
  const found = new Map<string, Map<string, Target>>();
  for (const name of NUMBER_NAMES) {
    const { nested } = numberRule(name);
    if (nested === undefined) continue;
    const [section, key] = nested;
    found.set(section, (found.get(section) ?? new Map<string, Target>()).set(key, name));
  }
  return found;
}

/**
 * Reads a configuration: flat keys or sections, in snake or camel case, alone or under the key `websocket`.
 *
 * @param source where it stands, for messages.
 * @throws MisuseError for a key that is not known or set twice, and a value of the wrong kind, by its path.
 */
export function readConfig(given: unknown, source: string): ManagerConfig {
  const reading = new Reading(source);
  const root = reading.mapping(given, '');
  // A file may hold the settings of other programs beside ours.
  if (Object.hasOwn(root, 'websocket'))
    reading.read(reading.mapping(root['websocket'], 'websocket'), 'websocket.');
  else reading.read(root, '');
  return { values: reading.values, preset: reading.preset, warnings: reading.warnings };
}

class Reading {
  readonly values: { -readonly [K in keyof Configured]: Configured[K] } = {};
  readonly warnings: string[] = [];
  preset: PresetName | undefined;
  readonly #source: string;
  readonly #paths = new Map<Target, string>();

  constructor(source: string) {
    this.#source = source;
  }

  /** @throws MisuseError where it is none. An empty file is an empty mapping. */
  mapping(given: unknown, path: string): Readonly<Record<string, unknown>> {
    if (given === null || given === undefined) return {};
    if (typeof given !== 'object' || Array.isArray(given))
      this.#refuse(path, `is ${shown(given)}, expected a mapping`);
    return given as Readonly<Record<string, unknown>>;
  }

  read(mapping: Readonly<Record<string, unknown>>, at: string): void {
    for (const [key, value] of Object.entries(mapping)) {
      const path = at + key;
      const target = FLAT.get(camel(key));
      const section = SECTIONS.get(camel(key));
      if (target !== undefined) this.#take(target, value, path);
      else if (section !== undefined) this.#readSection(section, this.mapping(value, path), path);
      else this.#refuseKey(key, path, [...FLAT.keys(), ...SECTIONS.keys()]);
    }
  }

  #readSection(
    section: ReadonlyMap<string, Target>,
    mapping: Readonly<Record<string, unknown>>,
    at: string,
  ): void {
    for (const [key, value] of Object.entries(mapping)) {
      const target = section.get(camel(key));
      if (target === undefined) this.#refuseKey(key, `${at}.${key}`, [...section.keys()]);
      else this.#take(target, value, `${at}.${key}`);
    }
  }

  #take(target: Target, value: unknown, path: string): void {
    const other = this.#paths.get(target);
    if (other !== undefined) this.#refuse(path, `says again what ${other} says`);
    this.#paths.set(target, path);
    switch (target) {
      case 'preset':
        this.preset = this.#word(PRESET_NAMES, value, path);
        break;
      case 'reconnectStrategy': {
        const words = Object.values(ReconnectStrategy);
        this.values.reconnectStrategy = this.#word(
          words,
          typeof value === 'string' ? value.toUpperCase() : value,
          path,
        );
        break;
      }
      case 'autoReconnect':
        if (typeof value !== 'boolean') this.#refuse(path, `is ${shown(value)}, expected true or false`);
        else this.values.autoReconnect = value;
        break;
      default:
        this.values[target] = this.#number(target, value, path);
    }
  }

  #word<W extends string>(words: readonly W[], value: unknown, path: string): W {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const hint = typeof value === 'string' ? didYouMean(value, words) : '';
    return this.#refuse(path, `is ${shown(value)}, allowed: ${words.join(', ')}${hint}`);
  }

  #number(name: NumberName, value: unknown, path: string): number {
    if (typeof value !== 'number' || Number.isNaN(value))
      return this.#refuse(path, `is ${shown(value)}, expected a number`);
    const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole } = numberRule(name);
    if (whole === true && !Number.isInteger(value))
      return this.#refuse(path, `is ${value}, expected a whole number`);
    const taken = Math.min(Math.max(value, least), most);
    if (taken !== value)
      this.warnings.push(
        `${this.#source} ${path} is ${value}, allowed: ${range(least, most)}; taken as ${taken}`,
      );
    return taken;
  }

  #refuseKey(key: string, path: string, keys: readonly string[]): never {
    const written = key.includes('_') ? keys.map(snake) : keys;
    return this.#refuse(path, `is not known, allowed: ${written.join(', ')}${didYouMean(key, written)}`);
  }

  #refuse(path: string, words: string): never {
    throw new MisuseError(`Condition failed: ${this.#source}${path === '' ? '' : ` ${path}`} ${words}`);
  }
}

const range = (least: number, most: number): string =>
  most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;

const camel = (key: string): string =>
  key.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
