/** Every check of the kit fails for an adapter with the defect that it is there for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodecContext, ExchangeCodec } from '../../../src/workers/exchanges/exchange.ts';
import { BINANCE_CASE } from '../../workers/exchanges/binance/venue-case.ts';
import { GEMINI_V1_CASE } from '../../workers/exchanges/gemini-v1/venue-case.ts';
import { KRAKEN_CASE } from '../../workers/exchanges/kraken/venue-case.ts';
import { POLONIEX_CASE } from '../../workers/exchanges/poloniex/venue-case.ts';
import { isAbsent, type VenueCase } from './venue-case.ts';
import { checksOf } from './venue-kit.ts';

type Create = VenueCase['createCodec'];

const NO_RECORDINGS = { none: 'a simulated session is enough to show a defect' };

/** The same venue with one simulated session, which is enough to show a defect. */
const brief = (venue: VenueCase): VenueCase => ({
  ...venue,
  recordings: NO_RECORDINGS,
  made: [],
  simulator: isAbsent(venue.simulator) ? venue.simulator : { ...venue.simulator, others: [] },
});

/** The same with another codec. */
const withCodec = (venue: VenueCase, defective: (create: Create) => Create): VenueCase => ({
  ...brief(venue),
  createCodec: defective((context, hot) => venue.createCodec(context, hot)),
});

/** Some of a codec's calls replaced, the others left as they are. */
function replaced(codec: ExchangeCodec, calls: Partial<ExchangeCodec>): ExchangeCodec {
  const call = <K extends keyof ExchangeCodec>(name: K): ExchangeCodec[K] =>
    (typeof codec[name] === 'function'
      ? (codec[name] as () => void).bind(codec)
      : codec[name]) as ExchangeCodec[K];
  return {
    addInstruments: call('addInstruments'),
    read: call('read'),
    subscribe: call('subscribe'),
    unsubscribe: call('unsubscribe'),
    ping: call('ping'),
    reset: call('reset'),
    ...(codec.answer === undefined ? {} : { answer: codec.answer.bind(codec) }),
    ...(codec.dispose === undefined ? {} : { dispose: codec.dispose.bind(codec) }),
    ...calls,
  };
}

type Read = ExchangeCodec['read'];

/** @param read what is done instead of reading a message, which `inner` does as it ought to be done. */
const reading =
  (read: (inner: Read, text: string, count: number, context: CodecContext) => void) =>
  (create: Create): Create =>
  (context, hot) => {
    const codec = create(context, hot);
    let count = 0;
    return replaced(codec, {
      read(bytes, start, end, at) {
        const inner = (...given: Parameters<Read>): void => codec.read(...given);
        const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
        read((b = bytes, s = start, e = end) => inner(b, s, e, at), text, count++, context);
      },
    });
  };

const whole = (read: Read, text: string): void => {
  const bytes = Buffer.from(text, 'latin1');
  read(bytes, 0, bytes.length, 0 as never);
};

const telling =
  (events: (context: CodecContext) => Partial<CodecContext['events']>) =>
  (create: Create): Create =>
  (context, hot) =>
    create({ ...context, events: { ...context.events, ...events(context) } }, hot);

const asking =
  (requests: (requests: readonly string[]) => readonly string[], kind: 'subscribe' | 'unsubscribe') =>
  (create: Create): Create =>
  (context, hot) => {
    const codec = create(context, hot);
    return replaced(codec, { [kind]: (given: []) => requests(codec[kind](given)) });
  };

const isHot = ({ scanner }: CodecContext): boolean => scanner !== undefined;

/** A level's quantity one digit off. */
const wrongDigit = (text: string): string =>
  text.replace(/(\d)("\]\],")/, (_, digit, end) => `${9 - Number(digit)}${end}`);

const DEFECTS: readonly (readonly [
  what: string,
  checks: RegExp,
  venue: VenueCase,
  defect: (create: Create) => Create,
])[] = [
  [
    'accepts everything twice',
    /is accepted once/,
    POLONIEX_CASE,
    telling(({ events }) => ({
      subscribed: (s, warning) => {
        events.subscribed(s, warning);
        events.subscribed(s, warning);
      },
    })),
  ],
  ['asks for nothing', /is accepted once/, POLONIEX_CASE, asking(() => [], 'subscribe')],
  ['never unsubscribes', /silent from then on/, POLONIEX_CASE, asking(() => [], 'unsubscribe')],
  [
    'says that it unsubscribed and did not ask',
    /silent from then on/,
    POLONIEX_CASE,
    (create) => (context, hot) =>
      replaced(create(context, hot), {
        unsubscribe(subscriptions) {
          for (const subscription of subscriptions) context.events.unsubscribed(subscription);
          return [];
        },
      }),
  ],
  ['keeps refusals to itself', /told as refused/, POLONIEX_CASE, telling(() => ({ refused() {} }))],
  [
    'takes an answer for another’s',
    /an acknowledgement is for each symbol/,
    POLONIEX_CASE,
    telling(({ events }) => ({
      subscribed: (s, w) => events.subscribed({ ...s, instrument: 1 as never }, w),
    })),
  ],
  [
    'makes a request longer than allowed',
    /no more symbols than one may/,
    POLONIEX_CASE,
    asking(([first = '{}']) => {
      const request = JSON.parse(first) as { symbols: string[] };
      return [JSON.stringify({ ...request, symbols: Array.from({ length: 201 }, (_, n) => `A${n}_USD`) })];
    }, 'subscribe'),
  ],
  [
    'throws for what is no JSON',
    /never thrown/,
    POLONIEX_CASE,
    reading((read, text) => {
      JSON.parse(text);
      whole(read, text);
    }),
  ],
  ['counts no garbage', /garbage is counted/, POLONIEX_CASE, telling(() => ({ malformed() {} }))],
  [
    'reads nothing of what follows garbage',
    /garbage between messages/,
    POLONIEX_CASE,
    (create) => {
      let skip = false;
      return reading((read, text) => {
        if (!skip) whole(read, text);
        skip = !text.includes('data') && !text.includes('event');
      })(create);
    },
  ],
  [
    'has a digit wrong now and then',
    /books are the venue’s/,
    POLONIEX_CASE,
    reading((read, text, count) => whole(read, count % 20 === 19 ? wrongDigit(text) : text)),
  ],
  [
    'has a digit wrong now and then where there is a checksum',
    /nothing is taken for a fault/,
    KRAKEN_CASE,
    reading((read, text, count) =>
      whole(read, count % 20 === 19 ? text.replace(/(\d)\}\],/, '$10}],') : text),
    ),
  ],
  [
    'loses a message now and then',
    /is accounted for/,
    POLONIEX_CASE,
    reading((read, text, count) => {
      if (count % 50 !== 49) whole(read, text);
    }),
  ],
  [
    'gives trades twice',
    /is accounted for/,
    POLONIEX_CASE,
    reading((read, text) => {
      whole(read, text);
      if (text.startsWith('{"channel":"trades"')) whole(read, text);
    }),
  ],
  [
    'remembers the last connection',
    /forgets the last one/,
    BINANCE_CASE,
    (create) => (context, hot) => replaced(create(context, hot), { reset() {} }),
  ],
  ...(['missing', 'doubled', 'swapped'] as const).flatMap((kind) => [
    [
      `does not look at sequences, when one is ${kind}`,
      new RegExp(`any message that is ${kind}`),
      POLONIEX_CASE,
      (create: Create): Create =>
        (context, hot) => {
          context.books.invalidate = () => {};
          return create(context, hot);
        },
    ] as const,
    [
      `gives up all books together, when one is ${kind}`,
      new RegExp(`any message that is ${kind}`),
      POLONIEX_CASE,
      (create: Create): Create =>
        (context, hot) => {
          const invalidate = context.books.invalidate.bind(context.books);
          context.books.invalidate = (_, fault, detail) => {
            for (const id of [0, 1, 2, 3]) invalidate(id as never, fault, detail);
          };
          return create(context, hot);
        },
    ] as const,
  ]),
  ...(['missing', 'doubled', 'swapped'] as const).map(
    (kind) =>
      [
        `does not look at what its connection counts, when one is ${kind}`,
        new RegExp(`any message that is ${kind}.* of the connection`),
        GEMINI_V1_CASE,
        (create: Create): Create =>
          (context, hot) => {
            context.books.invalidate = () => {};
            return telling(() => ({ outdated() {} }))(create)(context, hot);
          },
      ] as const,
  ),
  // A message that comes twice says the same twice, and a checksum shows nothing of it.
  ...(['missing', 'swapped'] as const).map(
    (kind) =>
      [
        `does not look at checksums, when one is ${kind}`,
        new RegExp(`a message that is ${kind}`),
        KRAKEN_CASE,
        (create: Create): Create =>
          (context, hot) => {
            const take = context.books.take.bind(context.books);
            context.books.take = (message) => {
              message.hasChecksum = false;
              take(message);
            };
            return create(context, hot);
          },
      ] as const,
  ),
  [
    'asks for all books anew when it has lost one',
    /any message that is missing/,
    POLONIEX_CASE,
    asking(
      (requests) =>
        requests.map((text) => text.replace(/"symbols":\[[^\]]*\]/, '"symbols":["BTC_USD","ETH_USD"]')),
      'subscribe',
    ),
  ],
  [
    'has no hot path',
    /is read hot/,
    POLONIEX_CASE,
    (create) => (context) => create({ ...context, scanner: undefined }, false),
  ],
  [
    'has a hot path of its own mind',
    /both paths mean the same, and/,
    POLONIEX_CASE,
    reading((read, text, count, context) =>
      whole(read, isHot(context) && count % 20 === 19 ? wrongDigit(text) : text),
    ),
  ],
  [
    'is satisfied on its hot path with half a message',
    /mutated messages mean the same|cut short/,
    POLONIEX_CASE,
    reading((read, text, _count, context) => {
      if (!isHot(context) || text.endsWith('}')) whole(read, text);
    }),
  ],
];

for (const [what, titles, venue, defect] of DEFECTS)
  test(`an adapter that ${what} is found out`, async () => {
    const checks = checksOf(withCodec(venue, defect)).filter(
      ({ title, skip }) => skip === undefined && titles.test(title),
    );
    assert.ok(checks.length > 0, 'the check is there');
    for (const { title, run } of checks) await assert.rejects(run, assert.AssertionError, title);
  });

test('every check is failed by one of these adapters', () => {
  const titles = checksOf(brief(POLONIEX_CASE))
    .filter(({ skip }) => skip === undefined)
    .map(({ title }) => title);
  assert.deepEqual(
    titles.filter((title) => !DEFECTS.some(([, pattern]) => pattern.test(title))),
    [],
  );
});
