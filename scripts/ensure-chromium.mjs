// Prints the path of a Chromium to drive in tests, installing Debian's package first when none is there.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findChromium() {
  return CANDIDATES.find(isExecutable);
}

function apt(...args) {
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=600'];
  const result = spawnSync('apt-get', [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0) fail(`'apt-get ${args.join(' ')}' failed.`);
}

function fail(reason) {
  console.error(
    `${reason} The browser tests need Chromium: install it, or Google Chrome, in its usual place.`,
  );
  process.exit(1);
}

function installChromium() {
  if (!existsSync('/etc/debian_version'))
    fail('There is no Chromium, and this is no Debian system to install it on.');
  if (process.getuid?.() !== 0) fail('There is no Chromium, and only root can install it.');
  console.error('› installing chromium (once) …');
  apt('update');
  apt('install', '--no-install-recommends', 'chromium');
  return findChromium() ?? fail('Chromium was installed but cannot be found.');
}

console.log(findChromium() ?? installChromium());
