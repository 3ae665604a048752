import { InvalidProxy } from '../protocol/errors/handshake-errors.ts';
import { isExempt } from './no-proxy.ts';
import { type Environment, noProxyVariable, proxyVariable } from './proxy-environment.ts';
import { checkedProxy, type ProxyServer, parseProxy, proxyScheme, shownProxy } from './proxy-server.ts';
import type { ProxyTarget } from './resolve-proxy.ts';

/** What websocket-client's options say of a proxy. */
export interface HostProxyOptions {
  /** `http_proxy_host` */
  readonly host?: string | undefined;
  /** `http_proxy_port` */
  readonly port?: number | undefined;
  /** `http_proxy_auth`: user and password, not percent-encoded. */
  readonly auth?: readonly [username: string, password: string] | undefined;
  /** `http_no_proxy`; the environment's where left out or empty. */
  readonly noProxy?: readonly string[] | undefined;
  /** `proxy_type`; for a proxy of the environment the scheme of its address where left out. */
  readonly type?: string | undefined;
}

/** Hosts that version 1.8 never uses a proxy for, unless there is another list. */
const NO_PROXY_DEFAULT = ['localhost', '127.0.0.1'];

/**
 * The proxy that a connection goes through by the rules of websocket-client; undefined where it goes directly.
 * Here the list of exceptions is also about a proxy named by hand, and wss:// never uses `http_proxy`.
 *
 * @throws InvalidProxy where the options or the address that decides are none of a proxy.
 */
export function resolveHostProxy(
  target: ProxyTarget,
  options: HostProxyOptions,
  env: Environment,
): ProxyServer | undefined {
  if (isExempt(target, exceptions(options, env))) return undefined;
  const scheme = options.type === undefined ? undefined : proxyScheme(options.type);
  if (options.type !== undefined && scheme === undefined) {
    throw new InvalidProxy(shownProxy(options.host ?? 'proxy'), `scheme ${options.type} isn't supported`);
  }
  if (!options.host) {
    const value = proxyVariable(env, target.secure ? 'https' : 'http');
    if (value === undefined) return undefined;
    const proxy = parseProxy(value.replaceAll(' ', ''));
    return scheme === undefined ? proxy : checkedProxy({ ...proxy, scheme });
  }
  const { host, port } = options;
  if (!port || !Number.isInteger(port) || port < 0 || port > 0xffff) {
    throw new InvalidProxy(shownProxy(host), 'port is not between 1 and 65535');
  }
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  // Read as an address, so that no host gets through here that would be refused there.
  const proxy = parseProxy(`${scheme ?? 'http'}://${bracketed}:${port}`);
  if (options.auth === undefined) return proxy;
  const [username, password] = options.auth;
  return checkedProxy({ ...proxy, username, password });
}

function exceptions(options: HostProxyOptions, env: Environment): readonly string[] {
  for (const entries of [options.noProxy ?? [], noProxyVariable(env)]) {
    if (entries.length > 0) return entries;
  }
  return NO_PROXY_DEFAULT;
}
