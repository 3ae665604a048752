import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flow, LoopRest, napMs, type WaitMode } from '../../../src/main/strategy/loop-rest.ts';
import { Doorbell } from '../../../src/shared/ring/doorbell.ts';

const NAPS: readonly (readonly [handed: number, flow: number, fill: number, ms: number, why: string])[] = [
  [0, 0, 0, 0, 'nothing flows'],
  [255, 20, 0.01, 0, 'little flows'],
  [10, 99, 0.01, 0, 'not so much flows that a later look is worth it'],
  [10, 100, 0.01, 1, 'much flows, in small chunks'],
  [0, 100, 0.2, 0, 'much flows, and the ring could run over meanwhile'],
  [256, 20, 0.01, 1, 'much flows'],
  [1_024, 20, 0.01, 2, 'very much flows'],
  [1_024, 20, 0.07, 1, 'very much flows and the ring is not quite empty'],
  [1_024, 20, 0.2, 0, 'the ring could run over meanwhile'],
];

for (const [handed, flow, fill, ms, why] of NAPS)
  test(`after ${handed} records, ${flow} in a millisecond, from a ring ${fill * 100} % full the loop naps ${ms} ms: ${why}`, () => {
    assert.equal(napMs(handed, flow, fill), ms);
  });

test('a flow is what came over the last few milliseconds, and is over soon after nothing comes', () => {
  const flow = new Flow();
  assert.equal(flow.count(1_000, 0), 0);
  for (let now = 1; now < 8; now++) assert.equal(flow.count(30, now), 0);
  assert.equal(flow.count(30, 8), 30);
  assert.equal(flow.count(0, 15), 30);
  assert.equal(flow.count(0, 16), 0);
  assert.equal(flow.count(100, 10_016), 0.01);
});

for (const mode of ['async', 'spin'] satisfies WaitMode[])
  test(`"${mode}" gives the event loop its turn even where there is nothing to wait for`, async () => {
    const rest = new LoopRest(new Doorbell(Doorbell.memory()), mode, () => false);
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await rest.rest(0, 0, undefined);
    assert.ok(turned);
  });

test('a rest ends when the bell rings, and a sleep also when its time is over', async () => {
  const memory = Doorbell.memory();
  const rest = new LoopRest(new Doorbell(memory), 'async', () => true);
  const resting = rest.rest(0, 0, undefined);
  const keptAlive = setInterval(() => new Doorbell(memory).ring(), 1);
  await resting;
  clearInterval(keptAlive);
  await rest.sleep(1);
});
