import type { Client } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import type { Approval } from '@bonafide/core/models';
import type { Command } from 'commander';
import { openConnection } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { printable, printableJson } from '../printable.ts';
import { confirm } from '../prompt.ts';
import { render } from '../render.ts';

interface DecideOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly reason?: string;
}

type Decision = 'approve' | 'deny';

/** Everything that will run, in full: nothing is shortened and nothing can hide in control characters. */
function describe(approval: Approval): string {
  const { agentName, agentId, action, resource, risk, status, expiresAt, parameters, parametersDigest } =
    approval;
  return [
    `${printable(agentName)} (${printable(agentId)}) wants to run`,
    `  action      ${printable(action)}`,
    ...(resource === undefined ? [] : [`  resource    ${printable(resource)}`]),
    `  approvals   ${approval.votes.length} of ${approval.approvalsNeeded}`,
    `  risk        ${risk}`,
    `  status      ${status}`,
    `  answer by   ${printable(expiresAt)}`,
    `  digest      ${printable(parametersDigest)}`,
    'with exactly these parameters:',
    printableJson(parameters, 2),
  ].join('\n');
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
  context.stderr.write(`${describe(approval)}\n\n`);
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
        : render({ approvalId, status: approval.status, decidedBy: approval.decidedBy });
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
