import type { Dispute } from '@bonafide/core/models';
import type { TestClient } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Context } from '../../context.ts';
import { getDispute } from '../../disputes/read-disputes.ts';
import { anvilOf } from './anvil.ts';
import type { Call, Offer } from './calls.ts';
import { disputeCalls } from './dispute-calls.ts';
import { type Harness, startHarness } from './harness.ts';
import { createParties, createParty, type Parties, type Party, type TestChain } from './parties.ts';

const STAKE = 100_000_000n;

interface CourtWorld extends Parties {
  readonly chain: TestChain & AsyncDisposable;
  readonly anvil: TestClient<'anvil'>;
  readonly harness: Harness;
  readonly disputes: ReturnType<typeof disputeCalls>;
  readonly revalidator: Party;
  readonly arbitrators: readonly Party[];
  /** As a token asks, who has no writes of its own to wait for. */
  readonly context: Context;
  dispute(jobId: bigint): Promise<Dispute>;
  /** A delivered job that the validator failed; returns its id. */
  failJob(offer?: Offer): Promise<bigint>;
  seatArbitrators(): Promise<void>;
  /** Whichever arbitrator the dispute is assigned to. */
  assigned(jobId: bigint): Promise<Party>;
  /** Lets time pass, and a block. */
  pass(seconds: number): Promise<void>;
  sendAsGuardian(call: Call): Promise<void>;
  /** Resolves with the event, past or to come. */
  has(type: string, subject: bigint | string): Promise<object>;
}

/** A chain for the file, with a clean state and an index for each test. */
export function useCourt(startChain: () => Promise<TestChain & AsyncDisposable>): CourtWorld {
  const world = {} as { -readonly [Name in keyof CourtWorld]: CourtWorld[Name] };
  let pristine: `0x${string}`;
  beforeAll(async () => {
    const chain = await startChain();
    const parties = await createParties(chain);
    const anvil = anvilOf(chain);
    const judges = await Promise.all([0, 1, 2, 3].map(() => createParty(chain, parties.node)));
    const [revalidator, ...arbitrators] = judges as [Party, ...Party[]];
    for (const { account } of [parties.provider, ...arbitrators])
      await chain.faucet(account.address, { usdcUnits: 10n * STAKE });
    Object.assign(world, parties, { chain, anvil, revalidator, arbitrators });
    Object.assign(world, { disputes: disputeCalls(chain.deployment, parties) }, actionsOf(world));
  });
  afterAll(() => world.chain[Symbol.asyncDispose]());
  beforeEach(async () => {
    pristine = await world.anvil.snapshot();
    const harness = await startHarness(world.chain);
    const { chain, read } = harness;
    const services = { now: Date.now };
    const context = { chain, read, services, principal: { kind: 'anonymous' } } as unknown as Context;
    Object.assign(world, { harness, context });
  });
  afterEach(async () => {
    await world.harness[Symbol.asyncDispose]();
    await world.anvil.revert({ id: pristine });
  });
  return world;
}

type Actions = Pick<
  CourtWorld,
  'dispute' | 'failJob' | 'seatArbitrators' | 'assigned' | 'pass' | 'sendAsGuardian' | 'has'
>;

function actionsOf(world: CourtWorld): Actions {
  const has: Actions['has'] = (type, subject) =>
    world.harness.event((it) => it.type === type && it.subject === String(subject));
  return {
    has,
    dispute: (jobId) => getDispute(world.context, String(jobId)),
    failJob: (offer) => failJob(world, offer),
    seatArbitrators: () => seatArbitrators(world),
    async assigned(jobId) {
      const { arbitrator } = await getDispute(world.context, String(jobId));
      const found = world.arbitrators.find(({ account }) => account.address === arbitrator);
      if (!found) throw new Error('Nobody of ours is assigned.');
      return found;
    },
    async pass(seconds) {
      await world.anvil.increaseTime({ seconds });
      await world.anvil.mine({ blocks: 1 });
    },
    sendAsGuardian: (call) => sendAsGuardian(world, call),
  };
}

async function failJob({ client, provider, validator, calls, has }: CourtWorld, offer?: Offer) {
  await client.send(await calls.create(offer));
  const jobId = 1n;
  await provider.send(await calls.accept(jobId));
  await client.send(await calls.fund(jobId));
  await provider.send(calls.submit(jobId));
  await validator.send(await calls.validate(jobId, 10));
  await has('job.failed', jobId);
  return jobId;
}

async function seatArbitrators({ arbitrators, calls, disputes, chain, pass }: CourtWorld): Promise<void> {
  for (const arbitrator of arbitrators) {
    await arbitrator.send(calls.approve(chain.deployment.arbitratorPool, 2n * STAKE));
    await arbitrator.send(disputes.join(STAKE));
  }
  // A seat counts for what is escalated after it was taken.
  await pass(10);
}

async function sendAsGuardian({ anvil, chain, node }: CourtWorld, { to, data }: Call): Promise<void> {
  const { agenticCommerce: address } = chain.deployment;
  const abi = [
    {
      type: 'function',
      name: 'guardian',
      inputs: [],
      outputs: [{ type: 'address' }],
      stateMutability: 'view',
    },
  ] as const;
  const from = await node.readContract({ address, abi, functionName: 'guardian' });
  await anvil.impersonateAccount({ address: from });
  const hash = await anvil.sendUnsignedTransaction({ from, to, data });
  await node.waitForTransactionReceipt({ hash, pollingInterval: 20 });
}
