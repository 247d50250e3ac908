// Prints the path of a Chromium to drive in tests, installing Debian's package first when none is there.
import { accessSync, constants } from 'node:fs';
import { installPackages } from './debian.mjs';

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

const findChromium = () => CANDIDATES.find(isExecutable);

function installChromium() {
  installPackages(['chromium']);
  const path = findChromium();
  if (path === undefined) throw new Error('Chromium was installed but cannot be found.');
  return path;
}

try {
  console.log(findChromium() ?? installChromium());
} catch (error) {
  const hint = 'The browser tests need Chromium: install it, or Google Chrome, in its usual place.';
  console.error(`${error.message} ${hint}`);
  process.exitCode = 1;
}
