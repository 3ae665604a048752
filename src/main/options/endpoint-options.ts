import { MisuseError } from '../../shared/invariant.ts';
import { endpointProblem, isLoopback, restProblem } from '../../shared/text/endpoint-rule.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import type { FeedOption } from './open-options.ts';
import { expected, shown } from './option-rules.ts';

/** @throws MisuseError where no connection can or should be made to the URL. Its secrets are not repeated. */
export function checkEndpoint(url: string, allowPlain: boolean, where: string): void {
  const problem = URL.canParse(url)
    ? endpointProblem(new URL(url), allowPlain)
    : 'expected a ws:// or wss:// URL';
  if (problem !== undefined)
    throw new MisuseError(`Condition failed: ${where} is "${safeUrl(url)}", ${problem}`);
}

/** @throws MisuseError where nothing can or should be asked of the URL. Its secrets are not repeated. */
export function checkRestUrl(url: string, where: string): void {
  const problem = URL.canParse(url) ? restProblem(new URL(url)) : 'expected an https:// URL';
  if (problem !== undefined)
    throw new MisuseError(`Condition failed: ${where} is "${safeUrl(url)}", ${problem}`);
}

/** Root of the REST interface on the host of a WebSocket endpoint. */
export function ownRestUrl(url: string): string {
  const { host, protocol } = new URL(url);
  return `${protocol === 'wss:' ? 'https' : 'http'}://${host}`;
}

type ListOptions = Pick<FeedOption, 'exchange' | 'url' | 'restUrl' | 'checkSymbols'>;

/**
 * Where the list of a feed's venue is asked for; undefined where it is not. A server of the user's own is asked
 * only where we are told to, and never is another in its place.
 */
export function listUrl({ exchange, url, restUrl, checkSymbols }: ListOptions): string | undefined {
  if (checkSymbols === false) return undefined;
  const own =
    url === undefined
      ? VENUES[exchange].instrumentsUrl
      : checkSymbols === true && isLoopback(new URL(url))
        ? ownRestUrl(url)
        : undefined;
  return (restUrl ?? own)?.replace(/\/+$/, '');
}

/** @throws MisuseError where symbols are to be looked up in a list that is nowhere. */
export function checkListUrl(option: ListOptions, where: string): void {
  if (option.checkSymbols === true && listUrl(option) === undefined)
    throw new MisuseError(
      `Condition failed: ${where}.checkSymbols is true, allowed with a restUrl, which is where the list is asked for`,
    );
}

/** A token: RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What Node's http sends: no control characters but tab, nothing beyond Latin-1. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers of the handshake itself; a second one would break it. */
const OWN_HEADER = /^(connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

/** @throws MisuseError for a header that cannot be sent. Values are not repeated: keys and tokens are among them. */
export function checkHeaders(headers: object, where: string): void {
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    if (!HEADER_NAME.test(name))
      throw new MisuseError(
        `Condition failed: ${where} has the name ${shown(name)}, allowed: letters, digits and !#$%&'*+-.^_\`|~`,
      );
    if (OWN_HEADER.test(name))
      throw new MisuseError(`Condition failed: ${where}.${name} is not for options, the handshake sets it`);
    if (typeof value !== 'string')
      throw new MisuseError(`Condition failed: ${where}.${name} ${expected('text')({ input: value })}`);
    if (!HEADER_VALUE.test(value))
      throw new MisuseError(
        `Condition failed: ${where}.${name} has a line break or another character that no header may have`,
      );
  }
}
