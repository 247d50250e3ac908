import type { Client, Invoker } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import type { AgentRecord, Approval, AuditEntry, TrustFactor, TrustScore } from '@bonafide/core/models';
import { type Command, InvalidArgumentError } from 'commander';
import { openConnection } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { printable, printableJson } from '../printable.ts';
import { render } from '../render.ts';
import { clockTime, shortTime } from '../times.ts';
import { viewOf } from '../views.ts';
import { watch } from '../watch.ts';

type Connection = Client & Invoker;

interface Request {
  readonly client: Connection;
  readonly signal: AbortSignal;
  /** What the command was given beside its options. */
  readonly argument: string | undefined;
  readonly options: OverviewOptions;
}

interface OverviewOptions extends GlobalOptions {
  readonly watch?: boolean;
  readonly since?: number;
}

interface Shown {
  readonly width: number | undefined;
  /** What people call an actor: `alice` for `agent:<id>`. */
  readonly names: ReadonlyMap<string, string>;
}

/** What `bonafide NOUN` shows without a verb. */
interface Overview {
  readonly noun: string;
  readonly summary: string;
  /** Events after which it may look different. */
  readonly types: readonly string[];
  readonly argument?: string;
  readonly setUp?: (command: Command) => void;
  load(request: Request): Promise<unknown>;
  readonly show: (output: never, shown: Shown) => unknown;
  readonly needsNames?: boolean;
  /** What to do with what is listed. */
  readonly next?: string;
}

const HOUR_MS = 3_600_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

function toDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (units[unit] ?? HOUR_MS);
  throw new InvalidArgumentError('It must be a time such as 30m, 24h or 7d.');
}

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** People know agents by name. */
async function findAgentId({ client, signal, argument }: Request): Promise<string | undefined> {
  if (argument === undefined || isId(argument)) return argument;
  let cursor: string | undefined;
  do {
    const page = await client.agents.list({ limit: 100, cursor }, { signal });
    const found = page.items.find(({ name }) => name === argument);
    if (found) return found.agentId;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  throw new BonafideError('NOT_FOUND', `There is no agent '${printable(argument)}' in this workspace.`);
}

/** The newest hundred of each; whoever is not among them is shown by id, and so is everybody to who may not list them. */
async function namesOf(client: Connection, signal: AbortSignal): Promise<Map<string, string>> {
  const lists = await Promise.allSettled([
    client.agents.list({ limit: 100 }, { signal }),
    client.members.list({ limit: 100 }, { signal }),
  ]);
  const [agents, members] = lists;
  return new Map([
    ...(agents.status === 'fulfilled' ? agents.value.items : []).map(
      ({ agentId, name }) => [`agent:${agentId}`, name] as const,
    ),
    ...(members.status === 'fulfilled' ? members.value.items : []).map(
      ({ memberId, name }) => [`member:${memberId}`, name] as const,
    ),
  ]);
}

async function loadAgents({ client, signal }: Request) {
  const { items, ...rest } = await client.agents.list({}, { signal });
  const scored = items.map(async (agent) => ({
    ...agent,
    trust: await client.trust.get({ agentId: agent.agentId }, { signal }),
  }));
  return { items: await Promise.all(scored), ...rest };
}

function showAgents({ items, ...rest }: { items: (AgentRecord & { trust: TrustScore })[] }) {
  const rows = items.map(({ name, agentType, status, trust, agentId }) => {
    const score = `${trust.score.toFixed(3)}${trust.isProvisional ? ' (little known)' : ''}`;
    return { name, type: agentType, status, trust: score, agentId };
  });
  return { items: rows, ...rest };
}

function showTrust(
  { score, isProvisional, factors = undefined, computedAt }: TrustScore,
  { width }: Shown,
): string {
  const rows = Object.entries<TrustFactor>(factors ?? {}).map(([factor, each]) => ({
    factor,
    value: each.value.toFixed(3),
    weight: each.weight.toFixed(2),
    counts: (each.value * each.weight).toFixed(4),
    because: each.explanation,
  }));
  const note = isProvisional ? ' (too little is known of this agent to say more)' : '';
  return `trust ${score.toFixed(3)}${note}, computed ${computedAt}\n\n${render({ items: rows }, width)}`;
}

const overviews: readonly Overview[] = [
  {
    noun: 'approvals',
    summary: 'what waits for a person',
    types: ['approval.*'],
    load: ({ client, signal }) => client.approvals.list({ status: 'pending' }, { signal }),
    show: ({ items, ...rest }: { items: Approval[] }) => ({
      items: items.map(({ approvalId, agentName, action, risk, expiresAt }) => ({
        approvalId,
        agent: agentName,
        action,
        risk,
        'answer by': clockTime(expiresAt),
      })),
      ...rest,
    }),
    next: 'bonafide approvals approve ID (or deny ID) shows what will run, then asks.',
  },
  {
    noun: 'agents',
    summary: 'the agents of the workspace with their trust',
    types: ['agent.*', 'trust.*'],
    load: loadAgents,
    show: showAgents,
  },
  {
    noun: 'alerts',
    summary: 'what people should look at',
    types: ['alert.*'],
    load: ({ client, signal }) => client.alerts.list({ status: 'open' }, { signal }),
    show: (output) => viewOf('alerts.list', output),
  },
  {
    noun: 'audit',
    summary: 'what happened lately',
    types: ['*'],
    setUp: (command) =>
      command.option('--since <time>', 'how far back, such as 30m, 24h or 7d; default 24h', toDuration),
    load: async ({ client, signal, options }) => {
      const from = new Date(Date.now() - (options.since ?? 24 * HOUR_MS)).toISOString();
      const page = await client.audit.list({ from, limit: 100, order: 'newest' }, { signal });
      // As a log reads: the latest at the bottom.
      return { ...page, items: page.items.toReversed() };
    },
    // Names instead of ids: those are in `audit list`.
    show: ({ items, ...rest }: { items: AuditEntry[] }, { names }) => ({
      items: items.map(({ sequence, at, event, actor, data }) => ({
        sequence,
        at: shortTime(at),
        who: names.get(actor) ?? actor,
        event,
        about: String(data?.action ?? data?.title ?? data?.name ?? ''),
      })),
      ...rest,
    }),
    needsNames: true,
  },
  {
    noun: 'trust',
    summary: 'the trust score of an agent, factor by factor',
    types: ['trust.*'],
    argument: '[agent]',
    load: async (request) => {
      const agentId = await findAgentId(request);
      return request.client.trust.get({ agentId, detailed: true }, { signal: request.signal });
    },
    show: showTrust,
  },
  {
    noun: 'policies',
    summary: 'the policies in force',
    types: ['policy.*'],
    load: ({ client, signal }) => client.policies.get({}, { signal }),
    show: ({ version, createdBy, createdAt, note, cedar }: Record<string, unknown>) =>
      `${render({ version, createdBy, createdAt, note })}\n\n${String(cedar).split('\n').map(printable).join('\n')}`,
  },
];

/** The verb that turns pages is another one. */
function renderList(
  shown: unknown,
  { overview: { noun, next }, width }: { readonly overview: Overview; readonly width: number | undefined },
): string {
  const { nextCursor, ...list } = shown as {
    readonly items: readonly unknown[];
    readonly nextCursor?: string;
  };
  return [
    render(list, width),
    ...(nextCursor === undefined ? [] : [`There is more: bonafide ${noun} list`]),
    ...(next === undefined || list.items.length === 0 ? [] : [next]),
  ].join('\n\n');
}

async function run(
  context: Context,
  {
    overview,
    argument,
    options,
  }: {
    readonly overview: Overview;
    readonly argument: string | undefined;
    readonly options: OverviewOptions;
  },
): Promise<void> {
  const client = await openConnection(context, { options });
  const request: Request = { client, signal: context.signal, argument, options };
  const draw = async () => {
    const output = await overview.load(request);
    if (options.json) return printableJson(output, 2);
    const names = overview.needsNames ? await namesOf(client, context.signal) : new Map();
    const shown = overview.show(output as never, { width: context.stdout.columns, names });
    return typeof shown === 'string' ? shown : renderList(shown, { overview, width: context.stdout.columns });
  };
  if (options.watch) await watch(context, { client, types: overview.types, draw });
  else context.stdout.write(`${await draw()}\n`);
}

/** Without it a misspelt verb would be told as one argument too many. */
function assertVerb(noun: Command, { argument }: Overview): void {
  const word = noun.args[argument === undefined ? 0 : 1];
  if (word === undefined) return;
  const verbs = noun.commands.map((command) => command.name()).join(', ');
  noun.error(`error: 'bonafide ${noun.name()}' has no '${printable(word)}'. There are ${verbs}.`);
}

/** `bonafide NOUN` alone: the view people want most, and with `--watch` live. */
export function addOverviews(program: Command, context: Context): void {
  for (const overview of overviews) {
    const noun = program.commands.find((command) => command.name() === overview.noun);
    if (!noun) continue;
    noun.summary(`${overview.summary}; ${noun.summary()}`);
    noun.description(`Without a verb: ${overview.summary}.`);
    noun.option('--watch', 'draw it again whenever something changes, until Ctrl-C');
    if (overview.argument !== undefined)
      noun.argument(overview.argument, 'its name or id; by default yourself');
    overview.setUp?.(noun);
    noun.allowExcessArguments().action(() => {
      assertVerb(noun, overview);
      const options = noun.optsWithGlobals<OverviewOptions>();
      return run(context, { overview, argument: noun.args[0], options });
    });
  }
  program.commands.find((command) => command.name() === 'policies')?.alias('policy');
}
