// Installs Debian's packages for tests that need more than Node, and says what to do where it cannot.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// Tests run at the same time; apt waits for other installations, but not for another one's update or download.
const LOCK = '/run/lock/bonafide-apt';

function apt(...args) {
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=600'];
  const result = spawnSync('flock', [LOCK, 'apt-get', ...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0) throw new Error(`'apt-get ${args.join(' ')}' failed.`);
}

/** Throws the reason where this machine does not let them be installed. */
export function installPackages(names) {
  const wanted = names.join(', ');
  if (!existsSync('/etc/debian_version'))
    throw new Error(`${wanted}: not found, and this is no Debian system to install it on.`);
  if (process.getuid?.() !== 0) throw new Error(`${wanted}: not found, and only root can install it.`);
  console.error(`› installing ${wanted} (once) …`);
  apt('update');
  apt('install', '--no-install-recommends', ...names);
}
