/** An error of the network as Node gives it, by its `code`. */
export interface ConnectionError extends Error {
  /** ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED, and so on. */
  readonly code?: string;
}

/**
 * One error with a text and a code, for whatever connecting ended in. Where a name has several addresses and
 * none can be connected to, Node gives one error for all of them, which has no text.
 */
export function connectionError(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const texts = error.errors.map((one) => (one instanceof Error ? one.message : String(one)));
  const { code } = error as ConnectionError;
  return withCode(new Error([...new Set(texts)].join('; '), { cause: error }), code);
}

/** The same error, with where it happened before its text. */
export function connectionErrorAt(where: string, error: unknown): unknown {
  const one = connectionError(error);
  if (!(one instanceof Error)) return one;
  return withCode(new Error(`${where}: ${one.message}`, { cause: error }), (one as ConnectionError).code);
}

export const closedWith = (code: string, text: string): ConnectionError => withCode(new Error(text), code);

function withCode(error: Error, code: string | undefined): ConnectionError {
  return code === undefined ? error : Object.assign(error, { code });
}
