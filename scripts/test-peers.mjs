// What tests meet that is not ours: clients and proxies of other makers. Says which are absent; with --install
// installs Debian's packages of those first. Tests that need one that is absent are skipped and say so.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const INSTALL_MS = 180_000;

const hasModule = (name) => () => spawnSync('/usr/bin/python3', ['-c', `import ${name}`]).status === 0;

const hasProgram = (name) => () =>
  `${process.env.PATH}:/usr/sbin:/usr/bin`.split(':').some((folder) => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** By Debian's package: whether it is there. */
const PEERS = {
  'python3-websockets': hasModule('websockets'),
  'python3-websocket': hasModule('websocket'),
  tinyproxy: hasProgram('tinyproxy'),
  microsocks: hasProgram('microsocks'),
};

const absent = () => Object.keys(PEERS).filter((name) => !PEERS[name]());

if (process.argv.includes('--install') && absent().length > 0 && hasProgram('apt-get')()) {
  const apt = (...args) =>
    spawnSync('apt-get', ['-q', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: INSTALL_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...absent());
  // The lists of a fresh machine may be old, or none.
  if (!install() && apt('update')) install();
}

for (const name of absent())
  console.log(`${name} is not installed: tests with it are skipped (Debian: apt-get install ${name})`);
