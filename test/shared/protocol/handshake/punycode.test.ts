import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePunycode } from '../../../../src/shared/protocol/handshake/punycode.ts';

/** RFC 3492, section 7.1: A, B, C, G, I, L, N, S. */
const VECTORS = [
  ['ليهمابتكلموشعربي؟', 'egbpdaj6bu4bxfgehfvwxn'],
  ['他们为什么不说中文', 'ihqwcrb4cv8a8dqg056pqjye'],
  ['他們爲什麽不說中文', 'ihqwctvzc91f659drss3x8bo0yb'],
  ['なぜみんな日本語を話してくれないのか', 'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa'],
  ['почемужеонинеговорятпорусски', 'b1abfaaepdrnnbgefbadotcwatmq2g4l'],
  ['3年b組金八先生', '3b-ww4c5e180e575a65lsy2b'],
  ['hello-another-way-それぞれの場所', 'hello-another-way--fc4qua05auwb3674vfr0b'],
  ['-> $1.00 <-', '-> $1.00 <--'],
  ['bücher', 'bcher-kva'],
  ['😉', 'n28h'],
  ['', ''],
] as const;

for (const [label, encoded] of VECTORS) {
  test(`the label "${label}" is "${encoded}"`, () => {
    assert.equal(encodePunycode(label), encoded);
  });
}
