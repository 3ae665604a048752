/** Scheme, authority, path and whether a query follows. A backslash ends the authority as a slash does. */
const URL_PARTS = /^([a-z][a-z0-9+.-]*):[/\\]{2}([^/\\?#]*)([^?#]*)(\?[^#]*)?/i;

/**
 * A URL as it may be shown: scheme, host, port and path. User, password and query are masked, because keys
 * and tokens travel there. For every log line, error, status and recording.
 */
export function safeUrl(url: string): string {
  const parts = URL_PARTS.exec(url.trim());
  if (parts === null) return '(not a URL)';
  const [, scheme, authority, path, query] = parts;
  const hostAt = authority!.lastIndexOf('@') + 1;
  const user = hostAt > 0 ? '***@' : '';
  return `${scheme!.toLowerCase()}://${user}${authority!.slice(hostAt)}${path!}${query === undefined ? '' : '?***'}`;
}
