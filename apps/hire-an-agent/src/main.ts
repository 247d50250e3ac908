import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoleProcess } from '@bonafide/app-kit';
import { approveByHand, chapter, table, tell } from '@bonafide/app-kit';
import { connect } from '@bonafide/core';
import { type AuditEntry, type Job, parseUsdc } from '@bonafide/core/models';
import { type Balances, balanceRows, readBalances } from './balances.ts';
import { type CleaningResult, cleanCsv } from './clean-csv.ts';
import { type Network, type Party, startNetwork } from './network.ts';
import { type Options, readOptions } from './options.ts';
import { playScenario } from './scenarios/play.ts';
import { startRole } from './start-role.ts';

const START_USDC = '100';
const PRICE = parseUsdc('25');
const WALLETS = { acme: { usdc: START_USDC }, globex: { usdc: '0' }, assay: { usdc: '0' } };

interface Parties {
  readonly buyer: Party;
  readonly provider: Party;
  readonly validator: Party;
}

async function main(options: Options): Promise<void> {
  if (options.scenarios.length > 0) {
    for (const name of options.scenarios) await playScenario(name, options.chain, options.input);
    return;
  }
  if (options.model) await requireModel(options.model);
  chapter('A place to meet');
  tell('network', `starting a gateway and a keeper (chain: ${options.chain}) …`);
  await using network = await startNetwork(options.chain, { wallets: WALLETS });
  tell('network', `gateway ${network.gateway.url}, chain ${network.rpcUrl}`);
  const [buyer, provider, validator] = await Promise.all([
    network.addParty('acme', { routine: ['jobs.create'], startUsdc: START_USDC }),
    network.addParty('globex', { routine: ['jobs.accept', 'jobs.submit'] }),
    network.addParty('assay', { routine: ['jobs.validate'] }),
  ]);
  tell('network', 'three workspaces, each with its own owner; nobody knows anybody');

  await using providerRole = startRole('provider', {
    ...provider.environment,
    HIRE_DELIVERIES: 'good,careless',
  });
  await using validatorRole = startRole('validator', {
    ...validator.environment,
    HIRE_NAME: 'second-look',
    HIRE_CAPABILITY: 'csv-validation',
    HIRE_SCORING: 'honest',
  });
  const { chainAgentId } = await providerRole.fact<{ chainAgentId: string }>('ready');
  await validatorRole.fact('ready');
  await using _human = await startApprover(options, network, buyer);

  const parties = { buyer, provider, validator };
  const moments: Record<string, Balances> = { before: await balancesOf(network, parties) };
  chapter('The first job: good work');
  const paid = await hire(options, network, buyer);
  if (isDeclined(options, paid)) return checkNothingMoved(moments, await balancesOf(network, parties));
  moments['after job 1'] = await balancesOf(network, parties);
  await showResult(options, network, buyer, paid);

  chapter('The second job: careless work');
  const refunded = await hireWhileTimePasses(options, network, buyer);
  if (isDeclined(options, refunded)) return checkNothingMoved(moments, await balancesOf(network, parties));
  moments['after job 2'] = await balancesOf(network, parties);

  chapter('What the chain and the log say');
  table(balanceRows(moments));
  checkMoney(moments);
  checkJobs(paid, refunded);
  await checkReputation(network, buyer, chainAgentId);
  await checkAudit(network, buyer);
  tell('check', 'everything above was asserted; two strangers traded and neither had to trust the other');
}

// Before anything is started: a model that cannot be loaded is told at once, with what to install.
async function requireModel(name: string): Promise<void> {
  const { initChatModel } = await import('langchain');
  await initChatModel(name);
}

async function startApprover(
  { isInteractive }: Options,
  network: Network,
  buyer: Party,
): Promise<AsyncDisposable> {
  if (isInteractive) return approveByHand(network.gateway.url, buyer.ownerToken);
  const human: RoleProcess = startRole('human', {
    BONAFIDE_URL: network.gateway.url,
    BONAFIDE_TOKEN: buyer.ownerToken,
  });
  await human.fact('ready');
  return human;
}

async function hire({ input, model }: Options, network: Network, buyer: Party): Promise<Job> {
  const environment = { ...buyer.environment, HIRE_INPUT: input, ...(model ? modelEnvironment(model) : {}) };
  await using client = startRole('client', environment);
  const { job } = await client.fact<{ job: Job }>('finished');
  assert.ok(job, `${network.gateway.url} knows no job of the buyer`);
  return job;
}

async function hireWhileTimePasses(options: Options, network: Network, buyer: Party): Promise<Job> {
  const hired = new AbortController();
  const passing = passDisputeWindow(network, buyer, hired.signal).catch((error: unknown) => {
    if (!hired.signal.aborted) throw error;
  });
  const job = await hire(options, network, buyer).finally(() => hired.abort());
  await passing;
  return job;
}

// Nobody disputes the careless job; when the time for that is over, the keeper of the gateway refunds the client.
async function passDisputeWindow(
  network: Network,
  { ownerToken }: Party,
  signal: AbortSignal,
): Promise<void> {
  const reader = connect({ url: network.gateway.url, token: ownerToken });
  for await (const { subject } of reader.jobs.watch({}, { signal })) {
    const { disputeBy, status } = await reader.jobs.get({ jobId: subject });
    if (disputeBy === undefined || status !== 'submitted') continue;
    const seconds = Math.max(0, Math.ceil((Date.parse(disputeBy) - Date.now()) / 1_000));
    return network.advance(seconds, 'the time for a dispute passes');
  }
}

// Only a person at the keyboard says no; the played one approves what the demo expects.
const isDeclined = ({ isInteractive }: Options, { status }: Job): boolean =>
  isInteractive && status === 'open';

function checkNothingMoved(moments: Readonly<Record<string, Balances>>, now: Balances): void {
  assert.deepEqual(now, Object.values(moments).at(-1), 'what was denied moved no money');
  tell('check', 'you said no: the job stays open and unfunded, and no money moved');
}

// A real model needs its provider's key, whatever that is called.
function modelEnvironment(model: string): Record<string, string> {
  const keys = Object.entries(process.env).filter(
    ([name, value]) => name.endsWith('_API_KEY') && value !== undefined,
  );
  return { ...Object.fromEntries(keys.map(([name, value]) => [name, value ?? ''])), BONAFIDE_MODEL: model };
}

function balancesOf(
  { rpcUrl, deployment }: Network,
  { buyer, provider, validator }: Parties,
): Promise<Balances> {
  return readBalances(
    { rpcUrl, usdc: deployment.usdc },
    {
      client: buyer.address,
      provider: provider.address,
      validator: validator.address,
      escrow: deployment.agenticCommerce,
    },
  );
}

async function showResult(options: Options, network: Network, buyer: Party, job: Job): Promise<void> {
  const reader = connect({ url: network.gateway.url, token: buyer.ownerToken });
  const delivery = await readDelivery(reader, job);
  assert.deepEqual(delivery, cleanCsv(options.csv), 'the delivery is the work that was asked for');
  const directory = options.outputDirectory ?? (await mkdtemp(join(tmpdir(), 'bonafide-result-')));
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'cleaned.csv'), delivery.cleanedCsv);
  await writeFile(join(directory, 'statistics.json'), `${JSON.stringify(delivery.statistics, null, 2)}\n`);
  const { rowsIn, rowsOut, duplicatesDropped, emptyRowsDropped } = delivery.statistics;
  tell(
    'check',
    `${rowsIn} rows in, ${rowsOut} out (${emptyRowsDropped} empty, ${duplicatesDropped} repeated): ${directory}`,
  );
}

async function readDelivery(
  reader: ReturnType<typeof connect>,
  { deliverableUri = '' }: Job,
): Promise<CleaningResult> {
  const { content } = await reader.artifacts.get({ cid: deliverableUri });
  return JSON.parse(Buffer.from(content, 'base64').toString('utf8'));
}

function checkMoney(moments: Readonly<Record<string, Balances>>): void {
  const start = parseUsdc(START_USDC);
  const expected = { client: start - PRICE, provider: PRICE, validator: 0n, escrow: 0n };
  assert.deepEqual(moments.before, { client: start, provider: 0n, validator: 0n, escrow: 0n });
  assert.deepEqual(moments['after job 1'], expected, 'the first job pays the provider');
  assert.deepEqual(moments['after job 2'], expected, 'the second job is refunded to the last unit');
  tell(
    'check',
    'job 1 moved 25 USDC from client to provider; job 2 came back to the last unit; the escrow is empty',
  );
}

function checkJobs(paid: Job, refunded: Job): void {
  assert.equal(paid.status, 'completed');
  assert.equal(paid.score, 100);
  assert.equal(refunded.status, 'rejected');
  assert.ok(
    (refunded.score ?? 100) < (refunded.rules?.threshold ?? 0),
    'careless work scores below the threshold',
  );
  tell(
    'check',
    `job ${paid.jobId} ${paid.status} with ${paid.score}; job ${refunded.jobId} ${refunded.status} with ${refunded.score}`,
  );
}

async function checkReputation(
  { gateway }: Network,
  { ownerToken }: Party,
  chainAgentId: string,
): Promise<void> {
  const reputation = await connect({ url: gateway.url, token: ownerToken }).reputation.get({ chainAgentId });
  assert.deepEqual(
    [reputation.completedJobs, reputation.rejectedJobs],
    [1, 1],
    'the court wrote both outcomes',
  );
  tell(
    'check',
    `ERC-8004 record of the provider: ${reputation.settledJobs} settled, average ${reputation.averageScore}`,
  );
}

// The life of one funding in the log: asked, put to a person, answered, carried out.
const FUNDING_STORY = [
  'action.pending',
  'approval.requested',
  'approval.approved',
  'action.approved',
  'action.running',
  'action.executed',
];

async function checkAudit({ gateway }: Network, { ownerToken }: Party): Promise<void> {
  const owner = connect({ url: gateway.url, token: ownerToken });
  const { items } = await owner.audit.list({ limit: 100 });
  tell('check', `the audit log of the client's workspace, ${items.length} entries:`);
  table([['#', 'at', 'who', 'what', 'about'], ...items.map(auditRow)]);
  assert.deepEqual(
    items.map(({ sequence }) => sequence),
    items.map((_, index) => index + 1),
    'the log has no gaps',
  );
  const story = items.filter(({ data }) => data?.action === 'jobs.fund').map(({ event }) => event);
  assert.deepEqual(
    story,
    [...FUNDING_STORY, ...FUNDING_STORY],
    'each funding was asked, approved and carried out in this order',
  );
}

function auditRow({ sequence, at, actor, event, subject, data }: AuditEntry): string[] {
  const [kind] = actor.split(':');
  const about = typeof data?.action === 'string' ? data.action : `${subject.slice(0, 20)}…`;
  return [String(sequence), at.slice(11, 23), kind === 'token' ? 'person' : (kind ?? ''), event, about];
}

try {
  await main(readOptions(process.argv.slice(2), process.env.BONAFIDE_MODEL));
} catch (error) {
  console.error(`\nIt did not hold: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
