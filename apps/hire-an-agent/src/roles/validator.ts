import { required, say, stateFact } from '@bonafide/app-kit';
import { secure } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';
import { cleanCsv, scoreCleaning } from '../clean-csv.ts';
import { serveJobs } from '../serve-jobs.ts';
import { fetchDelivery, fetchSpecification, fetchText, storeText } from '../specification.ts';
import { walletOfRole } from '../wallet-of-role.ts';

// Knows neither party: repeats the work from the same input and scores the delivery against its own result.
const wallet = await walletOfRole();
const agent = await secure('second-look', {
  url: required('BONAFIDE_URL'),
  enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN'),
  chain: { rpcUrl: required('BONAFIDE_RPC_URL') },
  wallet,
  agentType: 'validator',
  description: 'Repeats CSV cleaning and scores deliveries.',
  capabilities: ['csv-validation'],
  isListed: true,
});
await agent.wallets.link();
say(`I am ${agent.name}, ${agent.did.slice(0, 24)}…`);
stateFact('ready', { address: wallet.address });

async function validate(job: Job): Promise<void> {
  const { input } = await fetchSpecification(agent, job.specHash);
  const expected = cleanCsv(await fetchText(agent, input));
  const score = scoreCleaning(expected, await fetchDelivery(agent, job));
  const evidence = JSON.stringify({
    jobId: job.jobId,
    deliverable: job.deliverable,
    score,
    expected: expected.statistics,
  });
  const { cid, digest } = await storeText(agent, evidence, 'application/json');
  await agent.jobs.validate({ jobId: job.jobId, score, evidenceHash: digest, evidenceUri: cid });
  say(`job ${job.jobId}: computed it again, the delivery scores ${score} of 100`);
}

async function settle(job: Job): Promise<void> {
  const { status } = await agent.jobs.settle({ jobId: job.jobId });
  say(
    `job ${job.jobId}: settled, ${status === 'completed' ? 'the provider is paid' : 'the client is refunded'}`,
  );
}

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
await serveJobs(agent, { 'jobs.validate': validate, 'jobs.settle': settle }, stopping.signal).catch(
  (error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  },
);
