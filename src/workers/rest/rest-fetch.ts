/** What a stage that asks over REST needs of the world. */

/** An HTTP answer, whatever it says. */
export interface RestResponse {
  readonly status: number;
  readonly text: string;
  /** Seconds the server asked to wait (Retry-After); undefined where it did not. */
  readonly retryAfterS?: number;
}

/**
 * Asks once. Rejects with an `Error` that says why where there is no answer within the time, none from the host
 * that was asked, or one that is too long.
 */
export type RestFetch = (url: string, timeoutMs: number) => Promise<RestResponse>;
