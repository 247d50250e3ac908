import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRole } from '@bonafide/app-kit';
import { agenticCommerceAbi } from '@bonafide/contracts';
import { connect } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';
import { createTestClient, getAbiItem, http, type PublicClient, publicActions } from 'viem';
import { expect, it, onTestFinished } from 'vitest';
import { readBalances } from './balances.ts';
import { type Network, type Party, startNetwork } from './network.ts';
import type { Order } from './scenarios/order.ts';

const HOUR_MS = 3_600_000;
const PATIENT = { timeout: 30_000 };
const ORDER: Order = {
  milestones: [{ amountUsdc: '25', description: 'Clean a file.' }],
  threshold: 80,
  submitBy: new Date(Date.now() + HOUR_MS).toISOString(),
  rules: { disputes: 'none' },
};

/** Who speaks, and the file of roles that they run. */
const FILES = { client: 'buyer', provider: 'provider', validator: 'validator' } as const;

/** A role whose process the test kills; what is left at the end is stopped. */
function start(role: keyof typeof FILES, { environment }: Party, settings: Readonly<Record<string, string>>) {
  const file = new URL(`./roles/${FILES[role]}.ts`, import.meta.url);
  const running = startRole({ role, file, environment: { ...environment, ...settings } });
  onTestFinished(() => running[Symbol.asyncDispose]());
  return running;
}

/** Ends a process as a power cut would. */
async function kill({ child }: ReturnType<typeof start>): Promise<void> {
  expect(child.exitCode, 'it has ended by itself').toBeNull();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}

it('a job is done and paid once although client, provider and validator are killed at every step', async () => {
  await using network = await startNetwork();
  const { gateway, rpcUrl } = network;
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).extend(publicActions);
  const buyer = await network.addParty('acme', { routine: 'all', startUsdc: '100' });
  const provider = await network.addParty('globex', { routine: 'all' });
  const validator = await network.addParty('assay', { routine: 'all' });
  const judge = { HIRE_NAME: 'second-look', HIRE_CAPABILITY: 'csv-validation' };
  const order = { HIRE_ORDER: JSON.stringify(ORDER), HIRE_INPUT: await writeInput(network) };
  const atWork = start('provider', provider, { HIRE_DELIVERIES: 'never' });
  const scoring = start('validator', validator, { ...judge, HIRE_SCORING: 'stuck' });
  await Promise.all([atWork.fact('ready'), scoring.fact('ready')]);
  const owner = connect({ url: gateway.url, token: buyer.ownerToken });

  const first = start('client', buyer, order);
  await first.fact('ready');
  first.send('start');
  const { jobId } = await first.fact<{ jobId: string }>('created');
  await kill(first);
  const resume = () => start('client', buyer, { ...order, HIRE_JOB: jobId });

  // No block comes while the funding of the client waits for one, so that it dies with its money on the way.
  await untilJob(owner, jobId, ({ isAccepted }) => isAccepted);
  await chain.setAutomine(false);
  const second = resume();
  await expect.poll(() => chain.getBlockTransactionCount({ blockTag: 'pending' }), PATIENT).toBe(1);
  await kill(second);
  const third = resume();
  await third.fact('ready');
  await chain.setAutomine(true);
  await chain.mine({ blocks: 1 });

  await atWork.fact('working');
  await kill(atWork);
  start('provider', provider, { HIRE_DELIVERIES: 'good' });
  await scoring.fact('scored');
  await Promise.all([kill(scoring), kill(third)]);
  start('validator', validator, { ...judge, HIRE_SCORING: 'honest' });
  await untilJob(owner, jobId, ({ status }) => status === 'completed');

  expect(await resume().fact('finished')).toEqual({ outcome: 'paid', paidUsdc: '25' });
  expect(await countFundings(chain, network)).toBe(1);
  const accounts = {
    client: buyer.address,
    provider: provider.address,
    escrow: network.deployment.agenticCommerce,
  };
  expect(await readBalances({ rpcUrl, usdc: network.deployment.usdc }, accounts)).toEqual({
    ...{ client: 75_000_000n, provider: 25_000_000n, escrow: 0n },
  });
});

async function writeInput({ directory }: Network): Promise<string> {
  const file = join(directory, 'input.csv');
  await writeFile(file, 'a,b\n1,2\n1,2\n');
  return file;
}

type Reader = ReturnType<typeof connect>;

async function untilJob(reader: Reader, jobId: string, isThere: (job: Job) => boolean): Promise<void> {
  for await (const _ of reader.events.stream({ types: ['job.*'], subject: jobId, cursor: '0' })) {
    if (isThere(await reader.jobs.get({ jobId }))) return;
  }
}

async function countFundings(chain: Pick<PublicClient, 'getLogs'>, { deployment }: Network): Promise<number> {
  const event = getAbiItem({ abi: agenticCommerceAbi, name: 'JobFunded' });
  return (await chain.getLogs({ address: deployment.agenticCommerce, event, fromBlock: 0n })).length;
}
