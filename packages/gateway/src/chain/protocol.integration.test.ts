import { agenticCommerceAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { jobTemplate } from '@bonafide/core/models';
import { concatHex, encodeEventTopics, type Hex, pad, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { listJobs, nowOf } from '../jobs/read-jobs.ts';
import { readStats } from '../stats/read-stats.ts';
import { getTemplate, listTemplates } from '../templates/read-templates.ts';
import { readTreasury } from '../treasury/balances.ts';
import { toSeconds } from './clock.ts';
import { eventually } from './testing/harness.ts';
import { useCourt } from './testing/use-court.ts';

const world = useCourt(startLocalChain);

const job = () => {
  const found = world.harness.job('1');
  if (!found) throw new Error('There is no job 1.');
  return found;
};

async function nowOfKernel() {
  const kernel = { address: world.chain.deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
  return world.node.readContract({ ...kernel, functionName: 'getJob', args: [1n] });
}

describe('a pause', () => {
  it('moves deadlines that have not passed, as the kernel has them', async () => {
    const { client, calls, disputes, has, pass, sendAsGuardian } = world;
    await client.send(await calls.create());
    await has('job.created', '1');
    const before = job();
    expect(toSeconds(before.expiresAt)).toBe((await nowOfKernel()).expiredAt);

    await sendAsGuardian(disputes.pause('pause'));
    await has('protocol.paused', 'clock');
    await pass(1_000);
    await sendAsGuardian(disputes.pause('unpause'));
    await has('protocol.unpaused', 'clock');
    const { expiredAt } = await nowOfKernel();
    expect(expiredAt - toSeconds(before.expiresAt)).toBeGreaterThanOrEqual(1_000);
    expect(toSeconds(job().expiresAt)).toBe(expiredAt);
    expect(toSeconds(job().submitBy ?? '')).toBe(
      toSeconds(before.submitBy ?? '') + expiredAt - toSeconds(before.expiresAt),
    );
    // What was signed stays what was signed.
    expect(job().terms).toEqual(before.terms);

    await client.send(await calls.create());
    await has('job.created', '2');
    const kernel = { address: world.chain.deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
    const later = await world.node.readContract({ ...kernel, functionName: 'getJob', args: [2n] });
    expect(toSeconds(world.harness.job('2')?.expiresAt ?? '')).toBe(later.expiredAt);
  });

  it('undone by a reorganisation moves nothing', async () => {
    const { client, calls, disputes, has, anvil, sendAsGuardian } = world;
    await client.send(await calls.create());
    await has('job.created', '1');
    const before = job();
    const fork = await anvil.snapshot();
    await sendAsGuardian(disputes.pause('pause'));
    await has('protocol.paused', 'clock');
    await anvil.revert({ id: fork });
    await anvil.mine({ blocks: 3 });
    await has('protocol.reverted', 'clock');
    expect(world.harness.read.pauses.list()).toEqual([]);
    expect(job()).toEqual(before);
  });
});

describe('what both parties agree', () => {
  it('an extension moves the expiry', async () => {
    const { client, provider, calls, disputes, has } = world;
    await client.send(await calls.create());
    await has('job.created', '1');
    const expiredAt = toSeconds(job().expiresAt) + 5_000;
    await provider.send(await disputes.extend(1n, expiredAt));
    await has('job.extended', '1');
    expect(toSeconds(job().expiresAt)).toBe(expiredAt);
  });

  it('and what one of them does alone: a refusal, a withdrawal', async () => {
    const { client, provider, calls, disputes, has } = world;
    await client.send(await calls.create());
    await provider.send(disputes.decline(1n));
    await has('job.declined', '1');
    expect(job()).toMatchObject({ status: 'rejected', resolution: 'declined', providerAmountUsdc: '0' });
    await client.send(await calls.create());
    await client.send(calls.reject(2n));
    await has('job.rejected', '2');
    expect(world.harness.job('2')).toMatchObject({ status: 'rejected', resolution: 'withdrawn' });
    expect(readStats(world.harness.read, { nowMs: Date.now() })).toMatchObject({ created: 2, rejected: 2 });
  });
});

describe('templates', () => {
  it('are created, changed, stopped and handed on, and their jobs are found by them', async () => {
    const { client, provider, validator, calls, disputes, has, harness, context } = world;
    await provider.send(disputes.createTemplate('cleaning', calls.rulesOf()));
    await has('template.created', '1');
    expect(jobTemplate.parse(await getTemplate(context, 1))).toMatchObject({
      ...{ templateId: 1, creator: provider.account.address, name: 'cleaning', feeBps: 100, isActive: true },
      rules: { validators: [validator.account.address], threshold: 70 },
    });
    await client.send(await calls.create({ templateId: 1 }));
    await provider.send(await calls.accept(1n));
    await client.send(await calls.fund(1n));
    await provider.send(calls.submit(1n));
    await validator.send(await calls.validate(1n, 100));
    await has('job.completed', '1');
    expect(job()).toMatchObject({ templateId: 1, providerAmountUsdc: '12.5' });
    expect(readStats(harness.read, { nowMs: Date.now() })).toMatchObject({
      templates: 1,
      paidUsdc: '12.375',
    });
    expect(listJobs(nowOf(world.context), { templateId: 1 }).items).toHaveLength(1);
    expect(listJobs(nowOf(world.context), { templateId: 2 }).items).toEqual([]);

    await provider.send(disputes.updateTemplate(1, 'washing', calls.rulesOf({ rules: { threshold: 90 } })));
    await provider.send(disputes.activateTemplate(1, false));
    await provider.send(disputes.transferTemplate(1, client.account.address));
    await has('template.transferred', '1');
    expect(await getTemplate(context, 1)).toMatchObject({
      ...{ name: 'washing', feeBps: 50, isActive: false, creator: client.account.address },
      rules: { threshold: 90 },
    });
    expect(listTemplates(context, { creator: client.account.address.toLowerCase() }).items).toHaveLength(1);
    expect(listTemplates(context, { isActive: true }).items).toEqual([]);
  });

  it('that no court accepts are shown to nobody, until they are mended', async () => {
    const { provider, calls, disputes, has, context } = world;
    const many = Array.from({ length: 40 }, (_, index) => pad(toHex(index + 1), { size: 20 }));
    await provider.send(disputes.createTemplate('x', calls.rulesOf({ rules: { validators: many } })));
    await provider.send(disputes.createTemplate('y', calls.rulesOf({ rules: { disputeWindow: 0 } })));
    await has('template.created', '2');
    expect(listTemplates(context, {}).items).toEqual([]);
    await expect(getTemplate(context, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await provider.send(disputes.updateTemplate(1, 'x', calls.rulesOf()));
    await eventually(() => listTemplates(context, {}).items[0]);
    expect(await getTemplate(context, 1)).toMatchObject({ templateId: 1, isActive: true });
  });
});

describe('the treasury', () => {
  it('is read from the chain', async () => {
    expect(await readTreasury(world.harness.chain.node)).toMatchObject({
      ...{ treasury: world.chain.deployment.treasury, reserveUsdc: '0', arbitrationFundUsdc: '0' },
      ...{ uncountedUsdc: '0', totalReceivedUsdc: '0' },
    });
    await world.chain.faucet(world.chain.deployment.treasury, { usdcUnits: 2_500_000n });
    expect(await readTreasury(world.harness.chain.node)).toMatchObject({ uncountedUsdc: '2.5' });
  });
});

describe('a contract that imitates ours', () => {
  it('is not heard', async () => {
    const { client, calls, node, has, harness } = world;
    await client.send(await calls.create());
    await has('job.created', '1');
    const [topic = '0x', jobTopic] = encodeEventTopics({
      ...{ abi: agenticCommerceAbi, eventName: 'JobExpired', args: { jobId: 1n } },
    });
    // A constructor that logs what the kernel would: PUSH32 job, PUSH32 topic, PUSH1 0, PUSH1 0, LOG2, STOP.
    const data = concatHex(['0x7f', String(jobTopic) as Hex, '0x7f', topic, '0x60006000a200']);
    const signed = await client.account.signTransaction({
      ...{ type: 'eip1559', chainId: 31_337, gas: 200_000n, data, maxFeePerGas: 20_000_000_000n },
      nonce: await node.getTransactionCount({ address: client.account.address }),
    });
    const hash = await node.sendRawTransaction({ serializedTransaction: signed });
    const receipt = await node.waitForTransactionReceipt({ hash, pollingInterval: 20 });
    expect(receipt.logs).toHaveLength(1);
    await client.send(await calls.create());
    await has('job.created', '2');
    expect(job().status).toBe('open');
    expect(harness.typesOf('1')).toEqual(['job.created']);
  });
});
