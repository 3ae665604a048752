import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { workerFlags } from '../../src/main/worker-flags.ts';

test('workers take over every flag, or none where one names the language of --eval', () => {
  assert.deepEqual(workerFlags(['--use-openssl-ca', '--no-warnings']), {});
  assert.deepEqual(workerFlags([]), {});
  assert.deepEqual(workerFlags(['--no-warnings', '--input-type=module']), { execArgv: [] });
  assert.deepEqual(workerFlags(['--input-type', 'module']), { execArgv: [] });
});

test('feeds and compute tasks run in a program given to --eval', () => {
  const index = JSON.stringify(new URL('../../src/main/index.js', import.meta.url));
  const program = `
    import { openFeeds } from ${index};
    const feeds = await openFeeds({
      feeds: [{ exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url: 'ws://127.0.0.1:9/', times: { attemptsMax: 0 } }],
      log: { level: 'silent' },
    });
    await feeds.run({ onStatus: (s) => console.log(s.status) });
    console.log(await feeds.compute.run('node:path', 'a/b.js', { name: 'basename' }).catch((error) => error.message));
    await feeds.close();`;
  const lines = execFileSync(
    process.execPath,
    ['--max-old-space-size=512', '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
    .trim()
    .split('\n');
  assert.equal(lines[0], 'connecting');
  assert.deepEqual(lines.slice(-2), ['closed', 'b.js']);
});
