import { MisuseError } from '../../shared/invariant.ts';
import { PLATFORM_LIMITS, type PlatformName } from '../../shared/venues/platform-limits.ts';
import { readConfigFile } from './config-file.ts';
import { type ManagerConfig, readConfig } from './manager-config.ts';
import type { ManagerOptions } from './manager-options.ts';
import {
  type Configured,
  type ManagerSettings,
  NUMBER_NAMES,
  numberRule,
  PRESETS,
  settle,
} from './manager-settings.ts';

export interface ResolvedSettings {
  readonly settings: ManagerSettings;
  /** What of the configuration was out of range, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * What holds for a manager: its options before its configuration before its preset before what its platform
 * allows before the standard.
 *
 * @throws MisuseError where an option is given under two names, or as `readConfig` and `readConfigFile`.
 */
export function resolveSettings(options: ManagerOptions): ResolvedSettings {
  const config = configOf(options.config);
  const preset = options.preset ?? config?.preset;
  const settings = settle(explicit(options), config?.values ?? {}, {
    ...platformValues(options.platform),
    ...(preset === undefined ? {} : PRESETS[preset]),
  });
  return { settings, warnings: config?.warnings ?? [] };
}

const platformValues = (platform: PlatformName | undefined): Configured =>
  platform === undefined ? {} : { connectionLimit: PLATFORM_LIMITS[platform].connectionLifeMs / 1000 };

function configOf(given: ManagerOptions['config']): ManagerConfig | undefined {
  if (given === false) return undefined;
  if (typeof given === 'object' && given !== null) return readConfig(given, 'option config');
  const file = readConfigFile(given);
  return file === undefined ? undefined : readConfig(file.content, file.path);
}

function explicit(options: ManagerOptions): Configured {
  const given = options as Readonly<Record<string, number | undefined>>;
  const numbers = NUMBER_NAMES.map((name) => {
    const names = [name, ...(numberRule(name).aliases ?? [])].filter((key) => given[key] !== undefined);
    if (names.length > 1)
      throw new MisuseError(`Condition failed: option ${names[1]} says again what option ${names[0]} says`);
    return [name, names[0] === undefined ? undefined : given[names[0]]];
  });
  const { reconnectStrategy, autoReconnect } = options;
  return { ...(Object.fromEntries(numbers) as Configured), reconnectStrategy, autoReconnect };
}
