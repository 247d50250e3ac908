import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  consentDomain,
  consentTypes,
  type Deployment,
  disputesAbi,
  jobTemplatesAbi,
  type RulesStruct,
} from '@bonafide/contracts';
import { encodeFunctionData, type Hex, keccak256, toHex } from 'viem';
import type { Call } from './calls.ts';
import type { Parties, Party } from './parties.ts';

/** Of whoever pays by allowance. */
const byAllowance = { validAfter: 0n, validBefore: 0n, signature: '0x' } as const;
const EVIDENCE: Hex = keccak256(toHex('evidence'));
const FAR_FUTURE = 2n ** 40n;

/** The calls of a dispute's life, of its judges, and of templates. */
export function disputeCalls(deployment: Deployment, parties: Parties) {
  return {
    ...stepsOf(deployment, parties),
    ...seatCalls(deployment),
    ...templateCalls(deployment),
    ...agreements(deployment, parties),
  };
}

function stepsOf({ disputes }: Deployment, { calls }: Parties) {
  const toDisputes = (data: Hex): Call => ({ to: disputes, data });
  const court = { abi: disputesAbi } as const;
  return {
    async open(jobId: bigint, byProvider: boolean) {
      const terms = await calls.termsOf(jobId);
      const args = [jobId, terms, byProvider, EVIDENCE, 'ipfs://opened', byAllowance] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName: 'open', args }));
    },
    async answer(jobId: bigint) {
      const args = [jobId, await calls.termsOf(jobId), EVIDENCE, 'ipfs://answer', byAllowance] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName: 'answer', args }));
    },
    addEvidence(jobId: bigint, uri: string) {
      const args = [jobId, EVIDENCE, uri] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName: 'addEvidence', args }));
    },
    async revalidate(jobId: bigint, score: number) {
      const args = [jobId, await calls.termsOf(jobId), score, EVIDENCE, 'ipfs://again'] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName: 'revalidate', args }));
    },
    async step(functionName: 'escalate' | 'assignArbitrator' | 'finalize', jobId: bigint) {
      const args = [jobId, await calls.termsOf(jobId)] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName, args }));
    },
    touch(functionName: 'captureEntropy' | 'releaseBonds', jobId: bigint) {
      return toDisputes(encodeFunctionData({ ...court, functionName, args: [jobId] }));
    },
    async rule(jobId: bigint, percent: number) {
      const args = [jobId, await calls.termsOf(jobId), percent, EVIDENCE, 'ipfs://ruling'] as const;
      return toDisputes(encodeFunctionData({ ...court, functionName: 'rule', args }));
    },
  };
}

function seatCalls({ arbitratorPool }: Deployment) {
  const toPool = (data: Hex): Call => ({ to: arbitratorPool, data });
  const pool = { abi: arbitratorPoolAbi } as const;
  return {
    join(stake: bigint) {
      return toPool(encodeFunctionData({ ...pool, functionName: 'join', args: [stake] }));
    },
    addStake(amount: bigint) {
      return toPool(encodeFunctionData({ ...pool, functionName: 'addStake', args: [amount] }));
    },
    seat(functionName: 'requestLeave' | 'cancelLeave' | 'withdrawStake') {
      return toPool(encodeFunctionData({ ...pool, functionName }));
    },
  };
}

function templateCalls({ jobTemplates }: Deployment) {
  const toTemplates = (data: Hex): Call => ({ to: jobTemplates, data });
  const templates = { abi: jobTemplatesAbi } as const;
  return {
    createTemplate(name: string, rules: RulesStruct, feeBps = 100) {
      const args = [name, 'ipfs://template', rules, feeBps] as const;
      return toTemplates(encodeFunctionData({ ...templates, functionName: 'create', args }));
    },
    updateTemplate(templateId: number, name: string, rules: RulesStruct) {
      const args = [templateId, name, 'ipfs://updated', rules, 50] as const;
      return toTemplates(encodeFunctionData({ ...templates, functionName: 'update', args }));
    },
    activateTemplate(templateId: number, isActive: boolean) {
      const args = [templateId, isActive] as const;
      return toTemplates(encodeFunctionData({ ...templates, functionName: 'setActive', args }));
    },
    transferTemplate(templateId: number, creator: Hex) {
      const args = [templateId, creator] as const;
      return toTemplates(encodeFunctionData({ ...templates, functionName: 'transfer', args }));
    },
  };
}

function agreements(deployment: Deployment, { client, provider }: Parties) {
  const { agenticCommerce } = deployment;
  return {
    /** Sent by the client with the signature of the provider. */
    async cancel(jobId: bigint, providerAmount: bigint) {
      const signature = await signCancellation(deployment, { by: provider, jobId, providerAmount });
      const args = [jobId, providerAmount, FAR_FUTURE, '0x', signature] as const;
      return {
        to: agenticCommerce,
        data: encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'cancel', args }),
      };
    },
    /** Sent by the provider with the signature of the client. */
    async extend(jobId: bigint, expiredAt: number) {
      const signature = await client.account.signTypedData({
        ...{ domain: consentDomain(deployment), types: consentTypes, primaryType: 'Extension' },
        message: { jobId, expiredAt, validUntil: FAR_FUTURE, optParams: '0x' },
      });
      const args = [jobId, expiredAt, FAR_FUTURE, '0x', signature, '0x'] as const;
      return {
        to: agenticCommerce,
        data: encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'extend', args }),
      };
    },
    decline(jobId: bigint) {
      const args = [jobId, EVIDENCE] as const;
      const data = encodeFunctionData({ abi: agenticCommerceAbi, functionName: 'decline', args });
      return { to: agenticCommerce, data };
    },
    pause(functionName: 'pause' | 'unpause') {
      return { to: agenticCommerce, data: encodeFunctionData({ abi: agenticCommerceAbi, functionName }) };
    },
  };
}

interface Cancellation {
  readonly by: Party;
  readonly jobId: bigint;
  readonly providerAmount: bigint;
  readonly validUntil?: bigint;
}

/** The consent of one party to a division of the budget. */
export function signCancellation(
  deployment: Deployment,
  { by, jobId, providerAmount, validUntil = FAR_FUTURE }: Cancellation,
): Promise<Hex> {
  return by.account.signTypedData({
    ...{ domain: consentDomain(deployment), types: consentTypes, primaryType: 'Cancellation' },
    message: { jobId, providerAmount, validUntil },
  });
}
