// Runs forge from npm with npm's solc: `node packages/contracts/scripts/forge.ts test`.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { foundryBinary } from '../src/local/foundry-binary.ts';

const root = join(import.meta.dirname, '..');
// forge compares real paths, and pnpm links packages.
const openzeppelin = dirname(
  realpathSync(createRequire(import.meta.url).resolve('@openzeppelin/contracts/package.json')),
);
const env = {
  ...process.env,
  FOUNDRY_SOLC: join(root, 'scripts', 'solc-shim.cjs'),
  FOUNDRY_REMAPPINGS: `@openzeppelin/contracts/=${openzeppelin}/`,
  FOUNDRY_ALLOW_PATHS: JSON.stringify([openzeppelin]),
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
};

const forge = spawn(foundryBinary('forge'), process.argv.slice(2), { cwd: root, env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => forge.kill(signal));
forge.on('exit', (code) => process.exit(code ?? 1));
