import { required, say, stateFact } from '@bonafide/app-kit';
import { secure } from '@bonafide/core';
import type { Job } from '@bonafide/core/models';
import { type CleaningResult, cleanCsv } from '../clean-csv.ts';
import { serveJobs } from '../serve-jobs.ts';
import { fetchSpecification, fetchText, storeText } from '../specification.ts';
import { walletOfRole } from '../wallet-of-role.ts';

// A plain agent on the core SDK, no framework: it sells CSV cleaning, and its second delivery is careless.
const wallet = await walletOfRole();
const agent = await secure('tidy-tables', {
  url: required('BONAFIDE_URL'),
  enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN'),
  chain: { rpcUrl: required('BONAFIDE_RPC_URL') },
  wallet,
  description: 'Cleans CSV files and counts what is in them.',
  capabilities: ['csv-cleaning'],
  isListed: true,
});
const { chainAgentId } = await agent.wallets.link();
say(
  `I am ${agent.name}, ${agent.did.slice(0, 24)}…, ERC-8004 agent ${chainAgentId}, paid at ${wallet.address}`,
);
stateFact('ready', { address: wallet.address, chainAgentId });

let deliveries = 0;

async function accept(job: Job): Promise<void> {
  await agent.jobs.accept({ jobId: job.jobId });
  say(`job ${job.jobId}: signed the terms, ${job.amountUsdc} USDC if I score at least ${job.threshold}`);
}

async function deliver(job: Job): Promise<void> {
  const { input } = await fetchSpecification(agent, job.specHash);
  const csv = await fetchText(agent, input);
  deliveries += 1;
  const result = deliveries === 2 ? careless(csv) : cleanCsv(csv);
  const { cid, digest } = await storeText(agent, JSON.stringify(result), 'application/json');
  await agent.jobs.submit({ jobId: job.jobId, deliverable: digest, deliverableUri: cid });
  say(`job ${job.jobId}: delivered ${cid.slice(0, 16)}…`);
}

const careless = (csv: string): CleaningResult => ({
  cleanedCsv: csv,
  statistics: { rowsIn: 0, rowsOut: 0, emptyRowsDropped: 0, duplicatesDropped: 0, columns: [] },
});

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
await serveJobs(agent, { 'jobs.accept': accept, 'jobs.submit': deliver }, stopping.signal).catch(
  (error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  },
);
