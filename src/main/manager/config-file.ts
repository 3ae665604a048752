import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { MisuseError } from '../../shared/invariant.ts';

/** Looked for in the working directory, in this order. */
export const CONFIG_FILES = ['ringfeed.config.yaml', 'ringfeed.config.yml', 'ringfeed.config.json'] as const;

/** Aliases of YAML may make a small file a huge value. */
const ALIASES_MAX = 100;

export interface ConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/**
 * Reads the configuration at this path, or else the first of `CONFIG_FILES` in the working directory.
 * A name that ends in `.json` is JSON, any other YAML.
 *
 * @returns undefined where no path is given and there is no such file.
 * @throws MisuseError where the file cannot be read, or is not what its name says.
 */
export function readConfigFile(path: string | undefined): ConfigFile | undefined {
  const found = path ?? CONFIG_FILES.find((name) => existsSync(name));
  if (found === undefined) return undefined;
  try {
    const text = readFileSync(resolve(found), 'utf8');
    const content: unknown = found.endsWith('.json')
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: ALIASES_MAX });
    return { path: found, content };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new MisuseError(`Condition failed: the configuration ${found} can be read: ${why}`, {
      cause: error,
    });
  }
}
