import type { Client } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import type { Approval, TrustScore } from '@bonafide/core/models';
import type { Command } from 'commander';
import { openConnection } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { printable, printableJson } from '../printable.ts';
import { confirm } from '../prompt.ts';
import { render } from '../render.ts';
import { shortTime, untilNow } from '../times.ts';

interface DecideOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly reason?: string;
}

type Decision = 'approve' | 'deny';

/** Everything that will run, in full: nothing is shortened and nothing can hide in control characters. */
function describe(approval: Approval, trust: TrustScore): string {
  const { agentName, agentId, action, resource, risk, reason, expiresAt, parametersDigest } = approval;
  const facts: Readonly<Record<string, string | undefined>> = {
    action,
    resource,
    risk,
    why: reason,
    trust: `${trust.score.toFixed(3)}${trust.isProvisional ? ' (little known)' : ''}`,
    approvals: `${approval.votes.length} of ${approval.approvalsNeeded}`,
    status: approval.status,
    'answer by': `${shortTime(expiresAt)} (${untilNow(expiresAt)})`,
    digest: parametersDigest,
  };
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return [
    `${printable(agentName)} (${printable(agentId)}) wants to run`,
    ...known.map(([name = '', value = '']) => `  ${name.padEnd(10)}  ${printable(value)}`),
    'with exactly these parameters:',
    printableJson(approval.parameters, 2),
  ].join('\n');
}

/** Nobody is asked about what can be answered no longer. */
function assertOpen({ status, decidedBy, expiresAt }: Approval): void {
  if (status === 'pending') return;
  if (status === 'expired') {
    throw new BonafideError(
      'EXPIRED',
      `Too late: it expired ${untilNow(expiresAt)}. The agent can ask again.`,
    );
  }
  const by = decidedBy === undefined ? '' : ` by ${printable(decidedBy)}`;
  throw new BonafideError('CONFLICT', `It was ${status} already${by}.`, {
    details: { hint: 'Nothing was changed.' },
  });
}

/** What is shown must be what the digest binds, whatever the gateway says. */
async function assertDigest({ parameters, parametersDigest }: Approval): Promise<void> {
  const { digestOf } = await import('@bonafide/core/identity');
  if (digestOf(parameters) === parametersDigest) return;
  throw new BonafideError(
    'CONFLICT',
    'The parameters shown are not those of the digest. Nothing was decided.',
    {
      details: { hint: 'Do not trust this gateway before you know why.' },
    },
  );
}

interface Request {
  readonly approvalId: string;
  readonly decision: Decision;
  readonly options: DecideOptions;
}

async function decide(
  client: Client,
  context: Context,
  { approvalId, decision, options }: Request,
): Promise<Approval> {
  const approval = await client.approvals.get({ approvalId }, { signal: context.signal });
  await assertDigest(approval);
  const trust = await client.trust.get({ agentId: approval.agentId }, { signal: context.signal });
  context.stderr.write(`${describe(approval, trust)}\n\n`);
  assertOpen(approval);
  const isSure =
    options.yes === true || (await confirm(context, decision === 'approve' ? 'Approve?' : 'Deny?'));
  if (!isSure) {
    throw new BonafideError('DENIED', 'Nothing was decided.', {
      details: { hint: 'Answer y, or add --yes.' },
    });
  }
  const { parametersDigest } = approval;
  const { reason } = options;
  return client.approvals.decide(
    { approvalId, decision, parametersDigest, reason },
    { signal: context.signal },
  );
}

/** One of two who must approve has done so: that is no end yet. */
function statusOf({ status, votes, approvalsNeeded }: Approval): string {
  if (status !== 'pending') return status;
  return `pending: ${votes.length} of ${approvalsNeeded} approved, another person must answer`;
}

function addDecision(noun: Command, { context, decision }: { context: Context; decision: Decision }): void {
  noun
    .command(decision)
    .summary(`show what will run and ${decision} it`)
    .description(
      `Shows exactly what will run, asks, and answers '${decision}' for those parameters and no others.`,
    )
    .argument('<approval-id>')
    .option('--reason <text>', 'why; the agent gets to see it')
    .option('--yes', 'do not ask')
    .action(async (approvalId: string, _options, command: Command) => {
      const options = command.optsWithGlobals<DecideOptions>();
      const client = await openConnection(context, { options });
      const approval = await decide(client, context, { approvalId, decision, options });
      const text = options.json
        ? printableJson(approval, 2)
        : render({ approvalId, status: statusOf(approval), decidedBy: approval.decidedBy });
      context.stdout.write(`${text}\n`);
    });
}

/** `bonafide approvals approve|deny ID`: `approvals decide` in two friendly forms. */
export function addApprovals(program: Command, context: Context): void {
  const noun = program.commands.find((command) => command.name() === 'approvals');
  if (!noun) return;
  addDecision(noun, { context, decision: 'approve' });
  addDecision(noun, { context, decision: 'deny' });
}
