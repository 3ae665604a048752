import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { durationMs, durationS, later, type MonotonicNs } from '../../shared/units.ts';
import type { RestAnswer, RestRequest } from '../exchanges/exchange.ts';
import { type Backoff, backoffMs } from '../session/backoff.ts';
import { RollingLimit } from '../session/rolling-limit.ts';
import type { Chance } from '../session/seeded-random.ts';
import type { RestFetch, RestResponse } from './rest-fetch.ts';

/** Requests that wait at once. What is asked beyond that fails at once. */
const WAITING_MAX = 10_000;
/** Requests under way at once. */
const UNDER_WAY_MAX = 4;
const ATTEMPTS_MAX = 5;
const TIMEOUT_MS = 10_000;
/** By then the edge has answered; where it has not, the attempt has failed all the same. */
const OVERDUE_MS = TIMEOUT_MS + 5_000;
const BACKOFF: Backoff = { strategy: 'exponential', delayMs: 500, maxMs: 15_000, jitter: 0.5 };
/** A server that asks to be left alone for longer is asked again after this. */
const RETRY_AFTER_S_MAX = 120;

/** What another attempt would not change: the request itself is not acceptable. 426 is a server of WebSockets alone. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 404, 405, 410, 414, 422, 426]);
/** Too many requests; 418 is what Binance answers to those who go on. */
const TOO_MANY: ReadonlySet<number> = new Set([418, 429]);

const NEVER = Number.POSITIVE_INFINITY;

/** Longest words of a server that are handed on. */
const WORDS_MAX = 200;

/** One question on its way to an answer. */
interface Question {
  readonly request: RestRequest;
  attempts: number;
  /** When it may be asked again; while under way, when it counts as unanswered. */
  dueAt: MonotonicNs;
}

export interface RestQueueOptions {
  /** Root of the REST interface, without a slash at the end. */
  readonly url: string;
  readonly requestsPerSecond: number;
  /** Attempts for each question; 5 where left out. */
  readonly attemptsMax?: number;
  readonly chance: Chance;
  readonly fetch: RestFetch;
  readonly now: () => MonotonicNs;
  /** An answer came, or none will; never called while `ask` or `pump` runs. */
  readonly settled: () => void;
}

/** A question and what came of it. */
export interface Settled {
  readonly request: RestRequest;
  readonly answer: RestAnswer;
}

/**
 * Questions of one connection to the venue's REST interface, in the order they were asked: as many at a time
 * and per second as the venue may bear, each asked again a few times where no answer comes, and then given up.
 * Decides by the time it is given; only `fetch` touches the world.
 */
export class RestQueue {
  readonly #options: RestQueueOptions;
  readonly #limit: RollingLimit;
  #waiting: Question[] = [];
  readonly #underWay = new Set<Question>();
  #settled: Settled[] = [];
  /** Nothing is asked before: the server said that there were too many. */
  #heldUntil = Number.NEGATIVE_INFINITY as MonotonicNs;

  constructor(options: RestQueueOptions) {
    this.#options = options;
    this.#limit = new RollingLimit(options.requestsPerSecond, durationS(1));
  }

  /** Takes a question in. It is asked at the next `pump`. */
  ask(request: RestRequest, now: MonotonicNs): void {
    const question: Question = { request, attempts: 0, dueAt: now };
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(question);
    else this.#giveUp(question, `${WAITING_MAX} questions wait already`);
  }

  /** The connection is gone: no answer is wanted any more, not even those on their way. */
  reset(): void {
    this.#waiting = [];
    this.#underWay.clear();
    this.#settled = [];
  }

  /** When `pump` has something to do. */
  nextDeadline(): number {
    if (this.#settled.length > 0) return Number.NEGATIVE_INFINITY;
    let deadline = NEVER;
    for (const { dueAt } of this.#underWay) deadline = Math.min(deadline, dueAt);
    if (this.#waiting.length === 0 || this.#underWay.size >= UNDER_WAY_MAX) return deadline;
    let due = NEVER;
    for (const { dueAt } of this.#waiting) due = Math.min(due, dueAt);
    return Math.min(deadline, Math.max(due, this.#limit.readyAt(), this.#heldUntil));
  }

  /** Asks what is due. @returns what is settled since the last call. */
  pump(now: MonotonicNs): readonly Settled[] {
    for (const question of this.#underWay)
      if (question.dueAt <= now) this.#failed(question, `no answer within ${OVERDUE_MS} ms`, now);
    if (now >= this.#heldUntil) this.#askDue(now);
    return this.#settled.splice(0);
  }

  #askDue(now: MonotonicNs): void {
    for (let n = 0; n < this.#waiting.length && this.#underWay.size < UNDER_WAY_MAX; ) {
      const question = this.#waiting[n]!;
      if (question.dueAt > now) n++;
      else if (this.#limit.tryTake(now)) {
        this.#waiting.splice(n, 1);
        this.#attempt(question, now);
      } else return;
    }
  }

  #attempt(question: Question, now: MonotonicNs): void {
    const attempt = ++question.attempts;
    question.dueAt = later(now, durationMs(OVERDUE_MS));
    this.#underWay.add(question);
    const { fetch, url } = this.#options;
    // What was overdue, or belongs to a connection that is gone, is no longer under way and not heard.
    const hear = (happened: (at: MonotonicNs) => void): void => {
      if (!this.#underWay.has(question) || question.attempts !== attempt) return;
      happened(this.#options.now());
      this.#options.settled();
    };
    fetch(url + question.request.path, TIMEOUT_MS).then(
      (response) => hear((at) => this.#answered(question, response, at)),
      (error: unknown) =>
        hear((at) => this.#failed(question, error instanceof Error ? error.message : 'it failed', at)),
    );
  }

  #answered(question: Question, response: RestResponse, now: MonotonicNs): void {
    const { status, text, retryAfterS } = response;
    if (status >= 200 && status < 300) {
      this.#underWay.delete(question);
      this.#settled.push({ request: question.request, answer: { ok: true, text } });
      return;
    }
    const words = `HTTP ${status} ${text.slice(0, WORDS_MAX).replace(/[^ -~]/g, '?')}`.trimEnd();
    if (REFUSALS.has(status)) {
      this.#underWay.delete(question);
      const detail = `${question.request.path}: ${words}`;
      this.#settled.push({
        request: question.request,
        answer: { ok: false, fault: FAULTS.REST_REFUSED.id, detail },
      });
      return;
    }
    if (TOO_MANY.has(status) || retryAfterS !== undefined) {
      const wait = durationS(Math.min(retryAfterS ?? 1, RETRY_AFTER_S_MAX));
      this.#heldUntil = Math.max(this.#heldUntil, later(now, wait)) as MonotonicNs;
    }
    this.#failed(question, words, now);
  }

  #failed(question: Question, detail: string, now: MonotonicNs): void {
    this.#underWay.delete(question);
    const { attemptsMax = ATTEMPTS_MAX } = this.#options;
    if (question.attempts >= attemptsMax) {
      this.#giveUp(question, `${attemptsMax} attempts, the last: ${detail}`);
      return;
    }
    const wait = backoffMs(BACKOFF, question.attempts, this.#options.chance());
    question.dueAt = later(now, durationMs(wait));
    // Before what was never tried, so that none waits for ever.
    this.#waiting.unshift(question);
  }

  #giveUp({ request }: Question, detail: string): void {
    this.#settled.push({
      request,
      answer: { ok: false, fault: FAULTS.REST_FAILED.id, detail: `${request.path}: ${detail}` },
    });
  }
}
