/** Where a policy says what it refused to do, and what a callback threw. A pino logger is one. */
export interface ControlLog {
  debug(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What a person reads of something that was thrown. */
export const thrownText = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
