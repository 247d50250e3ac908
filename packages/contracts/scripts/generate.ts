// Compiles the contracts and writes typed ABIs and bytecode to src/generated. Does nothing when nothing changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
const sourceFolder = join(root, 'solidity', 'src');
const outputFolder = join(root, 'src', 'generated');

const contracts = {
  agenticCommerce: 'AgenticCommerce.sol:AgenticCommerce',
  court: 'Court.sol:Court',
  disputes: 'Disputes.sol:Disputes',
  arbitratorPool: 'ArbitratorPool.sol:ArbitratorPool',
  treasury: 'Treasury.sol:Treasury',
  jobTemplates: 'JobTemplates.sol:JobTemplates',
  timelock: '@openzeppelin/contracts/governance/TimelockController.sol:TimelockController',
  testUsdc: 'TestUSDC.sol:TestUSDC',
  identityRegistry: 'local/IdentityRegistry.sol:IdentityRegistry',
  reputationRegistry: 'local/ReputationRegistry.sol:ReputationRegistry',
  validationRegistry: 'local/ValidationRegistry.sol:ValidationRegistry',
};

// The same as in foundry.toml, so that what forge tests is what is deployed.
const settings = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};

interface AbiItem {
  type: string;
  name?: string;
  inputs?: { type: string }[];
}
interface Artifact {
  abi: AbiItem[];
  evm: { bytecode: { object: string } };
}
interface Compiled {
  output: CompilerOutput;
  /** Every file that was compiled, imports included, for block explorers to compile again. */
  files: Record<string, { content: string }>;
  compilerVersion: string;
}
interface CompilerOutput {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, Artifact>>;
}

function readSources(): Record<string, { content: string }> {
  const files = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol'))
    .sort();
  return Object.fromEntries(
    files.map((file) => [
      file.replaceAll('\\', '/'),
      { content: readFileSync(join(sourceFolder, file), 'utf8') },
    ]),
  );
}

function packageVersion(name: string): string {
  return JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;
}

function fingerprint(sources: Record<string, { content: string }>): string {
  const versions = ['solc', '@openzeppelin/contracts'].map(packageVersion);
  const generator = readFileSync(import.meta.filename, 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([sources, versions, generator]))
    .digest('hex');
}

function compile(sources: Record<string, { content: string }>): Compiled {
  const solc = require('solc') as {
    version(): string;
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
  };
  const openzeppelin = dirname(require.resolve('@openzeppelin/contracts/package.json'));
  const roots = new Set(Object.values(contracts).map((name) => name.split(':')[0] ?? ''));
  const files: Compiled['files'] = {};
  const read = (path: string): string => {
    const content =
      sources[path]?.content ?? readFileSync(path.replace('@openzeppelin/contracts', openzeppelin), 'utf8');
    files[path] = { content };
    return content;
  };
  const rootSources = Object.fromEntries([...roots].map((file) => [file, { content: read(file) }]));
  const input = JSON.stringify({ language: 'Solidity', sources: rootSources, settings });
  const output: CompilerOutput = JSON.parse(
    solc.compile(input, { import: (path) => ({ contents: read(path) }) }),
  );
  const problems = (output.errors ?? []).filter((each) => each.severity === 'error');
  if (problems.length > 0) throw new Error(problems.map((each) => each.formattedMessage).join('\n'));
  return { output, files, compilerVersion: `v${solc.version().split('.Emscripten')[0]}` };
}

function artifactOf(output: CompilerOutput, qualifiedName: string): Artifact {
  const [file = '', name = ''] = qualifiedName.split(':');
  const artifact = output.contracts[file]?.[name];
  if (!artifact) throw new Error(`The compiler returned no ${qualifiedName}.`);
  return artifact;
}

function uniqueErrors(artifacts: Artifact[]): AbiItem[] {
  const errors = artifacts.flatMap((artifact) => artifact.abi).filter((item) => item.type === 'error');
  const key = (item: AbiItem) => `${item.name}(${item.inputs?.map((input) => input.type)})`;
  return [...new Map(errors.map((item) => [key(item), item])).values()];
}

function writeAtomically(name: string, content: string): void {
  const path = join(outputFolder, name);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function generate(): void {
  const sources = readSources();
  const hash = fingerprint(sources);
  const stamp = join(outputFolder, '.fingerprint');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;

  console.log(`Compiling contracts into ${relative(process.cwd(), outputFolder)} …`);
  const { output, files, compilerVersion } = compile(sources);
  const artifacts = Object.entries(contracts).map(
    ([name, path]) => [name, artifactOf(output, path)] as const,
  );
  const constant = (name: string, value: unknown) =>
    `export const ${name} = ${JSON.stringify(value)} as const;\n`;
  const abis = artifacts.map(([name, artifact]) => constant(`${name}Abi`, artifact.abi));
  const errors = constant('errorsAbi', uniqueErrors(artifacts.map(([, artifact]) => artifact)));
  const bytecode = Object.fromEntries(
    artifacts.map(([name, artifact]) => [name, `0x${artifact.evm.bytecode.object}`]),
  );

  const standardInput = { language: 'Solidity', sources: files, settings };
  const verification = { compilerVersion, contracts, standardInput };

  mkdirSync(outputFolder, { recursive: true });
  writeAtomically('abi.ts', [...abis, errors].join('\n'));
  writeAtomically('bytecode.ts', constant('bytecode', bytecode));
  // As text: large, and no type checker needs to see it.
  writeAtomically(
    'verification.ts',
    `export const verification: string = ${JSON.stringify(JSON.stringify(verification))};\n`,
  );
  writeAtomically('.fingerprint', hash);
}

generate();
