import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anvilOf } from './testing/anvil.ts';
import { eventually, type Harness, startHarness } from './testing/harness.ts';
import { createParties } from './testing/parties.ts';
import { startRpcProxy, type Treatment } from './testing/rpc-proxy.ts';

const script = fileURLToPath(new URL('./testing/index-and-hang.ts', import.meta.url));
const JOBS = 5;

let chain: LocalChain;

/** Several ranges of blocks, with a job in each. */
beforeAll(async () => {
  chain = await startLocalChain();
  const { client, calls } = await createParties(chain);
  for (let count = 0; count < JOBS; count += 1) {
    await client.send(await calls.create());
    await anvilOf(chain).mine({ blocks: 4 });
  }
});

afterAll(async () => {
  await chain[Symbol.asyncDispose]();
});

/** Indexes in a process of its own, which is killed when the node is asked for logs for the `count`th time. */
async function killInBackfill(
  directory: string,
  { count, treatment }: { count: number; treatment: Treatment },
) {
  await using proxy = await startRpcProxy(chain.rpcUrl);
  const deployment = JSON.stringify({ ...chain.deployment, startBlock: String(chain.deployment.startBlock) });
  const args = [script, proxy.url, deployment, directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const asked = new Promise<void>((resolve) => {
    proxy.treat((method) => {
      if (method !== 'eth_getLogs' || proxy.count(method) < count) return 'forward';
      resolve();
      return treatment;
    });
  });
  await asked;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const everything = ({ read }: Harness) => ({
  jobs: read.jobs.list({}, { limit: 100 }),
  days: read.days.list({}),
  newest: read.indexedBlocks.getNewest(),
});

describe('a long catch-up', () => {
  it('killed again and again goes on where it was, and counts everything once', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bonafide-backfill-'));
    await killInBackfill(directory, { count: 1, treatment: 'drop' });
    await killInBackfill(directory, { count: 2, treatment: 'forward' });
    await killInBackfill(directory, { count: 2, treatment: 'swallow' });
    await using harness = await startHarness(chain, directory);
    await using anew = await startHarness(chain);
    for (const each of [harness, anew])
      await eventually(async () => (await each.chain.getHealth()).indexLagBlocks === 0 || undefined);
    await eventually(() => harness.read.jobs.get(String(JOBS)) && anew.read.jobs.get(String(JOBS)));
    expect(everything(harness)).toEqual(everything(anew));
    expect(everything(harness).jobs).toHaveLength(JOBS);
    const subjects = harness.events().map(({ type, subject }) => `${type} ${subject}`);
    expect(subjects).toEqual(Array.from({ length: JOBS }, (_, index) => `job.created ${index + 1}`));
  });
});
