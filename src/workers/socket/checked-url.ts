import { MisuseError } from '../../shared/invariant.ts';
import { endpointProblem } from '../../shared/text/endpoint-rule.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';

/** @throws MisuseError where no WebSocket connection can or should be made to this URL. */
export function checkedUrl(text: string, allowPlain: boolean): URL {
  const shown = safeUrl(text);
  if (!URL.canParse(text)) throw new MisuseError(`Condition failed: url is ${shown}, expected a URL`);
  const url = new URL(text);
  const problem = endpointProblem(url, allowPlain);
  if (problem !== undefined) throw new MisuseError(`Condition failed: url is ${shown}, ${problem}`);
  return url;
}

/**
 * Masks in a text what the URL keeps secret, for servers that repeat the request in their answer.
 *
 * Values shorter than four characters are left, because replacing them would spoil the text and hide nothing.
 */
export function secretsMasked(url: URL): (text: string) => string {
  const query = url.search.slice(1);
  const values = query.split('&').map((parameter) => parameter.slice(parameter.indexOf('=') + 1));
  const secrets = [query, url.username, url.password, ...values, ...url.searchParams.values()];
  for (const secret of [...secrets]) {
    try {
      secrets.push(decodeURIComponent(secret));
    } catch {
      // Not percent-encoded as UTF-8: there is no other way to write it.
    }
  }
  const masked = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => masked.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
