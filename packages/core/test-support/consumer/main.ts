import { BonafideError, connect, secure, VerificationError } from '@bonafide/core';

const agent = await secure('weather-agent', { capabilities: ['weather'] });
const { items } = await agent.agents.find({ capability: 'csv' });
const provider = items[0]?.agentId;
if (provider) {
  const job = await agent.jobs.create({
    provider,
    validators: [agent.id],
    amountUsdc: '12.50',
    threshold: 80,
    description: 'Clean this file',
    submitBy: '2027-01-01T00:00:00Z',
    rules: { validatorFeeUsdc: '0.10', disputes: { bondBps: 500 } },
  });
  const status: 'open' | 'funded' | 'submitted' | 'completed' | 'rejected' | 'expired' = job.status;
  await agent.artifacts.put({ content: btoa(status), mediaType: 'text/plain' });
}
const provider1193 = { request: async (asked: { readonly method: string }) => asked.method };
await secure('browser-agent', {
  wallet: { address: '0x000000000000000000000000000000000000dEaD', provider: provider1193 },
  limits: { perJobUsdc: '25', perDayUsdc: '100' },
});
for await (const event of agent.events.stream({ types: ['job.*'] })) {
  const subject: string = event.subject;
  if (subject) break;
}
try {
  const grant = await agent.authorize({ action: 'mail.send', parameters: { to: 'a@b.example' } });
  await grant.complete({ result: { ok: true } });
} catch (error) {
  if (error instanceof VerificationError) throw error;
  if (BonafideError.is(error)) throw error;
}
const owner = connect({ token: 'secret' });
const waiting = await owner.approvals.list({ status: 'pending' });
for (const { approvalId, parametersDigest } of waiting.items) {
  await owner.approvals.decide({ approvalId, decision: 'approve', parametersDigest });
}

// @ts-expect-error a field of the wrong type
await agent.agents.find({ capability: 5 });
// @ts-expect-error a required field is absent
await agent.agents.get({});
// @ts-expect-error a wallet can sign
await secure('poor-agent', { wallet: { address: '0x000000000000000000000000000000000000dEaD' } });
// @ts-expect-error an input is required
await agent.agents.get();
// @ts-expect-error there is no such operation
await agent.agents.destroy({});
// @ts-expect-error a stream is not a promise
agent.events.stream().then;
// @ts-expect-error an output has only its fields
(await agent.gateway.getHealth()).surprise;
