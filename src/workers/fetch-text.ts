import { restProblem } from '../shared/text/endpoint-rule.ts';
import type { RestResponse } from './rest/rest-fetch.ts';

/** Bytes of an answer beyond which it is not read. */
const BODY_BYTES_MAX = 16 << 20;
/** Redirects that are followed, within the host that was asked. */
const REDIRECTS_MAX = 3;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks over HTTP and reads the answer as text.
 *
 * Rejects where there is no whole answer within the time, where it is too long, and where the server sends us
 * to another host, which nobody has asked for.
 */
export async function fetchText(address: string, timeoutMs: number): Promise<RestResponse> {
  const signal = AbortSignal.timeout(timeoutMs);
  let url = new URL(address);
  for (let redirects = 0; ; redirects++) {
    const problem = restProblem(url);
    if (problem !== undefined) throw new Error(problem);
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json' },
    }).catch((error: unknown) => {
      throw new Error(reasonOf(error, timeoutMs));
    });
    const location = response.headers.get('location');
    if (REDIRECTS.has(response.status) && location !== null) {
      await response.body?.cancel();
      const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
      if (next?.host !== url.host || next.protocol !== url.protocol)
        throw new Error('the server sends us to another host');
      if (redirects >= REDIRECTS_MAX) throw new Error(`more than ${REDIRECTS_MAX} redirects`);
      url = next;
      continue;
    }
    const text = await bodyOf(response).catch((error: unknown) => {
      throw new Error(reasonOf(error, timeoutMs));
    });
    const retryAfterS = secondsOf(response.headers.get('retry-after'));
    return { status: response.status, text, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
  }
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    // Leaving the loop cancels the rest.
    if (bytes > BODY_BYTES_MAX) throw new Error(`an answer of more than ${BODY_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Seconds to wait, where the server says so in seconds. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) : undefined;
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { cause } = error;
  // What went wrong is told by the cause; the error itself says "fetch failed".
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
