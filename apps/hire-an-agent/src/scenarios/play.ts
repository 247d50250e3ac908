import assert from 'node:assert/strict';
import { chapter, type RoleProcess, type Speaker, startRole, table, tell } from '@bonafide/app-kit';
import { formatUsdc, parseUsdc } from '@bonafide/core/models';
import { type Balances, balanceRows, readBalances } from '../balances.ts';
import type { Wallets } from '../grounds/local.ts';
import { type Network, type Party, startNetwork } from '../network.ts';
import type { Order } from './order.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { createStage, type Windows } from './stage.ts';

const START_USDC = '100';
const STAKE_USDC = '100';
const STARTING_USDC: Readonly<Record<string, string>> = {
  client: START_USDC,
  provider: '10',
  arbitrator: STAKE_USDC,
};

interface Actor {
  /** `validator-2`: also the name of its account. */
  readonly name: string;
  readonly role: string;
  readonly party: Party;
  readonly process: RoleProcess;
}

/** Plays one scenario from an empty network on, and asserts what the chain says at the end. */
export async function playScenario(name: string, chainName: string, input: string): Promise<void> {
  const scenario = scenarios[name];
  assert.ok(scenario, `there is no scenario '${name}'`);
  chapter(`${name}: ${scenario.summary}`);
  tell('network', `starting a gateway and a keeper (chain: ${chainName}) …`);
  await using network = await startNetwork(chainName, { wallets: walletsOf(scenario) });
  tell('network', `gateway ${network.gateway.url}; each role starts as a process of its own …`);
  await using actors = await castActors(network, scenario, input);
  const [client] = actors.list.filter(({ role }) => role === 'client');
  assert.ok(client);
  const before = await balancesOf(network, actors.list);
  client.process.send('start');
  const { windows } = network;
  const { ownerToken } = client.party;
  const stage = createStage({ network, actors: actors.list, windows, ownerToken });
  await scenario.play(stage);
  await client.process.fact('finished');
  const after = await balancesOf(network, actors.list);
  table(balanceRows({ before, after }));
  checkMoney(scenario, before, after);
}

/** The account of each actor, with what it starts with. */
function walletsOf({ cast }: Scenario): Wallets {
  const roles = [
    'provider',
    ...cast.validators.map(() => 'validator'),
    ...(cast.revalidators ?? []).map(() => 'revalidator'),
    ...Array.from({ length: cast.arbitrators ?? 0 }, () => 'arbitrator'),
    'client',
  ];
  const names = nameAll(roles);
  return Object.fromEntries(
    roles.map((role, index) => [names[index] ?? role, { usdc: STARTING_USDC[role] ?? '0' }]),
  );
}

async function castActors(network: Network, scenario: Scenario, input: string) {
  await using started = new AsyncDisposableStack();
  const { cast } = scenario;
  const order = toOrder(scenario, network.windows);
  const plans: readonly (readonly [role: string, settings: Readonly<Record<string, string>>])[] = [
    ['provider', { HIRE_DELIVERIES: cast.deliveries, HIRE_EVIDENCE: cast.providerEvidence ?? '' }],
    ...cast.validators.map((scoring) => validator('validator', scoring, '')),
    ...(cast.revalidators ?? []).map((scoring) => validator('revalidator', scoring, 'start')),
    ...Array.from({ length: cast.arbitrators ?? 0 }, () => arbitrator(cast.percent ?? 0)),
    [
      'client',
      { HIRE_INPUT: input, HIRE_ORDER: JSON.stringify(order), HIRE_EVIDENCE: cast.clientEvidence ?? '' },
    ],
  ];
  const names = nameAll(plans.map(([role]) => role));
  const list = await Promise.all(
    plans.map(async ([role, settings], index): Promise<Actor> => {
      const name = names[index] ?? role;
      const party = await network.addParty(name, { routine: 'all', startUsdc: STARTING_USDC[role] ?? '0' });
      const file = new URL(`../roles/${fileOf(role)}.ts`, import.meta.url);
      const environment = { ...party.environment, HIRE_NAME: name, ...settings };
      const process = started.use(startRole({ role: role as Speaker, file, environment }));
      return { name, role, party, process };
    }),
  );
  // All start side by side; the buyer needs the others to be there.
  await Promise.all(list.map(({ process }) => process.fact('ready')));
  const stack = started.move();
  return { list, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** `validator-1`, `validator-2`; the only one of a role has its name. */
function nameAll(roles: readonly string[]): string[] {
  return roles.map((role, index) => {
    const isAlone = roles.filter((other) => other === role).length === 1;
    const number = roles.slice(0, index).filter((other) => other === role).length + 1;
    return isAlone ? role : `${role}-${number}`;
  });
}

const fileOf = (role: string): string =>
  ({ client: 'buyer', revalidator: 'validator' })[role as 'client' | 'revalidator'] ?? role;

const validator = (role: 'validator' | 'revalidator', scoring: string, waitsFor: string) =>
  [
    role,
    {
      HIRE_SCORING: scoring,
      HIRE_CAPABILITY: role === 'validator' ? 'csv-validation' : 'csv-revalidation',
      HIRE_WAITS_FOR: waitsFor,
    },
  ] as const;

const arbitrator = (percent: number) =>
  ['arbitrator', { HIRE_STAKE_USDC: STAKE_USDC, HIRE_PERCENT: String(percent) }] as const;

function toOrder(scenario: Scenario, windows: Windows): Order {
  const { cast, milestonesUsdc = ['25'], silencePercent = 0, hasDisputes = false } = scenario;
  return {
    milestones: milestonesUsdc.map((amountUsdc, index) => ({
      amountUsdc,
      description: `Clean a CSV file and count what is in it (${index + 1} of ${milestonesUsdc.length}).`,
    })),
    threshold: 80,
    submitBy: new Date(Date.now() + windows.submit * 1_000).toISOString(),
    rules: {
      validatorFeeUsdc: '0.5',
      validationSeconds: windows.validation,
      silencePercent,
      disputes: hasDisputes
        ? {
            windowSeconds: windows.dispute,
            ...(cast.revalidators && { requiredRepasses: cast.revalidators.length }),
            bondBps: 500,
            evidenceSeconds: windows.evidence,
            rulingSeconds: windows.ruling,
            defaultPercent: 50,
          }
        : 'none',
    },
  };
}

function balancesOf({ rpcUrl, deployment }: Network, actors: readonly Actor[]): Promise<Balances> {
  const { usdc, agenticCommerce, court, disputes, treasury, arbitratorPool } = deployment;
  return readBalances(
    { rpcUrl, usdc },
    {
      ...Object.fromEntries(actors.map(({ name, party }) => [name, party.address])),
      ...{ escrow: agenticCommerce, court, disputes, pool: arbitratorPool, treasury },
    },
  );
}

function checkMoney({ outcome }: Scenario, before: Balances, after: Balances): void {
  const changes = new Map<string, bigint>();
  for (const [name, units] of Object.entries(after)) {
    const group = /^(validator|revalidator|arbitrator)/.exec(name)?.[1];
    const key = group ? `${group}s` : name;
    changes.set(key, (changes.get(key) ?? 0n) + units - (before[name] ?? 0n));
  }
  for (const [name, change] of changes) {
    const expected = outcome[name] ?? '0';
    assert.equal(
      change,
      toUnits(expected),
      `${name} changed by ${formatSigned(change)}, not ${expected} USDC`,
    );
  }
  const total = [...changes.values()].reduce((sum, each) => sum + each, 0n);
  assert.equal(total, 0n, 'money is neither made nor lost');
  tell('check', 'every account changed by exactly what was expected; the sum is the same to the last unit');
}

const toUnits = (text: string): bigint =>
  text.startsWith('-') ? -parseUsdc(text.slice(1)) : parseUsdc(text);
const formatSigned = (units: bigint): string => (units < 0n ? `-${formatUsdc(-units)}` : formatUsdc(units));
