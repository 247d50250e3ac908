import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { job } from '@bonafide/core/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJob, listJobs } from '../jobs/read-jobs.ts';
import { startHarness } from './testing/harness.ts';
import { createParties } from './testing/parties.ts';

let chain: LocalChain;
let parties: Awaited<ReturnType<typeof createParties>>;
let harness: Awaited<ReturnType<typeof startHarness>>;

beforeAll(async () => {
  chain = await startLocalChain();
  parties = await createParties(chain);
  harness = await startHarness(chain);
}, 60_000);

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
});

describe('indexer', () => {
  it('follows a job from its offer to its payment', async () => {
    const { client, provider, validator, calls } = parties;
    await client.send(await calls.create());
    await provider.send(await calls.accept(1n));
    await client.send(await calls.fund(1n));
    await provider.send(calls.submit(1n));
    await validator.send(calls.validate(1n, 90));
    await client.send(calls.settle(1n));
    await harness.event(({ type, subject }) => type === 'job.completed' && subject === '1');

    expect(harness.typesOf('1')).toEqual([
      'job.created',
      'job.accepted',
      'job.funded',
      'job.submitted',
      'job.validated',
      'job.completed',
    ]);
    const found = getJob(harness.read, '1');
    expect(job.parse(found)).toMatchObject({
      jobId: '1',
      status: 'completed',
      client: client.account.address,
      provider: provider.account.address,
      validator: validator.account.address,
      amountUsdc: '12.5',
      threshold: 70,
      isAccepted: true,
      description: 'Clean a file',
      deliverableUri: 'ipfs://deliverable',
      evidenceUri: 'ipfs://evidence',
      score: 90,
    });
  });
});
