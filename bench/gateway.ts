import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Agent, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { BenchChain } from './chain.ts';
import { startServer } from './server-process.ts';

const bin = fileURLToPath(import.meta.resolve('@bonafide/gateway/package.json')).replace(
  'package.json',
  'bin/bonafide-gateway.js',
);

/** Everything is decided and logged, and nothing waits for a person. */
const POLICY = '@id("bench")\n@reason("Nobody is asked.")\npermit (principal, action, resource);\n';

const UNLIMITED = '1000000';

/** A gateway that serves a chain, as operators run it, and whose limits are out of the way. */
export interface ChainGateway extends AsyncDisposable {
  readonly url: string;
  /** An agent with a new wallet that is proven and has an ERC-8004 identity. */
  openAgent(name: string): Promise<{ readonly agent: Agent; readonly wallet: PrivateKeyAccount }>;
}

/** Starts the gateway in its own process with a new database; disposing ends its agents, too. */
export async function openChainGateway(chain: BenchChain): Promise<ChainGateway> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
  starting.defer(() => rm(folder, { recursive: true }));
  const policyFile = join(folder, 'policy.cedar');
  await writeFile(policyFile, POLICY);
  const { url } = starting.use(
    await startServer([bin], {
      ...{ BONAFIDE_PORT: '0', BONAFIDE_DATABASE: join(folder, 'bench.db'), BONAFIDE_LOG_LEVEL: 'warn' },
      ...{ BONAFIDE_POLICY_FILE: policyFile, BONAFIDE_CHAIN: 'local', BONAFIDE_RPC_URL: chain.rpcUrl },
      ...{ BONAFIDE_RATE_LIMIT_PER_SECOND: UNLIMITED, BONAFIDE_RATE_LIMIT_BURST: UNLIMITED },
      ...{ BONAFIDE_RELAY_PER_SECOND: UNLIMITED, BONAFIDE_RELAY_BURST: UNLIMITED },
    }),
  );
  const stack = starting.move();
  return {
    url,
    async openAgent(name) {
      const wallet = await chain.openWallet();
      const signer = signerFromSeed(createKeyPair().seed);
      const agent = stack.use(await secure(name, { url, signer, wallet, chain: { rpcUrl: chain.rpcUrl } }));
      await agent.wallets.link();
      return { agent, wallet };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
