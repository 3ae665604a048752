import { noProxyEntries } from './no-proxy.ts';

/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of `<kind>_proxy`, lower case before upper case; one that is set and empty means there is none.
 *
 * In a CGI script HTTP_PROXY may be a client's `Proxy` header, so it is not believed there
 * (CVE-2016-1000110).
 */
export function proxyVariable(env: Environment, kind: string): string | undefined {
  const name = `${kind}_proxy`;
  const upper = kind === 'http' && env['REQUEST_METHOD'] !== undefined ? undefined : env[name.toUpperCase()];
  return (env[name] ?? upper)?.trim() || undefined;
}

/** The hosts that no proxy is used for, as the environment lists them. */
export const noProxyVariable = (env: Environment): readonly string[] =>
  noProxyEntries(proxyVariable(env, 'no') ?? '');
