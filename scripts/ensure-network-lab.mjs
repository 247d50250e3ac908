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

function run(...command) {
  const { status, stderr, error } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim();
  throw new Error(`This machine lets no network be built: '${command.join(' ')}' failed: ${reason}.`);
}

/** A container without privileges, or a kernel without these modules, would otherwise fail in the middle of a test. */
function tryNetwork() {
  const name = `bonafide-lab-${process.pid}-trial`;
  run('ip', 'netns', 'add', name);
  try {
    run('ip', '-n', name, 'link', 'add', 'internet', 'type', 'bridge');
    run('ip', '-n', name, 'link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there');
    const translate = ['-t', 'nat', '-A', 'POSTROUTING', '-o', 'here', '-j', 'MASQUERADE'];
    run('ip', 'netns', 'exec', name, 'iptables', '-w', ...translate);
  } finally {
    run('ip', 'netns', 'delete', name);
  }
}

function installTools() {
  const names = missing();
  if (names.length === 0) return;
  installPackages(names);
  // Debian starts it where it starts services; what is wanted is the program.
  if (names.includes('coturn')) spawnSync('systemctl', ['disable', '--now', 'coturn'], { stdio: 'ignore' });
  const left = missing();
  if (left.length > 0) throw new Error(`${left.join(', ')}: installed but cannot be found.`);
}

function ensure() {
  if (process.platform !== 'linux') throw new Error('There are no network namespaces here.');
  if (process.getuid?.() !== 0) throw new Error('Only root can make network namespaces.');
  installTools();
  tryNetwork();
}

try {
  ensure();
} catch (error) {
  const hint = `The network tests need Linux, root with the right to make network namespaces, and ${PACKAGES.map(({ name }) => name).join(', ')}.`;
  console.error(`${error.message} ${hint}`);
  process.exitCode = 1;
}
