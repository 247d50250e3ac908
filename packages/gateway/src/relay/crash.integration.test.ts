import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startLocalChain } from '@bonafide/contracts/local';
import { formatUsdc } from '@bonafide/core/models';
import { type Hex, keccak256 } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUDGET } from '../chain/testing/calls.ts';
import { eventually } from '../chain/testing/harness.ts';
import type { Treatment } from '../chain/testing/rpc-proxy.ts';
import { readUsdcBalance } from '../usdc/balance.ts';
import { useRelay } from './testing/use-relay.ts';

const world = useRelay(startLocalChain);
const script = fileURLToPath(new URL('./testing/submit-and-hang.ts', import.meta.url));

describe('kill -9 while a job is being funded', () => {
  it.each<[string, Treatment]>([
    ['before the node has the transaction', 'drop'],
    ['after the node has the transaction, before its answer', 'swallow'],
  ])('%s: nothing is lost and nothing is paid twice', async (_, treatment) => {
    const { client, provider, calls, node } = world.parties;
    await client.send(await calls.create());
    const jobId = await newestJob();
    await provider.send(await calls.accept(jobId));
    const bytes = await client.sign(await calls.fund(jobId));
    const before = await readUsdcBalance(world.harness.chain.node, client.account.address);

    await world.harness.stop();
    await killDuringBroadcast(bytes, treatment);
    world.proxy.treat(() => 'forward');
    await world.restart();

    const hash = keccak256(bytes);
    const ended = await eventually(() => {
      const row = world.harness.read.relayed.getAnywhere(hash);
      return row?.status === 'unknown' ? undefined : row;
    });
    expect(ended).toMatchObject({ status: 'included', signedTransaction: bytes });
    expect(await world.submit(bytes)).toMatchObject({ status: 'included' });
    expect(world.auditOf(hash)).toEqual(['relay.submitted', 'relay.included']);
    const funded = await world.harness.event(
      (it) => it.type === 'job.funded' && it.subject === String(jobId),
    );
    expect(funded.data).toMatchObject({ transactionHash: hash });
    const after = await readUsdcBalance(world.harness.chain.node, client.account.address);
    expect([before, after]).toEqual([formatUsdc(1_000_000_000n), formatUsdc(1_000_000_000n - BUDGET)]);
    expect((await node.getTransactionReceipt({ hash })).status).toBe('success');
  });
});

async function killDuringBroadcast(bytes: Hex, treatment: Treatment): Promise<void> {
  const { proxy, harness, parties } = world;
  const args = [script, harness.directory, proxy.url, bytes, parties.client.account.address];
  const reached = new Promise<void>((resolve) => {
    proxy.treat((method) => {
      if (method !== 'eth_sendRawTransaction') return 'forward';
      resolve();
      return treatment;
    });
  });
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([
    reached,
    exited.then(() => Promise.reject(new Error('It ended before its broadcast.'))),
  ]);
  child.kill('SIGKILL');
  await exited;
}

async function newestJob(): Promise<bigint> {
  const jobs = await eventually(
    () => world.harness.read.jobs.list({ client: world.parties.client.account.address }, { limit: 1 })[0],
  );
  return BigInt(jobs.job.jobId);
}
