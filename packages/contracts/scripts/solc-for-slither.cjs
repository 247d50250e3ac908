#!/usr/bin/env node
// The part of the solc command line that slither uses, over npm's solc: `FILE REMAPPING --combined-json …`.
const { readFileSync } = require('node:fs');
const solc = require('solc');

const selection = [
  'abi',
  'evm.bytecode',
  'evm.deployedBytecode',
  'evm.methodIdentifiers',
  'userdoc',
  'devdoc',
];

function readImport(path) {
  try {
    return { contents: readFileSync(path, 'utf8') };
  } catch (error) {
    return { error: String(error) };
  }
}

function combinedContract({ abi, evm, userdoc, devdoc }) {
  const { bytecode, deployedBytecode, methodIdentifiers } = evm;
  return {
    ...{ abi, userdoc, devdoc, hashes: methodIdentifiers },
    ...{ bin: bytecode.object, srcmap: bytecode.sourceMap },
    ...{ 'bin-runtime': deployedBytecode.object, 'srcmap-runtime': deployedBytecode.sourceMap },
  };
}

function combined({ contracts, sources }) {
  const names = Object.entries(contracts).flatMap(([file, all]) =>
    Object.entries(all).map(([name, contract]) => [`${file}:${name}`, combinedContract(contract)]),
  );
  const files = Object.entries(sources).sort(([, a], [, b]) => a.id - b.id);
  return {
    contracts: Object.fromEntries(names),
    sources: Object.fromEntries(files.map(([file, { ast, id }]) => [file, { AST: ast, id }])),
    sourceList: files.map(([file]) => file),
    version: solc.version(),
  };
}

function compile(args) {
  const file = args.find((arg) => arg.endsWith('.sol'));
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(file, 'utf8') } },
    settings: {
      remappings: args.filter((arg) => arg.includes('=') && !arg.startsWith('-')),
      evmVersion: 'cancun',
      outputSelection: { '*': { '*': selection, '': ['ast'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));
  const problems = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (problems.length > 0) throw new Error(problems.map((each) => each.formattedMessage).join('\n'));
  return combined(output);
}

const args = process.argv.slice(2);
if (args.includes('--version')) {
  const version = solc.version().replace('Emscripten.clang', 'Linux.g++');
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else {
  process.stdout.write(JSON.stringify(compile(args)));
}
