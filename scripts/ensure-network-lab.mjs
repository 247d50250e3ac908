// Makes sure that this machine can build networks of its own out of namespaces: Linux, root, and three Debian packages.
import { spawnSync } from 'node:child_process';
import { installPackages } from './debian.mjs';

const PACKAGES = [
  { name: 'iproute2', command: 'ip' },
  { name: 'iptables', command: 'iptables' },
  { name: 'coturn', command: 'turnserver' },
];

const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const missing = () => PACKAGES.filter(({ command }) => !isThere(command)).map(({ name }) => name);

function ensure() {
  if (process.platform !== 'linux') throw new Error('There are no network namespaces here.');
  if (process.getuid?.() !== 0) throw new Error('Only root can make network namespaces.');
  const names = missing();
  if (names.length === 0) return;
  installPackages(names);
  // Debian starts it where it starts services; what is wanted is the program.
  if (names.includes('coturn')) spawnSync('systemctl', ['disable', '--now', 'coturn'], { stdio: 'ignore' });
  const left = missing();
  if (left.length > 0) throw new Error(`${left.join(', ')}: installed but cannot be found.`);
}

try {
  ensure();
} catch (error) {
  const hint = `The network tests need Linux, root, and ${PACKAGES.map(({ name }) => name).join(', ')}.`;
  console.error(`${error.message} ${hint}`);
  process.exitCode = 1;
}
