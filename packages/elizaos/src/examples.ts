import { namesOf, type Operation, type OperationId } from '@bonafide/core/operations';
import type { ActionExample } from '@elizaos/core';

/** What a person could really write, and the parameters it gives; a test runs every one. */
export interface Phrase {
  readonly says: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const AGENT_ID = '01938f6a-7c21-7d5e-9b0a-3f1c5e8d2a47';
const VALIDATOR_ID = '01938f6a-8e44-7a10-8c3d-6b9f0e1d4c52';
const WALLET = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const PARAMETERS_DIGEST = 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o';
const DIGEST = '0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** The operations without an entry get none: no example is better than one that would not run. */
export const phrases: Partial<Record<OperationId, Phrase>> = {
  'actions.complete': {
    says: `Report action ${AGENT_ID} as executed, parameters digest ${PARAMETERS_DIGEST}`,
    input: { actionId: AGENT_ID, outcome: 'executed', parametersDigest: PARAMETERS_DIGEST },
  },
  'actions.get': { says: `Was action ${AGENT_ID} approved?`, input: { actionId: AGENT_ID } },
  'actions.verify': {
    says: 'Am I allowed to run db:export on the customers table?',
    input: { action: 'db:export', resource: 'customers' },
  },
  'agents.find': { says: 'Find an agent that can do csv:clean', input: { capability: 'csv:clean' } },
  'agents.get': { says: `Who is agent ${AGENT_ID}?`, input: { agentId: AGENT_ID } },
  'capabilities.request': {
    says: 'Ask for the capability orders.read, because the daily report needs it',
    input: { capability: 'orders.read', reason: 'the daily report needs it' },
  },
  'jobs.accept': { says: 'Accept job 7', input: { jobId: '7' } },
  'jobs.advise': {
    says: 'Should I escrow 25 USDC for cleaning customers.csv?',
    input: { amountUsdc: '25', task: 'cleaning customers.csv' },
  },
  'jobs.create': {
    says:
      `Hire agent ${AGENT_ID} for 12.50 USDC to clean customers.csv, validator ${VALIDATOR_ID}, ` +
      'at least 90 points, delivery by 2030-01-01T12:00:00Z, money back after 2030-01-03T12:00:00Z',
    input: {
      provider: AGENT_ID,
      validators: [VALIDATOR_ID],
      amountUsdc: '12.50',
      threshold: 90,
      description: 'clean customers.csv',
      submitBy: '2030-01-01T12:00:00Z',
      expiresAt: '2030-01-03T12:00:00Z',
    },
  },
  'jobs.fund': {
    says: `Put 12.50 USDC for job 7 into escrow, to be paid to ${WALLET}`,
    input: { jobId: '7', amountUsdc: '12.50', provider: WALLET },
  },
  'jobs.get': { says: 'How is job 7 going?', input: { jobId: '7' } },
  'jobs.list': { says: 'Show me the open jobs', input: { status: 'open' } },
  'jobs.nextActions': {
    says: 'What can I do next with job 7 as the client?',
    input: { jobId: '7', role: 'client' },
  },
  'jobs.submit': {
    says: `Deliver job 7: ${DIGEST} at https://example.com/clean.csv`,
    input: { jobId: '7', deliverable: DIGEST, deliverableUri: 'https://example.com/clean.csv' },
  },
  'reputation.get': { says: 'What is the record of chain agent 42?', input: { chainAgentId: '42' } },
  'trust.get': { says: `How far is agent ${AGENT_ID} trusted?`, input: { agentId: AGENT_ID } },
  'usdc.getBalance': { says: `What is the USDC balance of ${WALLET}?`, input: { address: WALLET } },
  'wallets.link': { says: 'Link your wallet', input: {} },
};

const hasPhrase = (id: string): id is OperationId => Object.hasOwn(phrases, id);

/** The dialogues Eliza shows to the model. */
export function examplesOf(operation: Operation): ActionExample[][] {
  const phrase = hasPhrase(operation.id) ? phrases[operation.id] : undefined;
  if (!phrase) return [];
  return [
    [
      { name: '{{user}}', content: { text: phrase.says } },
      { name: '{{agent}}', content: { text: operation.summary, actions: [namesOf(operation).elizaAction] } },
    ],
  ];
}
