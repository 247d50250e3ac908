import { join } from 'node:path';
import { agenticCommerceAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../gateway.ts';
import { useChainGateway } from './testing/use-chain-gateway.ts';

const world = useChainGateway(startLocalChain);
const { call, linkedAgent } = world;

describe('commerce over HTTP', () => {
  it('an agent links its wallet, relays an offer and reads it at once', async () => {
    const agent = await linkedAgent('client', world.parties.client);
    const info = await call(agent, 'gateway.getInfo');
    expect(info.body.chain).toMatchObject({
      chainId: 31_337,
      name: 'local',
      court: world.chain.deployment.court,
    });
    expect(JSON.stringify(info.body)).not.toContain(world.proxy.url);

    const signedTransaction = await world.parties.client.sign(await world.parties.calls.create());
    const relayed = await call(agent, 'relay.submit', { signedTransaction });
    expect(relayed).toMatchObject({ status: 200, body: { status: 'included' } });
    const { body } = await call(agent, 'jobs.list', {
      client: world.parties.client.account.address.toLowerCase(),
    });
    expect(body.items).toMatchObject([{ jobId: '1', status: 'open', amountUsdc: '12.5' }]);
    expect(await call(agent, 'jobs.get', { jobId: '1' })).toMatchObject({
      status: 200,
      body: { jobId: '1' },
    });
    const { transactionHash } = relayed.body;
    expect((await call(agent, 'relay.get', { transactionHash })).body).toEqual(relayed.body);
    expect(
      await call(agent, 'usdc.getBalance', { address: world.parties.client.account.address }),
    ).toMatchObject({
      body: { amountUsdc: '1000' },
    });
  });

  it('looks at the chain before it says that a job of somebody else is not there', async () => {
    await using sleepy = await createGateway({
      database: join(world.directory, 'sleepy.db'),
      logLevel: 'silent',
      // Longer than any test: only a question makes this one look again.
      chain: { rpcUrl: world.chain.rpcUrl, deployment: world.chain.deployment, pollIntervalMs: 3_600_000 },
    });
    const { ownerToken } = await sleepy.createWorkspace('readers');
    const headers = { authorization: `Bearer ${ownerToken}` };
    const get = (jobId: bigint) =>
      sleepy.fetch(new Request(`http://127.0.0.1/v1/jobs/${jobId}`, { headers }));
    const { agenticCommerce } = world.chain.deployment;
    const count = () =>
      world.parties.node.readContract({
        address: agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'jobCount',
      });
    expect((await get((await count()) + 1n)).status).toBe(404);
    await world.parties.client.send(await world.parties.calls.create());
    expect((await get(await count())).status).toBe(200);
  });

  it('answers what is not there, and what is malformed, as problems', async () => {
    const agent = await linkedAgent('asker', world.parties.provider);
    const max = String(2n ** 256n - 1n);
    const answers = await Promise.all([
      call(agent, 'jobs.get', { jobId: max }),
      call(agent, 'jobs.get', { jobId: '-1' }),
      call(agent, 'reputation.get', { chainAgentId: max }),
      call(agent, 'usdc.getBalance', { address: '0x12' }),
      call(agent, 'jobs.list', { status: 'unheard' }),
      call(agent, 'jobs.list', { cursor: 'x' }),
      call(agent, 'relay.get', { transactionHash: `0x${'00'.repeat(32)}` }),
      call(agent, 'relay.submit', { signedTransaction: '0x02c0' }),
    ]);
    expect(answers.map(({ body }) => body.code)).toEqual([
      'NOT_FOUND',
      'VALIDATION_FAILED',
      'NOT_FOUND',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'NOT_FOUND',
      'VALIDATION_FAILED',
    ]);
  });

  it('shows jobs and their events to every workspace, and a transaction only to its own', async () => {
    const { ownerToken } = await world.gateway.createWorkspace('elsewhere');
    const headers = { authorization: `Bearer ${ownerToken}` };
    const job = await fetch(`${world.gateway.url}/v1/jobs/1`, { headers });
    expect(await job.json()).toMatchObject({ jobId: '1' });

    const [transaction] = (await (await fetch(`${world.gateway.url}/v1/jobs`, { headers })).json()).items;
    const relayed = await fetch(`${world.gateway.url}/v1/relay/${transaction.transactionHash}`, { headers });
    expect(relayed.status).toBe(404);

    const stream = await fetch(`${world.gateway.url}/v1/events?cursor=0&subject=1&types=job.*`, { headers });
    expect(await firstData(stream)).toMatchObject({
      type: 'job.created',
      subject: '1',
      data: { amountUsdc: '12.5' },
    });
  });

  it('keeps answering from the index while the node is away, and says so', async () => {
    const agent = await linkedAgent('patient', world.parties.validator);
    const signedTransaction = await world.parties.validator.sign(world.parties.calls.register());
    world.proxy.treat(() => 'drop');
    try {
      const [job, balance, relayed] = await Promise.all([
        call(agent, 'jobs.get', { jobId: '1' }),
        call(agent, 'usdc.getBalance', { address: world.parties.client.account.address }),
        call(agent, 'relay.submit', { signedTransaction }),
      ]);
      expect(job.status).toBe(200);
      expect([balance, relayed].map(({ status, body }) => [status, body.code])).toEqual([
        [503, 'UNAVAILABLE'],
        [503, 'UNAVAILABLE'],
      ]);
    } finally {
      world.proxy.treat(() => 'forward');
    }
    expect(await call(agent, 'relay.submit', { signedTransaction })).toMatchObject({
      body: { status: 'included' },
    });
  });
});

async function firstData(stream: Response): Promise<unknown> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const data = /^data: ?(.*)$/m.exec(text)?.[1];
    if (data !== undefined && text.includes('\n\n')) return JSON.parse(data);
  }
  throw new Error(`The stream ended: ${text}`);
}
