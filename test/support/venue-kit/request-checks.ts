import assert from 'node:assert/strict';
import type { Subscription } from '../../../src/shared/contract.ts';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import { PLATFORM_LIMITS } from '../../../src/shared/venues/platform-limits.ts';
import type { Check } from './check.ts';
import { CodecHarness, instrumentsOf } from './codec-harness.ts';
import { subscriptionsOf } from './session.ts';
import { simulatedSymbols } from './session-source.ts';
import { SimulatedLine } from './simulated-line.ts';
import { type ChannelChoice, isAbsent, type ReadRequest, type VenueCase } from './venue-case.ts';

const harnessOf = (venue: VenueCase, symbols: readonly string[]): CodecHarness =>
  new CodecHarness({
    createCodec: (context, hot) => venue.createCodec(context, hot),
    instruments: instrumentsOf(symbols),
  });

const nameOf = ({ channel, instrument }: Subscription): string => `${channel} ${instrument}`;

/** What came of this instrument: records, discards and events. */
function about({ sink, events }: CodecHarness, id: number): string[] {
  return [
    ...sink.records.filter(({ values }) => values['instrument'] === id).map(({ name }) => name),
    ...sink.discards.filter(({ instrument }) => instrument === id).map(({ name }) => `discarded ${name}`),
    ...events.filter((line) => new RegExp(`^[a-z ]+ ${id}(?:[ :]|$)`).test(line)),
  ];
}

/** A codec on a connection to the embedded exchange. */
class Conversation {
  readonly harness: CodecHarness;
  readonly #line: SimulatedLine;

  constructor(harness: CodecHarness, line: SimulatedLine) {
    this.harness = harness;
    this.#line = line;
  }

  async send(requests: readonly string[]): Promise<void> {
    await this.#line.send(requests);
    await this.#read();
  }

  async step(count: number): Promise<void> {
    await this.#line.step(count);
    await this.#read();
  }

  async #read(): Promise<void> {
    const { harness } = this;
    harness.read(...this.#line.take());
    while (harness.asked.length > 0) {
      const { ok, text } = await this.#line.ask(harness.asked[0]!.path);
      if (ok) harness.answer(text);
      else harness.failAnswer(FAULTS.REST_REFUSED.id, text);
    }
  }
}

async function converse(
  venue: VenueCase,
  symbols: readonly string[],
  talk: (conversation: Conversation, channels: readonly ChannelChoice[]) => Promise<void>,
): Promise<void> {
  const { simulator } = venue;
  assert.ok(!isAbsent(simulator));
  const harness = harnessOf(venue, symbols);
  const all = subscriptionsOf(simulator.channels, symbols);
  const line = await SimulatedLine.open(
    simulator.exchange,
    (url) => harness.codec.address?.(url, all) ?? url,
  );
  try {
    await talk(new Conversation(harness, line), simulator.channels);
    assert.equal(line.violations, 0, 'no limit is violated');
  } finally {
    harness.close();
    await line.stop();
  }
}

/** What is asked of the venue, and what comes of its answers. */
export function requestChecks(venue: VenueCase): Check[] {
  const { simulator } = venue;
  const skip = isAbsent(simulator) ? { skip: simulator.none } : {};
  const asksNothing = isAbsent(venue.readRequest) ? { skip: venue.readRequest.none } : {};
  return [
    {
      title: 'every subscription is accepted once, and gives records of its kind',
      ...skip,
      run: () => acceptsAll(venue),
    },
    {
      title: 'what is unsubscribed is acknowledged once and silent from then on, and the others go on',
      ...skip,
      ...asksNothing,
      run: () => unsubscribes(venue),
    },
    {
      title: 'a subscription that is refused is told as refused, and those beside it are accepted',
      ...(isAbsent(simulator)
        ? skip
        : simulator.refuses.length === 0
          ? { skip: 'the venue refuses nothing, or not in words' }
          : {}),
      run: () => refuses(venue),
    },
    ...sampleChecks(venue),
    {
      title: 'requests name no more symbols than one may, each symbol once, and are as few as that allows',
      ...asksNothing,
      run: async () => keepsLimits(venue),
    },
  ];
}

async function acceptsAll(venue: VenueCase): Promise<void> {
  const symbols = simulatedSymbols(venue, 3);
  await converse(venue, symbols, async (conversation, channels) => {
    const { harness } = conversation;
    const all = subscriptionsOf(channels, symbols);
    await conversation.send(harness.codec.subscribe(all));
    await conversation.step(400);
    const accepted = harness.events
      .filter((line) => line.startsWith('subscribed '))
      .map((line) => line.split(':')[0]);
    assert.deepEqual(accepted.sort(), all.map((s) => `subscribed ${nameOf(s)}`).sort());
    assert.equal(harness.malformed, 0, harness.events.join('\n'));
    const kinds = new Set(harness.sink.records.map(({ name, values }) => `${name} ${values['instrument']}`));
    for (const subscription of all)
      assert.ok(kinds.has(nameOf(subscription)), `records of ${nameOf(subscription)}`);
  });
}

async function unsubscribes(venue: VenueCase): Promise<void> {
  const symbols = simulatedSymbols(venue, 3);
  await converse(venue, symbols, async (conversation, channels) => {
    const { harness } = conversation;
    const all = subscriptionsOf(channels, symbols);
    await conversation.send(harness.codec.subscribe(all));
    await conversation.step(200);
    const gone = all.filter(({ instrument }) => instrument === 1);
    harness.clear();
    await conversation.send(harness.codec.unsubscribe(gone));
    const ended = harness.events.filter((line) => line.startsWith('unsubscribed '));
    assert.deepEqual(ended.sort(), gone.map((s) => `unsubscribed ${nameOf(s)}`).sort());
    harness.clear();
    await conversation.step(300);
    assert.deepEqual(about(harness, 1), [], 'it is silent');
    assert.equal(harness.malformed, 0, harness.events.join('\n'));
    for (const id of [0, 2]) assert.ok(about(harness, id).length > 0, `${symbols[id]} goes on`);
  });
}

async function refuses(venue: VenueCase): Promise<void> {
  const [known = ''] = simulatedSymbols(venue, 1);
  const symbols = [known, venue.venue.toVenueSymbol('NONE/SUCH')];
  await converse(venue, symbols, async (conversation, channels) => {
    const { harness } = conversation;
    const { simulator } = venue;
    assert.ok(!isAbsent(simulator));
    const asked = channels.filter(({ channel }) => simulator.refuses.includes(channel));
    await conversation.send(harness.codec.subscribe(subscriptionsOf(asked, symbols)));
    await conversation.step(100);
    const told = (word: string, id: number): string[] =>
      harness.events.filter((line) => line.startsWith(`${word} `) && new RegExp(` ${id}(:|$)`).test(line));
    assert.equal(told('refused', 1).length, asked.length, harness.events.join('\n'));
    assert.deepEqual(told('refused', 0), []);
    assert.equal(told('subscribed', 0).length, asked.length, harness.events.join('\n'));
  });
}

function sampleChecks(venue: VenueCase): Check[] {
  const { answers } = venue;
  if (isAbsent(answers))
    return [{ title: 'answers as documented are understood', skip: answers.none, run: async () => {} }];
  return answers.map(({ title, symbols, subscriptions, texts, log }) => ({
    title,
    run: async () => {
      const harness = harnessOf(venue, symbols)
        .subscribed(...subscriptions)
        .read(...texts);
      assert.deepEqual(harness.sink.log, log);
      harness.close();
    },
  }));
}

function keepsLimits(venue: VenueCase): void {
  const { venue: rules, readRequest } = venue;
  const { symbolsPerRequest = rules.limits.symbolsPerRequest } = venue;
  assert.ok(!isAbsent(readRequest) && symbolsPerRequest <= rules.limits.symbolsPerRequest);
  const count = Math.min(symbolsPerRequest, 100) * 2 + 1;
  const symbols = Array.from({ length: count }, (_, n) => rules.toVenueSymbol(`A${n}/USD`));
  const harness = harnessOf(venue, symbols);
  const channels = isAbsent(venue.simulator) ? [{ channel: 'book' as const }] : venue.simulator.channels;
  for (const channel of channels) {
    const all = subscriptionsOf([channel], symbols);
    for (const kind of ['subscribe', 'unsubscribe'] as const) {
      const requests: ReadRequest[] = harness.codec[kind](all).map((text) => readRequest(text));
      assert.deepEqual(new Set(requests.map((request) => request.kind)), new Set([kind]));
      const where = `to ${kind} ${channel.channel}`;
      if (requests[0]?.symbols === 'every symbol') {
        assert.equal(requests.length, 1, `requests ${where}`);
        continue;
      }
      for (const { symbols: named } of requests)
        assert.ok(named.length <= symbolsPerRequest, `${named.length} symbols in one request ${where}`);
      const named = requests.flatMap((request) => request.symbols);
      assert.deepEqual(named.sort(), [...symbols].sort(), `each symbol once ${where}`);
      assert.equal(requests.length, Math.ceil(count / symbolsPerRequest), `requests ${where}`);
    }
  }
  harness.close();
  // What the pacing and the sharding go by; both are tried where they are done.
  for (const [name, limit] of Object.entries(rules.limits)) assert.ok(limit > 0, `${name} is a limit`);
  assert.ok(rules.limits.connectionMarginMs < rules.limits.connectionLifeMs);
  assert.ok(
    Object.values(PLATFORM_LIMITS).some((limits) => limits === rules.limits),
    'limits are the table’s',
  );
}
