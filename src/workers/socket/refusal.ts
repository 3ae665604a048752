import type { IncomingMessage } from 'node:http';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { type EndCause, foreignText } from './connection-end.ts';

/** Bytes of the answer's body that are read for the detail. */
const BODY_BYTES_MAX = 1024;

const HTML_TAGS = /<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi;

/** Reads the beginning of an answer's body. `done` is called once; never where the answer breaks off. */
export function readBody(response: IncomingMessage, done: (body: string) => void): void {
  const body: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    response.removeAllListeners();
    response.on('error', () => {});
    done(Buffer.concat(body).toString('utf8', 0, BODY_BYTES_MAX));
  };
  response.on('data', (chunk: Buffer) => {
    body.push(chunk);
    bytes += chunk.length;
    if (bytes >= BODY_BYTES_MAX) finish();
  });
  response.on('error', finish);
  response.on('end', finish);
}

/**
 * An HTTP answer that is not an upgrade: its status, the wait it asks for, and what it says.
 *
 * @param body what has come of it.
 */
export function refusal(
  response: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  where: string,
  body: string,
): EndCause {
  const { statusCode = 0, headers } = response;
  const retryAfterS = secondsToWait(headers['retry-after']);
  const parts = [`${where}: HTTP ${statusCode} instead of an upgrade`];
  if (headers.location !== undefined)
    parts.push(`it points to ${safeUrl(headers.location)}, which is not followed`);
  if (retryAfterS !== undefined) parts.push(`retry after ${retryAfterS} s`);
  const text = foreignText(body.replace(HTML_TAGS, ' '));
  if (text !== '') parts.push(`it says: ${text}`);
  return {
    fault: FAULTS.HANDSHAKE_REFUSED.id,
    detail: parts.join('; '),
    ours: false,
    httpStatus: statusCode,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  };
}

/** Retry-After is seconds or a date. Source: RFC 9110, section 10.2.3. */
function secondsToWait(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
