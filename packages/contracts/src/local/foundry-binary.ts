import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** Path of a Foundry binary inside its npm platform package; no install script is needed for it. */
export function foundryBinary(tool: 'anvil' | 'forge'): string {
  const require = createRequire(import.meta.url);
  const architecture = architectures[process.arch] ?? process.arch;
  const platformPackage = `@foundry-rs/${tool}-${process.platform}-${architecture}`;
  const owner = realpathSync(require.resolve(`@foundry-rs/${tool}/package.json`));
  const manifest = createRequire(owner).resolve(`${platformPackage}/package.json`);
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? `${tool}.exe` : tool);
}
