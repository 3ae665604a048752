import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainForms } from '../../../../src/main/cli/dump/argument-forms.ts';

const URL = 'ws://127.0.0.1:8080/a?b=c';

const FORMS: readonly (readonly [args: readonly string[], plain: readonly string[]])[] = [
  [[URL], [URL]],
  // Levels, none of which takes the address.
  [
    ['-v', URL],
    ['--verbose=1', URL],
  ],
  [
    [URL, '-v'],
    [URL, '--verbose=1'],
  ],
  [
    ['--verbose', URL],
    ['--verbose=1', URL],
  ],
  [
    ['-vv', URL],
    ['--verbose=2', URL],
  ],
  [
    ['-vvv', URL],
    ['--verbose=3', URL],
  ],
  [
    ['-v', '-v', URL],
    ['--verbose=1', '--verbose=1', URL],
  ],
  [
    ['-v', '2', URL],
    ['--verbose=2', URL],
  ],
  [
    ['-v2', URL],
    ['--verbose=2', URL],
  ],
  [
    ['--verbose', '2', URL],
    ['--verbose=2', URL],
  ],
  [
    ['--verbose=2', URL],
    ['--verbose=2', URL],
  ],
  [
    ['--verbose=much', URL],
    ['--verbose=much', URL],
  ],
  // Letters that stand together.
  [
    ['-nv', URL],
    ['-n', '--verbose=1', URL],
  ],
  [
    ['-vn', URL],
    ['--verbose=1', '-n', URL],
  ],
  [
    ['-nrvv', URL],
    ['-n', '-r', '--verbose=2', URL],
  ],
  [
    ['-vrv', '2', URL],
    ['--verbose=1', '-r', '--verbose=2', URL],
  ],
  [
    ['-vt', 'hello', URL],
    ['--verbose=1', '-t', 'hello', URL],
  ],
  [
    ['-thello', URL],
    ['-thello', URL],
  ],
  [
    ['-vsa', URL],
    ['--verbose=1', '--subprotocols=a', URL],
  ],
  // Values that look like something else.
  [
    ['-t', '-v', URL],
    ['-t', '-v', URL],
  ],
  [
    ['--text', '--verbose', URL],
    ['--text', '--verbose', URL],
  ],
  [
    ['--text=-v', URL],
    ['--text=-v', URL],
  ],
  [
    ['--eof-wait', '5', '-v', URL],
    ['--eof-wait', '5', '--verbose=1', URL],
  ],
  [
    ['-o', '-s', '-p', '-vv', '--headers', '-v', URL],
    ['-o', '-s', '-p', '-vv', '--headers', '-v', URL],
  ],
  // Subprotocols, which do not take the address either.
  [
    ['-s', 'a', URL],
    ['--subprotocols=a', URL],
  ],
  [
    ['-s', 'a', 'b', URL],
    ['--subprotocols=a', '--subprotocols=b', URL],
  ],
  [['-s', 'a,b', '-s', 'c d', URL], ['a', 'b', 'c', 'd'].map((name) => `--subprotocols=${name}`).concat(URL)],
  [
    ['--subprotocols', 'a', URL],
    ['--subprotocols=a', URL],
  ],
  [
    ['--subprotocols=a,b', URL],
    ['--subprotocols=a', '--subprotocols=b', URL],
  ],
  [
    ['-s', 'a', '-v', URL],
    ['--subprotocols=a', '--verbose=1', URL],
  ],
  [
    ['-s', 'v1.a+json', '--', URL],
    ['--subprotocols=v1.a+json', '--', URL],
  ],
  [['-s', URL], [URL]],
  [
    [URL, '-s', 'a', 'b'],
    [URL, '--subprotocols=a', '--subprotocols=b'],
  ],
  [
    ['--subprotocols=a/b', URL],
    ['--subprotocols=a/b', URL],
  ],
  // What is left to be told that it is wrong.
  [
    ['-x', URL],
    ['-x', URL],
  ],
  [
    ['-nx', URL],
    ['-n', '-x', URL],
  ],
  [
    ['-5', URL],
    ['-5', URL],
  ],
  [
    ['--what', URL],
    ['--what', URL],
  ],
  [['-t'], ['-t']],
  [
    ['-', '--', '-v'],
    ['-', '--', '-v'],
  ],
  [[], []],
];

for (const [args, plain] of FORMS)
  test(`"${args.join('" "')}" means "${plain.join('" "')}"`, () => {
    assert.deepEqual(plainForms(args), plain);
    assert.deepEqual(plainForms(plain), plain, 'and so does what it means');
  });
