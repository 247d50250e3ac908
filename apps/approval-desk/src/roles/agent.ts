import { once } from 'node:events';
import { required, say, stateFact } from '@bonafide/app-kit';
import { type Agent, BonafideError, secure, VerificationError } from '@bonafide/core';
import { digestOf } from '@bonafide/core/identity';
import { openRecords } from '../records.ts';

// An agent with four kinds of actions on a real database. Each says what it is worth; the gateway may say more, never less.
const agent = await secure('records-agent', {
  url: required('BONAFIDE_URL'),
  enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN'),
  description: 'Keeps the customer records',
});
using records = openRecords(required('RECORDS_FILE'));
stateFact('registered', { agentId: agent.id });
// Its owner looks at it first.
await once(process.stdin, 'data');
process.stdin.unref();

const readRecords = agent.trackAction({ action: 'records.read', risk: 'low' }, () => records.list().length);

const updateEmail = agent.trackAction(
  { action: 'records.update_email', risk: 'medium', parameters: (id, email) => ({ id, email }) },
  (id: number, email: string) => records.updateEmail(id, email),
);

const removeRecord = agent.requireApproval(
  { action: 'records.delete', risk: 'high', parameters: (id) => ({ id }) },
  (id: number) => records.remove(id),
);

const removeAll = agent.requireApproval({ action: 'records.delete_all', risk: 'critical' }, () =>
  records.removeAll(),
);

/** What became of an action, as its caller sees it. */
async function attempt(name: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
    say(`${name}: done`);
    stateFact(name, 'done');
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    say(`${name}: not done. ${error.message}`);
    stateFact(name, { code: error.code, reason: error.details.reason });
  }
}

await attempt('read', async () => say(`there are ${await readRecords()} customers`));
await attempt('update', () => updateEmail(4, 'barbara@liskov.example'));
await attempt('delete 7', () => removeRecord(7));
await attempt('delete 3', () => removeRecord(3));
await attempt('delete all', () => removeAll());
await tamper(agent);
stateFact('finished');

/** Whoever has taken over the agent waits for an approval, and then tries to use it for something else. */
async function tamper({ actions, id: agentId }: Agent): Promise<void> {
  const approved = { id: 9 };
  const asked = await actions.verify({ action: 'records.delete', risk: 'high', parameters: approved });
  const { actionId } = asked;
  if ((await answerTo(actionId)) !== 'approved') {
    say('there is no approval to misuse');
    stateFact('tampered', 'not approved');
    stateFact('used twice', 'not approved');
    return;
  }
  say(`the approval for ${JSON.stringify(approved)} is here; trying it for customer 1`);
  const start = (parameters: object) => actions.start({ actionId, parametersDigest: digestOf(parameters) });
  stateFact('tampered', await codeOf(start({ id: 1 })));
  const { parametersDigest } = await start(approved);
  records.remove(approved.id);
  await actions.complete({ actionId, parametersDigest, outcome: 'executed' });
  stateFact('used twice', await codeOf(start(approved)));
  say(`agent ${agentId.slice(0, 8)}… ran what was approved, once`);
}

async function answerTo(actionId: string): Promise<string> {
  for await (const { status } of agent.actions.wait({ actionId })) if (status !== 'pending') return status;
  return 'pending';
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'it went through';
  } catch (error) {
    const { code, message } = BonafideError.from(error);
    say(`refused: ${message}`);
    return code;
  }
}
