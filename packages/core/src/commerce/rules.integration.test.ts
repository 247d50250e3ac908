import { agenticCommerceAbi, disputesAbi, encodeProposal } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import fc from 'fast-check';
import { createPublicClient, http, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bondOf } from '../market/dispute-steps.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';
import type { JobRules } from '../models/terms.ts';
import { toContractRules } from '../models/terms-codec.ts';
import { checkRules, tailSeconds } from './rules.ts';

const account = (digit: string) => `0x${digit.repeat(40)}` as const;
const parties = { client: account('a'), provider: account('b') };

let chain: LocalChain;
let now: number;
beforeAll(async () => {
  chain = await startLocalChain();
  now = Number((await nodeOf(chain).getBlock()).timestamp);
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const nodeOf = ({ rpcUrl }: LocalChain) => createPublicClient({ transport: http(rpcUrl) });

/** Whether the court takes a job with these rules and this many seconds between delivery and expiry. */
async function courtTakes(rules: JobRules, tail: number): Promise<boolean> {
  const { agenticCommerce, court } = chain.deployment;
  const submitBy = now + 3_600;
  const terms = { specHash: zeroHash, previousJobId: 0n, hasClientAgent: false, clientAgentId: 0n };
  const proposal = {
    ...terms,
    salt: 0n,
    submitBy,
    rules: toContractRules(rules),
    providerSignature: '0x',
  } as const;
  const job = {
    ...{ provider: parties.provider, evaluator: court, hook: court, expiredAt: submitBy + tail, budget: 1n },
    evaluatorFee: parseUsdc(rules.validatorFeeUsdc) * BigInt(rules.validators.length),
    ...{ templateId: 0, hasAgentId: false, agentId: 0n, description: 'work' },
  };
  try {
    await nodeOf(chain).simulateContract({
      address: agenticCommerce,
      abi: agenticCommerceAbi,
      functionName: 'createJobWithBudget',
      args: [job, encodeProposal(proposal)],
      account: parties.client,
    });
    return true;
  } catch {
    return false;
  }
}

function weTake(rules: JobRules): boolean {
  try {
    checkRules(rules, parties);
    return true;
  } catch {
    return false;
  }
}

const near = (...bounds: number[]) =>
  fc.constantFrom(...bounds.flatMap((bound) => [bound - 1, bound, bound + 1])).filter((value) => value >= 0);
// Mostly sound, so that all else is looked at too.
const mostly = <Value>(sound: Value, others: fc.Arbitrary<Value>) =>
  fc.oneof({ arbitrary: fc.constant(sound), weight: 9 }, { arbitrary: others, weight: 1 });
const percent = mostly(50, near(0, 100));
const month = 2_592_000;
const judges = (digits: string[], min: number) =>
  mostly(
    digits.map(account) as string[],
    fc.array(fc.constantFrom(...'0123456789ab').map(account), { minLength: min, maxLength: 8 }),
  );

const disputes = fc.record({
  windowSeconds: mostly(3_600, near(600, month)),
  revalidators: judges(['4', '5'], 0),
  requiredRepasses: mostly(2, fc.integer({ min: 0, max: 8 })),
  bondBps: mostly(500, near(100, 5_000)),
  evidenceSeconds: mostly(3_600, near(600, month)),
  rulingSeconds: mostly(3_600, near(3_600, month)),
  defaultPercent: percent,
});
const anyRules = fc.record(
  {
    validators: judges(['1', '2', '3'], 0),
    requiredPasses: mostly(2, fc.integer({ min: 0, max: 8 })),
    threshold: percent,
    validatorFeeUsdc: fc.constantFrom('0', '0.5', '1000000'),
    validationSeconds: mostly(3_600, near(60, month)),
    silencePercent: percent,
    disputes,
  },
  {
    requiredKeys: [
      ...(['validators', 'requiredPasses', 'threshold', 'validatorFeeUsdc'] as const),
      ...(['validationSeconds', 'silencePercent'] as const),
    ],
  },
);

describe('rules', () => {
  it('are sound here exactly when the court takes them', async () => {
    const seen = { taken: 0, refused: 0 };
    const agree = fc.asyncProperty(anyRules, async (rules) => {
      const taken = await courtTakes(rules as JobRules, tailSeconds(rules as JobRules));
      seen[taken ? 'taken' : 'refused']++;
      expect(weTake(rules as JobRules)).toBe(taken);
    });
    await fc.assert(agree, { numRuns: 300, seed: 1 });
    // Both happen often enough to mean something.
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(30);
  });

  it('need exactly the time that the court wants before the expiry', async () => {
    const sound = anyRules.filter((rules) => weTake(rules as JobRules));
    const exact = fc.asyncProperty(sound, async (rules) => {
      const tail = tailSeconds(rules as JobRules);
      expect(await courtTakes(rules as JobRules, tail)).toBe(true);
      expect(await courtTakes(rules as JobRules, tail - 1)).toBe(false);
    });
    await fc.assert(exact, { numRuns: 50, seed: 2 });
  });
});

it('the bond that roles post is the one that the contract asks for', async () => {
  const { disputes: address } = chain.deployment;
  const amounts = [0n, 1n, 99_999n, 1_999_999n, 2_000_000n, 2_000_001n, 25_000_000n, 2n ** 90n];
  for (const [budget, bondBps] of amounts.flatMap((budget) =>
    [100, 500, 4_999].map((bps) => [budget, bps] as const),
  )) {
    const args = [budget, bondBps] as const;
    const asked = await nodeOf(chain).readContract({
      address,
      abi: disputesAbi,
      functionName: 'bondOf',
      args,
    });
    const rules = { disputes: { bondBps } } as JobRules;
    expect(bondOf({ jobId: '1', amountUsdc: formatUsdc(budget), rules })).toBe(formatUsdc(asked));
  }
});
