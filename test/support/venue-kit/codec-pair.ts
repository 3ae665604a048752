import assert from 'node:assert/strict';
import type { ExchangeCodec } from '../../../src/workers/exchanges/exchange.ts';
import type { CodecHarness } from './codec-harness.ts';

/** Compares what two codecs made of the same, byte for byte and in order, and lets both forget it. */
export function assertSame(
  hot: CodecHarness,
  cold: CodecHarness,
  message: string | Uint8Array,
  what = '',
): void {
  const [a, b] = [hot.sink, cold.sink];
  const isSame =
    a.log.length === b.log.length &&
    a.log.every((line, n) => line === b.log[n]) &&
    a.records.length === b.records.length &&
    a.records.every(({ bytes }, n) => Buffer.compare(bytes, b.records[n]!.bytes) === 0) &&
    hot.asked.length === cold.asked.length;
  // Compared once more for the words of it, which takes long.
  if (!isSame)
    assert.deepEqual(
      hot.outcome(),
      cold.outcome(),
      `${what} ${Buffer.from(message).toString().slice(0, 2000)}`,
    );
  hot.clear();
  cold.clear();
}

/** Two codecs that must not differ, whatever they are given: one with its hot path, one without. */
export class CodecPair<H extends CodecHarness<ExchangeCodec>> {
  readonly hot: H;
  readonly cold: H;

  constructor(make: (hot: boolean) => H) {
    this.hot = make(true);
    this.cold = make(false);
  }

  /** Does the same with both. */
  both(act: (harness: H) => void, what = ''): void {
    act(this.hot);
    act(this.cold);
    assertSame(this.hot, this.cold, '', what);
  }

  /** Gives both one message and compares what came of it. */
  read(message: string | Uint8Array, what = ''): void {
    this.hot.read(message);
    this.cold.read(message);
    assertSame(this.hot, this.cold, message, what);
  }

  /** Gives back the memory that all codecs of a thread share. */
  close(): void {
    this.hot.close();
    this.cold.close();
  }
}
