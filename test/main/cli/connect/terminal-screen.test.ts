import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TerminalScreen } from '../../../../src/main/cli/connect/terminal-screen.ts';
import { Close } from '../../../../src/shared/protocol/close-code.ts';
import { ConnectionClosedOK } from '../../../../src/shared/protocol/errors/connection-closed.ts';
import { TerminalEmulator } from '../../../support/terminal-emulator.ts';

const COLUMNS = 20;

/** A screen on a terminal of 20 columns, and its keyboard. */
function opened(rows = 24) {
  const terminal = new TerminalEmulator(COLUMNS, rows);
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      terminal.write(text);
      done();
    },
  });
  const keyboard = new PassThrough();
  const interrupts: number[] = [];
  const screen = new TerminalScreen(keyboard, Object.assign(output, { columns: COLUMNS, rows }), () =>
    interrupts.push(1),
  );
  screen.opened('ws://h/');
  return {
    screen,
    terminal,
    interrupts,
    /** A key after the other. */
    type: async (keys: string) => {
      for (const key of keys) keyboard.write(key);
      await turn();
    },
    paste: async (text: string) => {
      keyboard.write(text);
      await turn();
    },
  };
}

const LEFT = '\u001b[D';
const UP = '\u001b[A';
const HOME = '\u0001';
const END = '\u0005';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const OPENED = 'Connected to ws://h/';

const BYE = new ConnectionClosedOK(new Close(1000, 'bye'), new Close(1000, ''), true);

const ARRIVALS: readonly {
  readonly title: string;
  readonly typed: string;
  readonly messages: readonly string[];
  readonly shown: readonly string[];
  readonly cursor: readonly [row: number, column: number];
  /** Typed behind it, and the whole line that is sent. */
  readonly later: string;
  readonly sent: string;
  readonly rows?: number;
}[] = [
  {
    title: 'before anything is typed',
    typed: '',
    messages: ['hi'],
    shown: ['< hi', '>'],
    cursor: [3, 2],
    later: 'x',
    sent: 'x',
  },
  {
    title: 'while a line is typed',
    typed: 'half a',
    messages: ['one', 'two'],
    shown: ['< one', '< two', '> half a'],
    cursor: [4, 8],
    later: ' line',
    sent: 'half a line',
  },
  {
    title: 'while the cursor is inside of a line',
    typed: `held${LEFT}${LEFT}`,
    messages: ['one'],
    shown: ['< one', '> held'],
    cursor: [3, 4],
    later: 'l',
    sent: 'helld',
  },
  {
    title: 'while the line takes two rows',
    typed: 'abcdefghijklmnopqrstuvwxyz',
    messages: ['one'],
    shown: ['< one', '> abcdefghijklmnopqr', 'stuvwxyz'],
    cursor: [4, 8],
    later: '!',
    sent: 'abcdefghijklmnopqrstuvwxyz!',
  },
  {
    title: 'while the cursor is in the first of two rows',
    typed: `abcdefghijklmnopqrstuvwxyz${HOME}`,
    messages: ['one', 'two'],
    shown: ['< one', '< two', '> abcdefghijklmnopqr', 'stuvwxyz'],
    cursor: [4, 2],
    later: `${END}!`,
    sent: 'abcdefghijklmnopqrstuvwxyz!',
  },
  {
    title: 'while the line fills its row to the last column',
    typed: 'abcdefghijklmnopqr',
    messages: ['one', 'two'],
    shown: ['< one', '< two', '> abcdefghijklmnopqr'],
    cursor: [5, 0],
    later: '!',
    sent: 'abcdefghijklmnopqr!',
  },
  {
    title: 'longer than a row',
    typed: 'half',
    messages: ['abcdefghijklmnopqrstuvwxyz'],
    shown: ['< abcdefghijklmnopqr', 'stuvwxyz', '> half'],
    cursor: [4, 6],
    later: '!',
    sent: 'half!',
  },
  {
    title: 'in the last rows of the window',
    typed: 'abcdefghijklmnopqrstuvwxyz',
    messages: ['one', 'two', 'three', 'four'],
    shown: ['< one', '< two', '< three', '< four', '> abcdefghijklmnopqr', 'stuvwxyz'],
    cursor: [7, 8],
    later: '!',
    sent: 'abcdefghijklmnopqrstuvwxyz!',
    rows: 5,
  },
  {
    title: 'with characters that take two columns in the line',
    typed: '日本',
    messages: ['日'],
    // This terminal gives each character one column, readline counts two.
    shown: ['< 日', '> 日本'],
    cursor: [3, 6],
    later: '!',
    sent: '日本!',
  },
];

for (const { title, typed, messages, shown, cursor, later, sent, rows } of ARRIVALS)
  test(`a message that comes ${title} is printed above the line, which stays`, async () => {
    const { screen, terminal, type } = opened(rows);
    await type(typed);
    for (const message of messages) screen.received(message);
    // The greeting takes a row and one character.
    assert.deepEqual(terminal.text, [OPENED, '.', ...shown]);
    assert.deepEqual(terminal.cursor, cursor);
    await type(`${later}\r`);
    const lines = screen.lines[Symbol.asyncIterator]();
    assert.deepEqual(await lines.next(), { done: false, value: sent });
    assert.deepEqual(terminal.strange, []);
    screen.end();
  });

test('a message leaves alone what was pasted, of several rows', async () => {
  const { screen, terminal, type, paste } = opened();
  await paste('abcdefghijklmnopqrstuvwxyz');
  screen.received('one');
  assert.deepEqual(terminal.text.slice(2), ['< one', '> abcdefghijklmnopqr', 'stuvwxyz']);
  await paste('0123456789');
  await type(HOME);
  screen.received('two');
  assert.deepEqual(terminal.text.slice(-4), ['< one', '< two', '> abcdefghijklmnopqr', 'stuvwxyz0123456789']);
  screen.end();
});

test('what a server sends can neither move the cursor nor colour anything', () => {
  const { screen, terminal } = opened();
  screen.received('\u001b[2J\u001b[1;1H\r\n\u009b31m\u0007\u202e');
  assert.deepEqual(terminal.text.slice(2).join(''), '< \\x1b[2J\\x1b[1;1H\\r\\n\\x9b31m\\x07\\u202e>');
  assert.deepEqual(terminal.strange, []);
  screen.end();
});

test('the arrow keys bring back what was sent before', async () => {
  const { screen, type } = opened();
  await type('first\rsecond\r');
  await type(`${UP}${UP}!\r`);
  const lines = screen.lines[Symbol.asyncIterator]();
  const sent = [await lines.next(), await lines.next(), await lines.next()].map(({ value }) => value);
  assert.deepEqual(sent, ['first', 'second', 'first!']);
  screen.end();
});

test('^D in an empty line ends the lines, after those before it', async () => {
  const { screen, terminal, interrupts, type } = opened();
  await type(`last\r${CTRL_D}`);
  const sent = [];
  for await (const line of screen.lines) sent.push(line);
  assert.deepEqual(sent, ['last']);
  screen.received('answer');
  screen.closed(BYE);
  assert.deepEqual(terminal.text.slice(2), ['> last', '< answer', 'Connection closed: 1', '000 (OK) bye.']);
  assert.deepEqual(interrupts, []);
});

test('^D in a line that is not empty ends nothing', async () => {
  const { screen, type } = opened();
  await type(`half${CTRL_D}\r`);
  assert.equal((await screen.lines[Symbol.asyncIterator]().next()).value, 'half');
  screen.end();
});

for (const { title, typed, rest } of [
  { title: 'an empty line', typed: '', rest: [] },
  { title: 'a half typed line, which can still be read', typed: 'half', rest: ['> half'] },
  {
    title: 'the beginning of a line of two rows',
    typed: `abcdefghijklmnopqrstuvwxyz${HOME}`,
    rest: ['> abcdefghijklmnopqr', 'stuvwxyz'],
  },
]) {
  const closed = ['Connection closed: 1', '000 (OK) bye.'];

  test(`^C in ${title}, interrupts and ends the lines`, async () => {
    const { screen, terminal, interrupts, type } = opened();
    await type(`${typed}${CTRL_C}`);
    assert.deepEqual(interrupts, [1]);
    assert.equal((await screen.lines[Symbol.asyncIterator]().next()).done, true);
    screen.closed(BYE);
    assert.deepEqual(terminal.text.slice(2), [...rest, ...closed]);
  });

  test(`an end by the server in ${title}, is told below`, async () => {
    const { screen, terminal, interrupts, type } = opened();
    await type(typed);
    screen.end();
    screen.closed(BYE);
    assert.deepEqual(terminal.text.slice(2), [...rest, ...closed]);
    assert.deepEqual(interrupts, []);
  });
}
