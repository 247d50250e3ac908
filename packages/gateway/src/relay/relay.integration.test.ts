import { agenticCommerceAbi, identityRegistryAbi } from '@bonafide/contracts';
import { startLocalChain } from '@bonafide/contracts/local';
import { ChainError } from '@bonafide/core/errors';
import { relayedTransaction } from '@bonafide/core/models';
import { encodeFunctionData, type Hex, keccak256 } from 'viem';
import { describe, expect, it } from 'vitest';
import { agentOf, eventually } from '../chain/testing/harness.ts';
import { readUsdcBalance } from '../usdc/balance.ts';
import { useRelay } from './testing/use-relay.ts';

const world = useRelay(startLocalChain);
const { client, submit, signed, restart, get, auditOf, failure } = world;

/** The node has them: the proxy counts them when they are still on their way there. */
async function untilPending(count: number): Promise<void> {
  await eventually(async () => {
    const { pending } = await world.anvil.getTxpoolStatus();
    return pending === count ? true : undefined;
  });
}

/** The id that the registry gives next. */
async function nextIdentity(): Promise<bigint> {
  const { result } = await world.parties.node.simulateContract({
    address: world.chain.deployment.identityRegistry,
    abi: identityRegistryAbi,
    functionName: 'register',
    args: ['data:,agent'],
    account: world.parties.client.account,
    blockTag: 'latest',
  });
  return result;
}

const legacy = {
  type: 'legacy',
  gasPrice: 2n * 10n ** 9n,
  maxFeePerGas: undefined,
  maxPriorityFeePerGas: undefined,
};

describe('what is relayed', () => {
  it.each<[string, object]>([
    ['EIP-1559', {}],
    ['EIP-2930', { ...legacy, type: 'eip2930', accessList: [] }],
    ['legacy', legacy],
  ])('is included: an %s transaction', async (_, overrides) => {
    const bytes = await signed(overrides);
    const result = await submit(bytes);
    expect(relayedTransaction.strict().parse(result)).toMatchObject({
      transactionHash: keccak256(bytes as Hex),
      status: 'included',
      from: world.parties.client.account.address,
      to: world.chain.deployment.agenticCommerce.toLowerCase(),
    });
    expect(auditOf(result.transactionHash)).toEqual(['relay.submitted', 'relay.included']);
  });

  it('is every call of a job, an approval for the kernel, and the registration of an identity', async () => {
    const { calls, provider, validator } = world.parties;
    const asProvider = agentOf(provider.account.address);
    const asValidator = agentOf(validator.account.address);
    const jobId =
      (await world.parties.node.readContract({
        address: world.chain.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'jobCount',
      })) + 1n;
    const results = [
      await submit(await world.parties.client.sign(calls.register())),
      await submit(await world.parties.client.sign(calls.approve(world.chain.deployment.agenticCommerce))),
      await submit(await signed()),
      await submit(await provider.sign(await calls.accept(jobId)), asProvider),
      await submit(await world.parties.client.sign(await calls.fund(jobId))),
      await submit(await provider.sign(calls.submit(jobId)), asProvider),
      await submit(await validator.sign(await calls.validate(jobId, 80)), asValidator),
    ];
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'included'));
    await world.harness.chain.catchUpWith(asValidator.agentId);
    expect(world.harness.read.jobs.get(String(jobId))?.job.status).toBe('completed');
  });

  it('is seen by the agent that had it relayed at its next read', async () => {
    const agent = client();
    await submit(await signed(), agent);
    const before = world.harness.read.jobs.list({}, { limit: 100 }).length;
    await world.harness.chain.catchUpWith(agent.agentId);
    expect(world.harness.read.jobs.list({}, { limit: 100 }).length).toBeGreaterThanOrEqual(
      Math.max(1, before),
    );
    const [newest] = world.harness.read.jobs.list({}, { limit: 1 });
    expect(newest?.job.client).toBe(world.parties.client.account.address);
  });
});

describe('many transactions of one wallet at once', () => {
  it('are all included, in whatever order they come', async () => {
    await restart({ senderRate: { burst: 200, perSecond: 1 }, relayWaitMs: 60_000 });
    const agent = client();
    const nonces = Array.from({ length: 200 }, (_, index) => (index * 77) % 200);
    const call = world.parties.calls.register();
    const bytes = await Promise.all(nonces.map((nonce) => world.parties.client.sign(call, { nonce })));
    const results = await Promise.all(bytes.map((each) => submit(each, agent)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['included']));
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(200);
    const address = world.parties.client.account.address;
    expect(await world.parties.node.getTransactionCount({ address })).toBe(200);
  });

  it('may need what those before them do, though that is in no block yet', async () => {
    const { client: party, calls } = world.parties;
    const next = { nonce: 1 };
    await world.anvil.setAutomine(false);
    try {
      const first = submit(await party.sign(calls.register(), { nonce: 0 }));
      await untilPending(1);
      const data = encodeFunctionData({
        abi: identityRegistryAbi,
        functionName: 'setAgentURI',
        args: [await nextIdentity(), 'data:,later'],
      });
      const call = { to: world.chain.deployment.identityRegistry, data };
      const second = submit(await party.sign(call, next));
      await eventually(() => (world.proxy.count('eth_call') > 0 ? true : undefined));
      await world.anvil.setIntervalMining({ interval: 1 });
      expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([
        'included',
        'included',
      ]);
    } finally {
      await world.anvil.setIntervalMining({ interval: 0 });
      await world.anvil.setAutomine(true);
    }
  });
});

describe('what the contract would refuse', () => {
  it('is never sent, and the error names the reason and the remedy', async () => {
    await submit(await signed());
    const jobId = await world.parties.node.readContract({
      address: world.chain.deployment.agenticCommerce,
      abi: agenticCommerceAbi,
      functionName: 'jobCount',
    });
    const sent = world.proxy.count('eth_sendRawTransaction');
    const error = await failure(
      submit(await world.parties.client.sign(await world.parties.calls.fund(jobId))),
    );
    expect(error).toBeInstanceOf(ChainError);
    expect(error).toMatchObject({
      code: 'CHAIN_REVERTED',
      revert: 'WrongPhase',
      details: { arguments: [String(jobId), '1'] },
    });
    expect(error.message).toContain('jobs.nextActions');
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(sent);
  });

  it.each([20_000n, 60_000n, 100_000n])('is an offer with too little gas: %i', async (gas) => {
    const error = await failure(submit(await signed({ gas })));
    expect(error).toMatchObject({ code: 'CHAIN_REVERTED', revert: 'OutOfGas' });
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(0);
  });

  it('is told when only the block refuses it', async () => {
    await world.anvil.setAutomine(false);
    try {
      const provider = agentOf(world.parties.provider.account.address);
      await world.parties.node.request({ method: 'anvil_setAutomine' as never, params: [true] as never });
      await submit(await signed());
      const jobId = await world.parties.node.readContract({
        address: world.chain.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'jobCount',
      });
      const accept = await world.parties.calls.accept(jobId);
      await world.anvil.setAutomine(false);
      const { promise: bothCame, resolve } = Promise.withResolvers<void>();
      // Whichever the node got first would let it refuse the other before it is sent.
      world.proxy.treat((method) => {
        if (method !== 'eth_sendRawTransaction') return 'forward';
        if (world.proxy.count(method) === 3) resolve();
        return { forwardAfter: bothCame };
      });
      const first = submit(await world.parties.provider.sign(accept), provider);
      const second = submit(await world.parties.client.sign(accept));
      await untilPending(2);
      await world.anvil.mine({ blocks: 1 });
      const results = await Promise.all([first, second]);
      const reverted = results.filter(({ status }) => status === 'reverted');
      expect(reverted).toHaveLength(1);
      expect(reverted[0]?.revert).toMatch(/^(AlreadyAccepted|Reverted)$/);
    } finally {
      await world.anvil.setAutomine(true);
    }
  });
});

describe('the same bytes', () => {
  it('are broadcast once by fifty at the same time', async () => {
    const bytes = await signed();
    const agent = client();
    const results = await Promise.all(Array.from({ length: 50 }, () => submit(bytes, agent)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]?.status).toBe('included');
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(1);
    expect(auditOf(keccak256(bytes))).toHaveLength(2);
  });

  it('are answered from the store when they come again, even in other letters', async () => {
    const bytes = await signed();
    const first = await submit(bytes);
    world.proxy.treat(() => 'drop');
    expect(await submit(`0x${bytes.slice(2).toUpperCase()}`)).toEqual(first);
  });

  it('belong to the workspace that submitted them', async () => {
    const bytes = await signed();
    const { transactionHash } = await submit(bytes);
    const stranger = agentOf(world.parties.client.account.address, 'elsewhere');
    expect(await failure(submit(bytes, stranger))).toMatchObject({ code: 'CONFLICT' });
    expect(await failure(get(transactionHash, 'elsewhere'))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await get(transactionHash)).toMatchObject({ status: 'included' });
  });

  it('can be offered again after the node refused them', async () => {
    await world.anvil.setBalance({ address: world.parties.client.account.address, value: 1n });
    const bytes = await signed();
    const error = await failure(submit(bytes));
    expect(error).toMatchObject({ code: 'CONFLICT', details: { reason: 'NODE_REFUSED' } });
    expect(auditOf(keccak256(bytes))).toEqual(['relay.submitted', 'relay.refused']);
    await world.anvil.setBalance({ address: world.parties.client.account.address, value: 10n ** 20n });
    expect(await submit(bytes)).toMatchObject({ status: 'included' });
  });

  it('are recognised when somebody else sent them before', async () => {
    await world.anvil.setAutomine(false);
    try {
      const bytes = await signed();
      await world.parties.node.sendRawTransaction({ serializedTransaction: bytes });
      const result = submit(bytes);
      await eventually(() => (world.proxy.count('eth_sendRawTransaction') === 1 ? true : undefined));
      await world.anvil.mine({ blocks: 1 });
      expect(await result).toMatchObject({ status: 'included' });
    } finally {
      await world.anvil.setAutomine(true);
    }
  });
});

describe('a node that fails', () => {
  it('before the broadcast: nothing is written, and the call may be repeated', async () => {
    const bytes = await signed();
    world.proxy.treat(() => 'drop');
    const error = await failure(submit(bytes));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(world.harness.read.relayed.getAnywhere(keccak256(bytes))).toBeUndefined();
    world.proxy.treat(() => 'forward');
    expect(await submit(bytes)).toMatchObject({ status: 'included' });
  });

  it('with the answer to the broadcast: unknown, then reconciled, and sent only once', async () => {
    await restart({ relayWaitMs: 0 });
    const bytes = await signed();
    let isSent = false;
    world.proxy.treat((method) => {
      if (method === 'eth_sendRawTransaction') isSent = true;
      if (!isSent) return 'forward';
      return method === 'eth_sendRawTransaction' ? 'swallow' : 'drop';
    });
    const { transactionHash, status } = await submit(bytes);
    expect(status).toBe('unknown');
    const asked = get(transactionHash);
    expect(await failure(asked)).toMatchObject({ code: 'UNAVAILABLE' });

    world.proxy.treat(() => 'forward');
    expect(await get(transactionHash)).toMatchObject({
      status: 'included',
    });
    expect(await submit(bytes)).toMatchObject({ status: 'included' });
    expect(world.proxy.count('eth_sendRawTransaction')).toBe(1);
  });

  it('by losing the transaction: the same bytes are sent again', async () => {
    await restart({ relayWaitMs: 0 });
    const bytes = await signed();
    world.proxy.treat((method) => (method === 'eth_sendRawTransaction' ? 'drop' : 'forward'));
    expect(await submit(bytes)).toMatchObject({ status: 'unknown' });
    world.proxy.treat(() => 'forward');
    expect(await submit(bytes)).toMatchObject({ status: 'included' });
    expect(
      await world.parties.node.getTransactionCount({ address: world.parties.client.account.address }),
    ).toBe(1);
  });

  it('for good: reads of the index still answer and health says so', async () => {
    const agent = client();
    await submit(await signed(), agent);
    await world.harness.chain.catchUpWith(agent.agentId);
    world.proxy.treat(() => 'drop');
    await eventually(async () =>
      (await world.harness.chain.getHealth()).chain === 'down' ? true : undefined,
    );
    expect(world.harness.read.jobs.list({}, { limit: 1 })).toHaveLength(1);
    await world.harness.chain.catchUpWith(agent.agentId);
    const { node } = world.harness.chain;
    const balance = await failure(readUsdcBalance(node, world.parties.client.account.address));
    expect(balance.code).toBe('UNAVAILABLE');
    expect(balance.message).not.toContain('127.0.0.1');
  });
});

describe('after a crash', () => {
  it('a transaction that was stored but not sent is sent at the next start', async () => {
    const bytes = await signed();
    world.proxy.treat((method) => (method === 'eth_sendRawTransaction' ? 'drop' : 'forward'));
    await restart({ relayWaitMs: 0 });
    const { transactionHash } = await submit(bytes);
    world.proxy.treat(() => 'forward');
    await restart();
    const ended = await eventually(() => {
      const row = world.harness.read.relayed.getAnywhere(transactionHash);
      return row?.status === 'unknown' ? undefined : row;
    });
    expect(ended).toMatchObject({ status: 'included', signedTransaction: bytes });
    expect(auditOf(transactionHash)).toEqual(['relay.submitted', 'relay.included']);
  });

  it('a transaction whose nonce another one has used is told as replaced', async () => {
    const bytes = await signed();
    await restart({ relayWaitMs: 0 });
    world.proxy.treat((method) => (method === 'eth_sendRawTransaction' ? 'drop' : 'forward'));
    const { transactionHash } = await submit(bytes);
    await world.parties.client.send(world.parties.calls.register());
    world.proxy.treat(() => 'forward');
    expect(await get(transactionHash)).toMatchObject({
      status: 'reverted',
      revert: 'ReplacedByAnotherTransaction',
    });
  });
});

describe('an agent that is revoked while the chain is asked about its transaction', () => {
  it('sends nothing', async () => {
    const did = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp';
    const agent = { ...client(), did };
    await world.harness.store.commit(({ agents, workspaces }) => {
      workspaces.ensure(agent.workspace, agent.createdAt);
      agents.insert({ ...agent, status: 'revoked' });
    });
    const bytes = await signed();
    expect(await failure(submit(bytes, agent))).toMatchObject({ code: 'REVOKED' });
    expect(world.harness.read.relayed.getAnywhere(keccak256(bytes as Hex))).toBeUndefined();
  });
});
