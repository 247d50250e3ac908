import { agenticCommerceAbi, courtAbi, newJobNonce } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import fc from 'fast-check';
import {
  createPublicClient,
  getAddress,
  type Hex,
  hashTypedData,
  http,
  type PublicClient,
  toHex,
} from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContractTerms } from '../models/terms-codec.ts';
import { fromContractTerms, toContractTerms } from '../models/terms-codec.ts';
import type { Chain } from './chain.ts';
import { toNewJob, toTypedTerms } from './jobs/terms.ts';

let local: LocalChain;
let node: PublicClient;
let chain: Chain;
beforeAll(async () => {
  local = await startLocalChain();
  node = createPublicClient({ transport: http(local.rpcUrl) });
  chain = { node, deployment: local.deployment };
}, 60_000);
afterAll(() => local[Symbol.asyncDispose]());

const bytes = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((each) => toHex(each));
const account = bytes(20).map((each) => getAddress(each));
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const small = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
// As far as dates reach, which is far beyond what the court takes.
const seconds = fc.integer({ min: 0, max: 8_640_000_000_000 });

const rules = fc
  .record({
    validators: fc.array(account, { maxLength: 7 }),
    requiredPasses: small(8),
    threshold: small(8),
    validatorFee: uint(96),
    validationWindow: small(32),
    silencePercent: small(8),
    disputeWindow: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    revalidators: fc.array(account, { maxLength: 7 }),
    requiredRepasses: small(8),
    bondBps: small(16),
    evidenceWindow: small(32),
    rulingWindow: small(32),
    defaultPercent: small(8),
  })
  .map((each) => each);

const agentId = fc.option(uint(256));
const terms: fc.Arbitrary<ContractTerms> = fc
  .record({
    jobId: uint(256),
    salt: uint(256),
    client: account,
    provider: account,
    budget: uint(256),
    submitBy: seconds,
    expiredAt: seconds,
    specHash: bytes(32),
    previousJobId: uint(256),
    templateId: small(32),
    providerAgent: agentId,
    clientAgent: agentId,
    rules,
  })
  .map(({ providerAgent, clientAgent, ...rest }) => ({
    ...rest,
    hasProviderAgent: providerAgent !== null,
    providerAgentId: providerAgent ?? 0n,
    hasClientAgent: clientAgent !== null,
    clientAgentId: clientAgent ?? 0n,
  }));

it('the digest that a provider signs is the one of the court, for any terms', async () => {
  const digestOf = (given: ContractTerms): Promise<Hex> =>
    node.readContract({
      address: local.deployment.court,
      abi: courtAbi,
      functionName: 'digestOf',
      args: [given],
    });
  await fc.assert(
    fc.asyncProperty(terms, async (given) => {
      expect(hashTypedData(toTypedTerms(chain, given))).toBe(await digestOf(given));
    }),
    { numRuns: 50 },
  );
});

it('terms survive being shown, to the last unit and bit', () => {
  fc.assert(
    fc.property(terms, (given) => {
      expect(toContractTerms(fromContractTerms(given))).toEqual(given);
    }),
  );
});

it('the nonce of a payment for a new job is the one of the kernel', async () => {
  await fc.assert(
    fc.asyncProperty(terms, fc.string(), async (given, description) => {
      const made = toNewJob(chain, { terms: given, description, providerSignature: '0x1234' });
      const onChain = await node.readContract({
        address: local.deployment.agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'newJobNonce',
        args: [made.job, made.optParams],
      });
      expect(newJobNonce(local.deployment, made)).toBe(onChain);
    }),
    { numRuns: 30 },
  );
});
