/** The whole of 127.0.0.0/8, ::1 and the name for them, in the form `URL` gives them. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The parts of a `URL` that decide. `URL` itself does not come with the language. */
export interface Endpoint {
  readonly protocol: string;
  readonly hostname: string;
  readonly hash: string;
}

/** True where the URL is of this machine. */
export const isLoopback = (url: Pick<Endpoint, 'hostname'>): boolean => LOOPBACK.test(url.hostname);

/** The same of a URL that nothing can or should be asked of over HTTP; undefined where something may. */
export function restProblem(url: Endpoint): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected an https:// URL';
  if (url.hash !== '') return 'expected a URL without a fragment (#)';
  return url.protocol === 'https:' || isLoopback(url)
    ? undefined
    : 'expected https:// or a host on this machine';
}

/**
 * What is expected of a URL that no WebSocket connection can or should be made to; undefined where one may.
 *
 * The main thread asks when it checks the options, a worker once more before it connects.
 */
export function endpointProblem(url: Endpoint, allowPlain: boolean): string | undefined {
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return 'expected a ws:// or wss:// URL';
  if (url.hash !== '') return 'expected a URL without a fragment (#)';
  if (url.protocol === 'ws:' && !allowPlain && !LOOPBACK.test(url.hostname))
    return (
      'expected wss:// or a host on this machine; socket.allowPlain permits connecting unencrypted, ' +
      'where whoever is on the way can read and change the data'
    );
  return undefined;
}
