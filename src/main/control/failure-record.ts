import type { ConnectionChange } from '../../shared/contract.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import {
  WebSocketClosedError,
  WebSocketConnectionError,
  WebSocketError,
  WebSocketProtocolError,
  WebSocketReconnectError,
  WebSocketTimeoutError,
} from './connection-errors.ts';
import type { ControlParts } from './control-options.ts';

const { NONE, CONNECT_TIMEOUT, RETRIES_EXHAUSTED } = FAULTS;

/** What went wrong with a connection, in the errors that its user gets to see. */
export class FailureRecord {
  readonly #parts: ControlParts;
  /** Attempts since the user connected, or since the connection was lost. */
  #attempts = 0;
  #lastError: Error | undefined;
  #isExhausted = false;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  /** What the last connection or attempt ended of; undefined while nothing went wrong. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** The user connects: what went wrong before is over. */
  begin(): void {
    this.#attempts = 0;
    this.#lastError = undefined;
    this.#isExhausted = false;
  }

  opened(): void {
    this.#lastError = undefined;
    this.#isExhausted = false;
  }

  /** The user says what is to happen now. */
  forgive(): void {
    this.#isExhausted = false;
  }

  failed(thrown: unknown): void {
    this.#lastError = thrown instanceof Error ? thrown : new Error(String(thrown));
  }

  /** @param wasOpen whether it is a connection that this step may have ended, or no more than an attempt. */
  note(change: ConnectionChange, wasOpen: boolean): void {
    const { state, fault } = change;
    if (state === 'CONNECTING') this.#attempts++;
    if (fault !== NONE.id) this.#lastError = this.#errorOf(change, wasOpen);
    // Ended as somebody here wanted, so that what went wrong before is not why.
    else if (state === 'DISCONNECTED' || state === 'CLOSED') this.#lastError = undefined;
    if (fault === RETRIES_EXHAUSTED.id) this.#isExhausted = true;
    if (wasOpen && state !== 'CONNECTED' && state !== 'CLOSING') this.#attempts = 0;
  }

  /** Why `connect` came to nothing. */
  connectError(): WebSocketError {
    const lastError = this.#lastError ?? new WebSocketError('it was called off');
    if (lastError instanceof WebSocketTimeoutError) return lastError;
    return new WebSocketConnectionError(this.#parts.url, this.#attempts, lastError);
  }

  /** Why a connection that was lost is not coming back. */
  lossError(): WebSocketError {
    const error = this.#lastError;
    if (this.#isExhausted) return new WebSocketReconnectError(this.#attempts, error);
    return error instanceof WebSocketError ? error : new WebSocketClosedError(1006, error?.message ?? '');
  }

  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  #errorOf(
    { fault, cause = fault, reason, code, detail }: ConnectionChange,
    wasOpen: boolean,
  ): WebSocketError {
    if (cause === CONNECT_TIMEOUT.id)
      return new WebSocketTimeoutError('connect', this.#parts.connectTimeoutMs / 1000);
    if (reason === 'PROTOCOL_ERROR') return new WebSocketProtocolError(detail);
    if (reason === 'SERVER_CLOSED') return new WebSocketClosedError(code, detail);
    return wasOpen ? new WebSocketClosedError(1006, detail) : new WebSocketError(detail);
  }
}
