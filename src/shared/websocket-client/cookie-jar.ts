/** A cookie, as a server has set it for a domain. */
interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Only for wss://. */
  readonly secure: boolean;
}

/** Of RFC 6265, section 4.1.1, and Python's; whatever else comes in a Set-Cookie header is a cookie. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'comment',
  'domain',
  'expires',
  'httponly',
  'max-age',
  'partitioned',
  'path',
  'priority',
  'samesite',
  'secure',
  'version',
]);

/** What no name and no domain has: it could end the header, the cookie or the name. */
const NOT_IN_NAME = /[\p{Cc};,\s]/u;
const CONTROL = /\p{Cc}/u;
const IP_ADDRESS = /^[\d.]+$|:/;

/** Least that clients keep, by RFC 6265, section 6.1, here the most: servers say how much it is. */
const COOKIE_BYTES_MAX = 4096;
const COOKIES_PER_DOMAIN_MAX = 50;
const DOMAINS_MAX = 1000;

/**
 * Cookies that servers have set with a domain; those without one are not kept. A cookie goes to its domain and
 * whatever is below it. Of the attributes only `Domain` and `Secure` are looked at: nothing here knows the time.
 */
export class SimpleCookieJar {
  /** By the domain in lower case, with a dot before it. */
  readonly #jar = new Map<string, Map<string, Cookie>>();

  /** The domains that have cookies, each with a dot before it. */
  get domains(): readonly string[] {
    return [...this.#jar.keys()];
  }

  /**
   * Takes what a Set-Cookie header says.
   *
   * @param from the host that has sent it, which may set cookies for itself and for domains above it only. Where
   * left out the text is trusted.
   */
  add(setCookie: string | null | undefined, from?: string): void {
    this.#keep(setCookie, from, false);
  }

  /** The same, in place of all that the domain had. */
  set(setCookie: string | null | undefined, from?: string): void {
    this.#keep(setCookie, from, true);
  }

  /** @returns the value of the Cookie header for this host, sorted; empty where there is nothing for it. */
  get(host: string | null | undefined, secure = true): string {
    if (!host) return '';
    const found: string[] = [];
    for (const [domain, cookies] of this.#jar) {
      if (!isWithin(host, domain)) continue;
      for (const cookie of cookies.values())
        if (secure || !cookie.secure) found.push(`${cookie.name}=${cookie.value}`);
    }
    return found.sort().join('; ');
  }

  #keep(setCookie: string | null | undefined, from: string | undefined, replaces: boolean): void {
    if (!setCookie) return;
    for (const [domain, cookies] of cookiesByDomain(setCookie)) {
      if (from !== undefined && !maySet(from, domain)) continue;
      let kept = this.#jar.get(domain);
      if (kept === undefined) {
        if (this.#jar.size >= DOMAINS_MAX) continue;
        kept = new Map();
        this.#jar.set(domain, kept);
      } else if (replaces) kept.clear();
      for (const cookie of cookies)
        if (kept.has(cookie.name) || kept.size < COOKIES_PER_DOMAIN_MAX) kept.set(cookie.name, cookie);
    }
  }
}

/** Whole labels only: `.abc.com` is neither of `xabc.com` nor of `abc.com.es`. */
function isWithin(host: string, domain: string): boolean {
  const name = host.toLowerCase();
  return name === domain.slice(1) || (name.endsWith(domain) && !IP_ADDRESS.test(name));
}

/** A single label is all of a top-level domain, unless it is the host's own name. */
const maySet = (from: string, domain: string): boolean =>
  isWithin(from, domain) && (from.toLowerCase() === domain.slice(1) || domain.indexOf('.', 1) > 0);

/** One text may be several headers in one, so a cookie's domain is the next that is named after it. */
function cookiesByDomain(setCookie: string): [domain: string, cookies: Cookie[]][] {
  const found: [string, Cookie[]][] = [];
  let waiting: { name: string; value: string; secure: boolean }[] = [];
  /** Those that the attributes are about. */
  let latest: typeof waiting = [];
  for (const part of setCookie.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    const attribute = name.toLowerCase();
    if (attribute === 'domain') {
      const domain = '.' + value.toLowerCase().replace(/^\./, '');
      if (domain.length > 1 && !NOT_IN_NAME.test(domain)) found.push([domain, waiting]);
      latest = waiting;
      waiting = [];
    } else if (attribute === 'secure') {
      const last = waiting.at(-1) ?? latest.at(-1);
      if (last !== undefined) last.secure = true;
    } else if (!ATTRIBUTES.has(attribute) && isCookie(equals, name, value)) {
      waiting.push({ name, value, secure: false });
    }
  }
  return found;
}

const isCookie = (equals: number, name: string, value: string): boolean =>
  equals > 0 &&
  name !== '' &&
  !NOT_IN_NAME.test(name) &&
  !CONTROL.test(value) &&
  name.length + value.length <= COOKIE_BYTES_MAX;
