import { createHash, timingSafeEqual } from 'node:crypto';
import { MisuseError } from '../../../shared/invariant.ts';
import { InvalidHeader } from '../../../shared/protocol/errors/header-errors.ts';
import { parseAuthorizationBasic } from '../../../shared/protocol/handshake/header-values.ts';
import type { Request } from '../../../shared/protocol/handshake/message.ts';
import type { HttpAnswer, ProcessRequest } from '../../options/serve-options.ts';

/** Whether somebody is who they say. */
export type CheckCredentials = (username: string, password: string) => boolean | Promise<boolean>;

const REALM = /^[\x20-\x7e]*$/;

const usernames = new WeakMap<Request, string>();

/** Who has been let in with this request. */
export const usernameOf = (request: Request): string | undefined => usernames.get(request);

/**
 * Lets in who has a name and a password, HTTP Basic authentication, for the option `processRequest`. The
 * connection has the name as its `username`.
 *
 * @param realm what a browser tells whom it asks.
 * @param credentials passwords by names, or a function that knows. Passwords are compared in a time that does
 * not depend on them; a function has to see to that itself.
 */
export function basicAuth(
  realm: string,
  credentials: Readonly<Record<string, string>> | CheckCredentials,
): ProcessRequest {
  if (!REALM.test(realm))
    throw new MisuseError('Condition failed: the realm is printable ASCII, which is all that a header has');
  const isRight = typeof credentials === 'function' ? credentials : checkOf(credentials);
  const challenge = `Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`;
  const refusal = (body: string): HttpAnswer => ({
    statusCode: 401,
    headers: { 'WWW-Authenticate': challenge },
    body,
  });
  return async (request) => {
    let username: string;
    let password: string;
    try {
      const authorization = request.headers.get('Authorization');
      if (authorization === undefined) return refusal('Missing credentials\n');
      [username, password] = parseAuthorizationBasic(authorization);
    } catch (error) {
      if (error instanceof InvalidHeader) return refusal('Unsupported credentials\n');
      throw error;
    }
    if (!(await isRight(username, password))) return refusal('Invalid credentials\n');
    usernames.set(request, username);
    return undefined;
  };
}

function checkOf(credentials: Readonly<Record<string, string>>): CheckCredentials {
  // Names come from the network: `constructor` is none of ours.
  const digests = new Map(Object.entries(credentials).map(([name, password]) => [name, digestOf(password)]));
  const nobody = digestOf('');
  return (username, password) => {
    const digest = digests.get(username);
    // Compared for a name that nobody has, too: that it takes as long does not tell which names there are.
    const isSame = timingSafeEqual(digestOf(password), digest ?? nobody);
    return isSame && digest !== undefined;
  };
}

/** Of one length, whatever the text has: only such can be compared in constant time. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
