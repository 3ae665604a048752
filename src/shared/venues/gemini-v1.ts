import { GEMINI } from './gemini.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

/**
 * Gemini's first market data, which the venue has filed under "archived". It is the only one of Gemini's that
 * numbers its messages, so the only one whose books can be proved whole.
 *
 * What a connection carries is said in its address and never changes, see `gemini-v1/address.ts`. Here is what
 * all addresses begin with.
 */
export const GEMINI_V1: Venue = {
  ...GEMINI,
  name: 'gemini-v1',
  url: 'wss://api.gemini.com/v1',
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trade' }],
    ['book', { venueName: 'book' }],
  ]),
  bareBooks: false,
};
