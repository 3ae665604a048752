import { MisuseError } from '../../shared/invariant.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';

/** The whole of 127.0.0.0/8, ::1 and the name for them, in the form `URL` gives them. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws MisuseError where no WebSocket connection can or should be made to this URL. */
export function checkedUrl(text: string, allowPlain: boolean): URL {
  const shown = safeUrl(text);
  if (!URL.canParse(text)) throw new MisuseError(`Condition failed: url is a URL, not ${shown}`);
  const url = new URL(text);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new MisuseError(`Condition failed: url begins with wss:// or ws://, unlike ${shown}`);
  }
  if (url.hash !== '') throw new MisuseError(`Condition failed: url has no fragment (#), unlike ${shown}`);
  if (url.protocol === 'ws:' && !allowPlain && !LOOPBACK.test(url.hostname)) {
    throw new MisuseError(
      `Condition failed: ${shown} is on this machine or begins with wss://; ` +
        'set allowPlain to connect unencrypted, where whoever is on the way can read and change the data',
    );
  }
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
