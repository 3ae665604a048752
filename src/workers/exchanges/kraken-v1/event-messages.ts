import type { Subscription } from '../../../shared/contract.ts';
import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { isObject } from '../json-entry.ts';
import { channelName } from './channel-name.ts';
import type { OpenRequest, Requests } from './requests.ts';

/** Longest text of the venue that is passed on. */
const TEXT_MAX = 200;

/** An error that says the subscription is there all the same. Source: JKorf/Kraken.Net, read 2026-05-27. */
const ALREADY_SUBSCRIBED = /^already subscribed/i;

/** An error that says the subscription is gone all the same. */
const NOT_SUBSCRIBED = /^subscription not found/i;

/** What is wrong with a message, and the book that is no longer known because of it. */
export interface Problem {
  readonly fault: FaultCode;
  readonly detail: string;
  readonly spoils?: InstrumentId;
}

/**
 * Messages that are objects: the venue's condition, heartbeats, pongs, answers and errors.
 *
 * Source: docs.kraken.com/api/docs/websocket-v1/{systemstatus,heartbeat,ping,subscriptionstatus}, read
 * 2026-05-27; errors without an event from nautechsystems/nautilus_trader, read the same day.
 */
export class EventMessages {
  readonly #events: CodecEvents;
  readonly #requests: Requests;

  constructor(events: CodecEvents, requests: Requests) {
    this.#events = events;
    this.#requests = requests;
  }

  /** @returns what is wrong with the message, or undefined. */
  read(message: JsonObject): Problem | undefined {
    const event = message.get('event');
    switch (event) {
      case 'heartbeat':
        return undefined;
      case 'pong':
        this.#events.pong();
        return undefined;
      case 'systemStatus':
        return this.#readSystemStatus(message);
      case 'subscriptionStatus':
        return this.#readSubscriptionStatus(message);
      case 'error':
        this.#refuse(message, textOf(message.get('errorMessage')) || 'error without a message');
        return undefined;
      case undefined:
        break;
      default:
        return unknown(typeof event === 'string' ? `event ${event.slice(0, TEXT_MAX)}` : 'event is no text');
    }
    const error = message.get('Error');
    if (typeof error !== 'string') return unknown('an object without an event');
    this.#refuse(message, textOf(error));
    return undefined;
  }

  #readSystemStatus(message: JsonObject): Problem | undefined {
    const status = textOf(message.get('status'));
    if (status === '') return malformed('systemStatus has no status');
    this.#events.venueStatus(status);
    return undefined;
  }

  #readSubscriptionStatus(message: JsonObject): Problem | undefined {
    const status = message.get('status');
    const pair = message.get('pair');
    const reqid = reqidOf(message);
    const request = this.#requests.request(reqid);
    const reason = textOf(message.get('errorMessage'));
    if (typeof pair !== 'string') {
      if (status !== 'error') return malformed('subscriptionStatus has no pair');
      this.#refuse(message, reason);
      return undefined;
    }
    const subscription = this.#subscriptionOf(message, pair, request);
    this.#requests.answered(reqid, pair);
    switch (status) {
      case 'subscribed':
      case 'unsubscribed':
      case 'ok': {
        if (subscription === undefined) return unknown(`subscriptionStatus of ${pair.slice(0, TEXT_MAX)}`);
        const ends = status === 'unsubscribed' || (status === 'ok' && request?.event === 'unsubscribe');
        if (ends) this.#events.unsubscribed(subscription);
        else this.#events.subscribed(subscription, '');
        return undefined;
      }
      case 'error':
        this.#readError(subscription, reason || 'error without a message', request);
        return undefined;
      default:
        return malformed('subscriptionStatus has an unknown status');
    }
  }

  #readError(subscription: Subscription | undefined, reason: string, request: OpenRequest | undefined): void {
    if (subscription === undefined) this.#events.refused(undefined, reason);
    else if (ALREADY_SUBSCRIBED.test(reason)) this.#events.subscribed(subscription, reason);
    else if (NOT_SUBSCRIBED.test(reason)) this.#events.unsubscribed(subscription);
    // What was refused is the end of a subscription, so the subscription itself still stands.
    else if (request?.event === 'unsubscribe') this.#events.refused(undefined, reason);
    else this.#events.refused(subscription, reason);
  }

  /** An error that names no pair: it concerns all that is open of its request, or nobody knows what. */
  #refuse(message: JsonObject, reason: string): void {
    const reqid = reqidOf(message);
    const request = this.#requests.request(reqid);
    this.#requests.close(reqid);
    if (request === undefined) this.#events.refused(undefined, reason);
    else
      for (const subscription of request.subscriptions.values())
        this.#readError(subscription, reason, request);
  }

  #subscriptionOf(
    message: JsonObject,
    pair: string,
    request: OpenRequest | undefined,
  ): Subscription | undefined {
    const channel = message.get('channelName');
    const wire = message.get('subscription');
    const name = typeof channel === 'string' ? channel : isObject(wire) ? nameOf(wire) : '';
    return this.#requests.find(name, pair) ?? request?.subscriptions.get(pair);
  }
}

export const malformed = (detail: string): Problem => ({ fault: FAULTS.MESSAGE_MALFORMED.id, detail });

export const unknown = (detail: string): Problem => ({ fault: FAULTS.MESSAGE_UNKNOWN.id, detail });

/** The channel name that belongs to the `subscription` object of an answer. */
function nameOf(wire: JsonObject): string {
  const name = wire.get('name');
  const depth = wire.get('depth');
  const interval = wire.get('interval');
  return channelName({
    name: typeof name === 'string' ? name : '',
    ...(depth instanceof JsonNumber ? { depth: Number(depth.text) } : {}),
    ...(interval instanceof JsonNumber ? { interval: Number(interval.text) } : {}),
  });
}

/** @returns the request's id, or 0, which no request has. */
function reqidOf(message: JsonObject): number {
  const reqid = message.get('reqid');
  return reqid instanceof JsonNumber ? Number(reqid.text) : 0;
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value.slice(0, TEXT_MAX) : '';
