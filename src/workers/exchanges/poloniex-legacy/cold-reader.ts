import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { CodecContext } from '../exchange.ts';
import { integerOrText, isArray, isObject, type Problem, textAt } from '../json-entry.ts';
import type { Channels } from './channels.ts';
import { ColdFrames } from './cold-frames.ts';
import { ColdTicker } from './cold-ticker.ts';
import type { FrameDraft } from './frame-draft.ts';
import { CHANNEL, CHANNELS_END, CHANNELS_FROM, FLAG } from './wire.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;
/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/** Reads any message, through JSON. */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #frames: ColdFrames;
  readonly #ticker: ColdTicker;

  constructor(context: CodecContext, channels: Channels, draft: FrameDraft) {
    this.#context = context;
    this.#channels = channels;
    this.#frames = new ColdFrames(context, channels, draft);
    this.#ticker = new ColdTicker(context, channels);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const { events } = this.#context;
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      events.malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const finding = this.#read(readJson(text));
    if (finding === undefined) return;
    const sample = text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
    events.malformed(finding.fault, `${finding.problem}: ${sample}`);
  }

  /** A new connection begins. */
  reset(): void {
    this.#ticker.clear();
  }

  #read(message: JsonValue | undefined): Finding | undefined {
    if (isObject(message)) {
      const error = textAt(message, 'error')?.slice(0, WORDS_MAX);
      if (error === undefined) return unknown('an object without error');
      this.#channels.refused(error);
      return undefined;
    }
    if (!isArray(message)) return malformed(message === undefined ? 'not JSON' : 'neither array nor object');
    const [channel, second, payload] = message;
    const id = integerOrText(channel);
    if (id === undefined) return malformed('channel is no number');
    switch (message.length) {
      case 1:
        return id === CHANNEL.heartbeat ? undefined : unknown('a channel alone');
      case 2:
        return this.#readFlag(id, second);
      case 3:
        return this.#readFrame(id, second, payload);
      default:
        return malformed('neither one, two nor three values');
    }
  }

  #readFlag(id: number, flag: JsonValue | undefined): Finding | undefined {
    const value = integerOrText(flag);
    if (value === undefined || value > FLAG.already) return malformed('a flag that is none of 0, 1 and 2');
    if (value === FLAG.unsubscribed) {
      this.#channels.left(id);
      return undefined;
    }
    if (id === CHANNEL.ticker) this.#channels.tickersAccepted();
    const pair = this.#channels.byId(id);
    // A book that is subscribed already sends no snapshot; a session finds that out by itself.
    if (pair !== undefined) this.#channels.accepted(pair);
    return undefined;
  }

  #readFrame(
    id: number,
    sequence: JsonValue | undefined,
    payload: JsonValue | undefined,
  ): Finding | undefined {
    switch (id) {
      case CHANNEL.ticker:
        return malformed(this.#ticker.read(payload));
      case CHANNEL.volume:
        // Sums of the whole venue, for which there is no record.
        return malformed(isArray(payload) ? undefined : 'volume: no array');
      default:
        if (id >= CHANNELS_FROM && id < CHANNELS_END) return unknown('a channel this version does not know');
        return malformed(this.#frames.read(id, sequence, payload));
    }
  }
}

/** What could not be read of a message. */
interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
}

const malformed = (problem: Problem): Finding | undefined =>
  problem === undefined ? undefined : { fault: FAULTS.MESSAGE_MALFORMED.id, problem };

const unknown = (problem: string): Finding => ({ fault: FAULTS.MESSAGE_UNKNOWN.id, problem });
