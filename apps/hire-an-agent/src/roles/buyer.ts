import { readFileSync } from 'node:fs';
import { pollMs, reportSteps, required, say, stateFact } from '@bonafide/app-kit';
import type { Agent, HireRequest } from '@bonafide/core';
import { followCommands, untilTold } from '../commands.ts';
import type { Order } from '../scenarios/order.ts';
import { secureRole } from '../secure-role.ts';
import { storeCsv } from '../specification.ts';

// A client without a framework: one call carries each job from its terms to its end.
await using agent = await secureRole('careful-buyer', { description: 'Buys data work.' });
stateFact('ready');
const order: Order = JSON.parse(required('HIRE_ORDER'));
const evidence = process.env.HIRE_EVIDENCE;

async function findIds(buyer: Agent, capability: string): Promise<string[]> {
  return (await buyer.agents.find({ capability })).items.map(({ agentId }) => agentId);
}

async function toTerms(): Promise<Omit<HireRequest, 'amountUsdc' | 'description'>> {
  const [provider = ''] = await findIds(agent, 'csv-cleaning');
  const { disputes } = order.rules;
  const revalidators = await findIds(agent, 'csv-revalidation');
  return {
    provider,
    validators: await findIds(agent, 'csv-validation'),
    threshold: order.threshold,
    specification: { json: await storeCsv(agent, readFileSync(required('HIRE_INPUT'), 'utf8')) },
    submitBy: order.submitBy,
    rules: {
      ...order.rules,
      disputes: typeof disputes === 'object' ? { ...disputes, revalidators } : disputes,
    },
  };
}

async function buy(): Promise<void> {
  await untilTold('start');
  const terms = await toTerms();
  let previousJobId: string | undefined;
  for (const milestone of order.milestones) {
    const { job, outcome, paidUsdc } = await agent.hire(
      { ...terms, ...milestone, previousJobId },
      {
        ...reportSteps,
        pollIntervalMs: pollMs,
        onCreated: (jobId) => stateFact('created', { jobId }),
        ...(evidence && { answers: async () => evidence }),
      },
    );
    say(`job ${job.jobId}: ${outcome}, the provider got ${paidUsdc} USDC`);
    if (outcome !== 'paid') break;
    previousJobId = job.jobId;
  }
  stateFact('finished');
}

/** Goes on with a job of which a process that has crashed left nothing but the id. */
async function resume(jobId: string): Promise<void> {
  const { outcome, paidUsdc } = await agent.hire({ jobId }, { ...reportSteps, pollIntervalMs: pollMs });
  say(`job ${jobId}: ${outcome}, the provider got ${paidUsdc} USDC`);
  stateFact('finished', { outcome, paidUsdc });
}

const unfinished = process.env.HIRE_JOB;
await Promise.race([followCommands(agent), unfinished ? resume(unfinished) : buy()]);
process.exit();
