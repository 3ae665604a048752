import { Random } from '../random.ts';
import { assertSame } from './codec-pair.ts';
import { Replay } from './replay.ts';
import type { Session, Step } from './session.ts';
import type { VenueCase } from './venue-case.ts';

/** Two codecs that must not differ, whatever they are given: one with its hot path, one without. */
export class BothPaths {
  readonly #hot: Replay;
  readonly #cold: Replay;

  constructor(venue: VenueCase, session: Session) {
    this.#hot = new Replay(venue, session, true);
    this.#cold = new Replay(venue, session, false);
  }

  /** How many messages the hot codec left to its cold path. */
  get leftToCold(): number {
    return this.#hot.harness.cold;
  }

  /** True where some book is live, so that there is something left to spoil. */
  get hasLiveBook(): boolean {
    return this.#hot.session.symbols.some((_, id) => this.#hot.state(id) === 'live');
  }

  /** Reads what the session has next with both. */
  play(step: Step): void {
    this.#hot.read(step);
    this.#cold.read(step);
    this.#compare(step.text);
  }

  /** Reads any bytes with both. */
  read(bytes: Uint8Array, what: string): void {
    this.#hot.harness.read(bytes);
    this.#cold.harness.read(bytes);
    this.#compare(bytes, what);
  }

  close(): void {
    this.#hot.close();
    this.#cold.close();
  }

  #compare(message: string | Uint8Array, what = ''): void {
    assertSame(this.#hot.harness, this.#cold.harness, message, what);
  }
}

/** Seeds of one check, so that a failure names what to begin with. */
export const seeded = (seeds: number, run: (random: Random, seed: number) => void): void => {
  for (let seed = 1; seed <= seeds; seed++) run(new Random(seed), seed);
};
