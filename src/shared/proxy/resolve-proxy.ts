import { isExempt, type ProxiedHost } from './no-proxy.ts';
import { type Environment, noProxyVariable, proxyVariable } from './proxy-environment.ts';
import { type ProxyServer, parseProxy } from './proxy-server.ts';

/** Where a connection is to go. */
export interface ProxyTarget extends ProxiedHost {
  /** wss:// rather than ws://. */
  readonly secure: boolean;
}

/** The environment's proxy (`true`, or left out), none (`null`), or this one. */
export type ProxyOption = true | null | undefined | string;

const SECURE_KINDS = ['wss', 'socks', 'https'] as const;
const PLAIN_KINDS = ['ws', 'socks', 'https', 'http'] as const;

/**
 * The proxy that a connection goes through by the rules of Python's websockets; undefined where it goes
 * directly. A proxy named by hand is used for every host; `no_proxy` is about those of the environment.
 *
 * @throws InvalidProxy where the address that decides is none of a proxy.
 */
export function resolveProxy(
  target: ProxyTarget,
  option: ProxyOption,
  env: Environment,
): ProxyServer | undefined {
  if (option === null) return undefined;
  if (typeof option === 'string') return parseProxy(option);
  if (isExempt(target, noProxyVariable(env))) return undefined;
  for (const kind of target.secure ? SECURE_KINDS : PLAIN_KINDS) {
    const value = proxyVariable(env, kind);
    if (value !== undefined) return parseProxy(kind === 'socks' ? asSocks(value) : value);
  }
  return undefined;
}

/** Systems declare a SOCKS proxy as an http:// address under another name. */
const asSocks = (value: string): string => value.replace(/^http:\/\//i, 'socks5h://');
