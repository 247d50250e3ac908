#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { BonafideError } from '@bonafide/core/errors';
import { destination, pino } from 'pino';
import { parseConfig } from './config/parse.ts';
import { explainFailedStart } from './failed-start.ts';
import type { Gateway } from './gateway.ts';
import { createWorkspace } from './workspaces/create.ts';
import { DEFAULT_WORKSPACE } from './workspaces/names.ts';

const USAGE = `Usage:
  bonafide-gateway                          start (settings: BONAFIDE_* variables, or a JSON file in BONAFIDE_CONFIG)
  bonafide-gateway workspace create NAME    make a workspace and print its owner token
`;

function readConfig() {
  const path = process.env.BONAFIDE_CONFIG;
  return parseConfig(process.env, path === undefined ? {} : readConfigFile(path));
}

function readConfigFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new BonafideError('VALIDATION_FAILED', `BONAFIDE_CONFIG: ${path} ${problem}: ${reason}`, { cause });
  }
}

async function start(): Promise<void> {
  const { chain, ...config } = readConfig();
  // Buffered: one write for many lines. What a crash loses is log, never data.
  const sink = destination({ sync: false, minLength: 4096 });
  const log = pino({ level: config.logLevel }, sink);
  const flushing = setInterval(() => sink.flush(), 1000).unref();
  const [{ createGateway }, { toChainOptions }] = await Promise.all([
    import('./gateway.ts'),
    import('./chain/options.ts'),
  ]);
  const gateway = await createGateway({ ...config, chain: chain && toChainOptions(chain), log });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await gateway[Symbol.asyncDispose]();
    clearInterval(flushing);
    sink.flushSync();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const { url } = await gateway.listen();
  process.stdout.write(`Bonafide gateway ${gateway.did}\nlistening on ${url}\n`);
  await printFirstToken(gateway);
}

async function printFirstToken(gateway: Gateway): Promise<void> {
  try {
    const { ownerToken } = await gateway.createWorkspace(DEFAULT_WORKSPACE);
    process.stdout.write(`Owner token of workspace ${DEFAULT_WORKSPACE}, shown only now: ${ownerToken}\n`);
  } catch (error) {
    // It has an owner: this is not the first start.
    if (!BonafideError.is(error) || error.code !== 'CONFLICT') throw error;
  }
}

/** Needs the database and nothing else of a gateway, so that it takes no time. */
async function printNewWorkspace(name: string): Promise<void> {
  const [{ createLedger }, { createMemoryBus }, { openSqliteStore }] = await Promise.all([
    import('./ledger.ts'),
    import('./bus/memory/memory-bus.ts'),
    import('./stores/sqlite/open.ts'),
  ]);
  const store = openSqliteStore(readConfig().database);
  const ledger = createLedger({ store, bus: createMemoryBus(), now: Date.now });
  const { ownerToken } = await createWorkspace(name, ledger).finally(() => store.close());
  process.stdout.write(`${ownerToken}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  const [noun, verb, name, ...rest] = args;
  if (noun === undefined) return start();
  if (noun === 'workspace' && verb === 'create' && name !== undefined && rest.length === 0)
    return printNewWorkspace(name);
  process.stderr.write(USAGE);
  process.exitCode = noun === '--help' || noun === '-h' ? 0 : 2;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explainFailedStart(error)}\n`);
  process.exitCode = 1;
});
