import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { MisuseError } from '../../src/main/index.ts';
import { logLevel } from '../../src/main/log.ts';

const asked = process.env['RINGFEED_LOG'];

function inEnvironment(level: string | undefined, play: () => void): void {
  if (level === undefined) delete process.env['RINGFEED_LOG'];
  else process.env['RINGFEED_LOG'] = level;
  try {
    play();
  } finally {
    if (asked === undefined) delete process.env['RINGFEED_LOG'];
    else process.env['RINGFEED_LOG'] = asked;
  }
}

for (const [option, environment, level] of [
  [undefined, undefined, 'warn'],
  [undefined, 'debug', 'debug'],
  ['silent', 'debug', 'silent'],
] as const)
  test(`with the option ${option} and RINGFEED_LOG=${environment} the level is ${level}`, () => {
    inEnvironment(environment, () => assert.equal(logLevel(option), level));
  });

test('a level that does not exist is misuse', () => {
  inEnvironment('warm', () =>
    assert.throws(
      () => logLevel(undefined),
      new MisuseError(
        'Condition failed: RINGFEED_LOG is "warm", allowed: fatal, error, warn, info, debug, trace, silent (did you mean "warn"?)',
      ),
    ),
  );
});

test('lines go to standard error at once, as JSON', () => {
  const log = JSON.stringify(new URL('../../src/main/log.js', import.meta.url));
  const program = `import { createLog } from ${log}; createLog('info').info({ feed: 'kraken#0' }, 'hello'); process.kill(process.pid, 'SIGKILL')`;
  let stderr = '';
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    ({ stderr } = error as { stderr: string });
  }
  const { name, feed, msg } = JSON.parse(stderr) as Record<string, unknown>;
  assert.deepEqual([name, feed, msg], ['ringfeed', 'kraken#0', 'hello']);
});
