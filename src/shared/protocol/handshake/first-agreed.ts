import { NegotiationError } from '../errors/header-errors.ts';

/** What the first extension of this name agrees to; undefined where each declines. */
export function firstAgreed<F extends { readonly name: string }, T>(
  factories: readonly F[],
  name: string,
  agree: (factory: F) => T,
): T | undefined {
  for (const factory of factories) {
    if (factory.name !== name) continue;
    try {
      return agree(factory);
    } catch (error) {
      if (!(error instanceof NegotiationError)) throw error;
    }
  }
  return undefined;
}
