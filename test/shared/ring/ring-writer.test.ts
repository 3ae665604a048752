import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { CONTROL } from '../../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../../src/shared/ring/ring-reader.ts';
import { RING_FULL, RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { checkRecord, fillRecord, POSITIONS, ringAt } from '../../support/ring-records.ts';

const CAPACITY = 4096;

/** One thing done to a ring: by the writer, or (`take`, `release`) by the reader. */
type Step =
  | readonly ['write', bytes: number]
  | readonly ['claim', bytes: number]
  | readonly ['commit', bytes: number]
  | readonly ['mark' | 'rollback' | 'publish' | 'take' | 'release' | 'restart']
  | readonly ['free' | 'held'];

/**
 * Plays the steps on an empty ring and says what came of each that answers. Records are numbered from 1.
 *
 * @param appends writes records by claiming and committing them at once.
 */
function play(position: number, steps: readonly Step[], appends: boolean): (string | number | boolean)[] {
  const ring = ringAt(position, CAPACITY);
  let writer = new RingWriter(ring);
  const reader = new RingReader(ring);
  const said: (string | number | boolean)[] = [];
  let number = 0;
  let at = 0;
  let mark = 0;
  for (const step of steps) {
    switch (step[0]) {
      case 'write':
      case 'claim':
        at = step[0] === 'write' && appends ? writer.append(step[1]) : writer.tryClaim(step[1]);
        if (at === RING_FULL) {
          said.push('full');
          break;
        }
        if (step[0] === 'claim') break;
        fillRecord(writer.view, at, step[1], ++number);
        if (!appends) writer.commit(step[1]);
        break;
      case 'commit':
        fillRecord(writer.view, at, step[1], ++number);
        writer.commit(step[1]);
        break;
      case 'mark':
        mark = writer.mark();
        break;
      case 'rollback':
        writer.rollback(mark);
        break;
      case 'publish':
        said.push(writer.publish());
        break;
      case 'free':
        said.push(writer.freeBytes());
        break;
      case 'held':
        said.push(writer.heldBytes());
        break;
      case 'restart':
        writer = new RingWriter(ring);
        break;
      case 'take': {
        const taken = reader.next();
        said.push(taken === -1 ? 'nothing' : `record ${checkRecord(reader.view, taken)}`);
        break;
      }
      case 'release':
        reader.release();
        break;
    }
  }
  return said;
}

// From position 0, so that the end of the data is known.
const CASES: readonly {
  title: string;
  steps: readonly Step[];
  said: readonly (string | number | boolean)[];
}[] = [
  {
    title: 'a record is visible after publish, not after commit',
    steps: [['write', 64], ['take'], ['publish'], ['take'], ['take']],
    said: ['nothing', true, 'record 1', 'nothing'],
  },
  {
    title: 'publishing nothing says so',
    steps: [['publish'], ['claim', 64], ['publish']],
    said: [false, false],
  },
  {
    title: 'one publish makes all committed records visible, in order',
    steps: [
      ['write', 64],
      ['write', 40],
      ['write', 2048],
      ['publish'],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
      ['take'],
    ],
    said: [true, false, 'record 1', 'record 2', 'record 3', 'nothing'],
  },
  {
    title: 'a ring is full to the last byte',
    steps: [
      ['write', 2048],
      ['write', 2048],
      ['free'],
      ['write', 40],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
    ],
    said: [0, 'full', true, 'record 1', 'record 2', 'nothing'],
  },
  {
    title: 'a record that lacks 8 bytes of room is refused',
    steps: [['write', 2048], ['write', 2008], ['free'], ['write', 48], ['write', 40], ['free']],
    said: [40, 'full', 0],
  },
  {
    title: 'taken records are free once released',
    steps: [
      ['write', 2048],
      ['write', 2048],
      ['publish'],
      ['take'],
      ['write', 40],
      ['release'],
      ['write', 40],
      ['free'],
    ],
    said: [true, 'record 1', 'full', 2008],
  },
  {
    title: 'a record that does not fit before the end begins at the start, and the padding counts as held',
    steps: [
      ['write', 2048],
      ['write', 2000],
      ['publish'],
      ['take'],
      ['release'],
      ['write', 56],
      ['held'],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
      ['release'],
      ['held'],
    ],
    said: [true, 'record 1', 2000 + 48 + 56, true, 'record 2', 'record 3', 'nothing', 0],
  },
  {
    title: 'room for the record alone is not enough where it needs padding',
    steps: [
      ['write', 2048],
      ['write', 2000],
      ['publish'],
      ['take'],
      ['take'],
      ['free'],
      ['write', 56],
      ['release'],
      ['write', 56],
    ],
    said: [true, 'record 1', 'record 2', 48, 'full'],
  },
  {
    title: 'an empty ring takes the longest record wherever it stands',
    steps: [
      ['write', 2048],
      ['write', 1992],
      ['publish'],
      ['take'],
      ['take'],
      ['release'],
      ['write', 2048],
      ['held'],
    ],
    said: [true, 'record 1', 'record 2', 2048 + 56],
  },
  {
    title: 'committing less than claimed gives the rest back',
    steps: [
      ['claim', 2048],
      ['commit', 40],
      ['held'],
      ['write', 48],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
    ],
    said: [40, true, 'record 1', 'record 2', 'nothing'],
  },
  {
    title: 'a claim that wrapped stays at the start even if it was committed shorter',
    steps: [
      ['write', 2048],
      ['write', 1992],
      ['publish'],
      ['take'],
      ['take'],
      ['release'],
      ['claim', 64],
      ['commit', 40],
      ['held'],
      ['publish'],
      ['take'],
      ['take'],
    ],
    said: [true, 'record 1', 'record 2', 56 + 40, true, 'record 3', 'nothing'],
  },
  {
    title: 'a claim that is never committed leaves nothing behind, padding included',
    steps: [
      ['write', 2048],
      ['write', 1992],
      ['publish'],
      ['take'],
      ['take'],
      ['release'],
      ['claim', 64],
      ['held'],
      ['publish'],
      ['write', 56],
      ['held'],
      ['publish'],
      ['take'],
      ['take'],
    ],
    said: [true, 'record 1', 'record 2', 0, false, 56, true, 'record 3', 'nothing'],
  },
  {
    title: 'rollback takes back what was committed since the mark',
    steps: [
      ['write', 64],
      ['mark'],
      ['write', 72],
      ['write', 80],
      ['rollback'],
      ['held'],
      ['write', 40],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
    ],
    said: [64, true, 'record 1', 'record 4', 'nothing'],
  },
  {
    title: 'rollback takes back padding',
    steps: [
      ['write', 2048],
      ['write', 1992],
      ['publish'],
      ['take'],
      ['take'],
      ['release'],
      ['mark'],
      ['write', 64],
      ['held'],
      ['rollback'],
      ['held'],
      ['write', 56],
      ['held'],
      ['publish'],
      ['take'],
      ['take'],
    ],
    said: [true, 'record 1', 'record 2', 56 + 64, 0, 56, true, 'record 4', 'nothing'],
  },
  {
    title: 'rollback with nothing committed since the mark changes nothing, also after a publish',
    steps: [
      ['write', 64],
      ['publish'],
      ['mark'],
      ['claim', 64],
      ['rollback'],
      ['publish'],
      ['held'],
      ['take'],
    ],
    said: [true, false, 64, 'record 1'],
  },
  {
    title: 'a new writer goes on after the last published record; committed ones are gone',
    steps: [
      ['write', 64],
      ['publish'],
      ['write', 72],
      ['restart'],
      ['held'],
      ['write', 40],
      ['publish'],
      ['take'],
      ['take'],
      ['take'],
    ],
    said: [true, 64, true, 'record 1', 'record 3', 'nothing'],
  },
];

for (const { title, steps, said } of CASES) {
  test(title, () => assert.deepEqual(play(0, steps, false), said));
  test(`${title}, where records are appended`, () => assert.deepEqual(play(0, steps, true), said));
}

for (const { name, position } of POSITIONS) {
  test(`records of every length come out as they went in, many times around, from a position ${name}`, () => {
    const ring = ringAt(position, CAPACITY);
    const writer = new RingWriter(ring);
    const reader = new RingReader(ring);
    let written = 0;
    let read = 0;
    for (let bytes = 40; bytes <= writer.recordBytesMax; bytes += 8) {
      for (let at = writer.tryClaim(bytes); at !== RING_FULL; at = writer.tryClaim(bytes)) {
        fillRecord(writer.view, at, bytes, written++);
        writer.commit(bytes);
      }
      assert.ok(writer.freeBytes() < 2 * bytes);
      assert.equal(writer.freeBytes() + writer.heldBytes(), CAPACITY);
      writer.publish();
      for (let at = reader.next(); at !== -1; at = reader.next()) {
        assert.equal(checkRecord(reader.view, at), read++);
      }
      reader.release();
    }
    assert.equal(read, written);
    assert.equal(writer.heldBytes(), 0);
  });
}

const BROKEN_RULES: readonly { title: string; use: (writer: RingWriter) => void }[] = [
  { title: 'a claim that is no multiple of 8', use: (writer) => writer.tryClaim(44) },
  { title: 'a claim of half a byte', use: (writer) => writer.tryClaim(64.5) },
  { title: 'a claim without room for the header', use: (writer) => writer.tryClaim(32) },
  { title: 'a claim of more than half the ring', use: (writer) => writer.tryClaim(CAPACITY / 2 + 8) },
  { title: 'a commit without a claim', use: (writer) => writer.commit(64) },
  {
    title: 'a commit of more than was claimed',
    use: (writer) => {
      fillRecord(writer.view, writer.tryClaim(64), 72, 1);
      writer.commit(72);
    },
  },
  {
    title: 'a second commit of one claim',
    use: (writer) => {
      fillRecord(writer.view, writer.tryClaim(64), 64, 1);
      writer.commit(64);
      writer.commit(64);
    },
  },
  {
    title: 'a commit after a claim that was refused',
    use: (writer) => {
      const at = writer.tryClaim(2048);
      fillRecord(writer.view, at, 2048, 1);
      writer.commit(2048);
      fillRecord(writer.view, writer.tryClaim(2048), 2048, 1);
      writer.commit(2048);
      assert.equal(writer.tryClaim(64), RING_FULL);
      fillRecord(writer.view, at, 64, 1);
      writer.commit(64);
    },
  },
  {
    title: 'a commit of a record that states another length',
    use: (writer) => {
      fillRecord(writer.view, writer.tryClaim(64), 64, 1);
      writer.commit(56);
    },
  },
  {
    title: 'a commit of a claim that was rolled back',
    use: (writer) => {
      const mark = writer.mark();
      fillRecord(writer.view, writer.tryClaim(64), 64, 1);
      writer.rollback(mark);
      writer.commit(64);
    },
  },
  {
    title: 'a rollback of what is published',
    use: (writer) => {
      const mark = writer.mark();
      fillRecord(writer.view, writer.tryClaim(64), 64, 1);
      writer.commit(64);
      writer.publish();
      writer.rollback(mark);
    },
  },
  {
    title: 'a rollback to where nothing was committed yet',
    use: (writer) => writer.rollback(writer.mark() + 64),
  },
];

for (const { title, use } of BROKEN_RULES) {
  test(`${title} breaks an invariant`, () => {
    assert.throws(() => use(new RingWriter(ringAt(0, CAPACITY))), InvariantError);
  });
}

test('a writer does not rely on a head that was never published, nor on one that is too far back', () => {
  for (const head of [8, -(CAPACITY + 8), -4]) {
    const ring = ringAt(0, CAPACITY);
    const writer = new RingWriter(ring);
    new Int32Array(ring)[CONTROL.head] = head;
    assert.throws(() => writer.freeBytes(), InvariantError);
    assert.throws(() => new RingWriter(ring), InvariantError);
  }
});

test('padding carries its length and its type', () => {
  const ring = ringAt(4096 - 48, CAPACITY);
  const writer = new RingWriter(ring);
  assert.equal(writer.tryClaim(56), 0);
  assert.equal(HEADER.field.bytes.get(writer.view, 4096 - 48), 48);
  assert.equal(HEADER.field.typeId.get(writer.view, 4096 - 48), 1);
});
