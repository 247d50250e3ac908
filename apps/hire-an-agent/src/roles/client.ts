import { readFileSync } from 'node:fs';
import { required, say, stateFact } from '@bonafide/app-kit';
import { secure } from '@bonafide/core';
import { BonafideToolkit } from '@bonafide/langchain';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { createAgent } from 'langchain';
import { buyerTask, createBuyerModel } from '../buyer-model.ts';
import { createBuyerTools } from '../buyer-tools.ts';
import { chainOfRole } from '../chain-of-role.ts';
import { walletOfRole } from '../wallet-of-role.ts';

// A LangChain agent that buys one cleaning job; its model is scripted unless BONAFIDE_MODEL names one.
const AMOUNT_USDC = '25';
const HOUR_MS = 3_600_000;
const modelName = process.env.BONAFIDE_MODEL;
const wallet = await walletOfRole();
const agent = await secure('careful-buyer', {
  url: required('BONAFIDE_URL'),
  enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN'),
  chain: await chainOfRole(),
  wallet,
  limits: { perJobUsdc: '30', perDayUsdc: '60' },
  description: 'Buys data work.',
});
await agent.wallets.link();
say(`I am ${agent.name}, ${agent.did.slice(0, 24)}…, driven by ${modelName ?? 'a scripted model'}`);

const operations = ['agents.find', 'reputation.get', 'jobs.create', 'jobs.fund', 'jobs.get'];
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
const times = { submitBy: inHours(1) };
const csv = readFileSync(required('HIRE_INPUT'), 'utf8');
const buyer = createAgent({
  model: await createBuyerModel(modelName, AMOUNT_USDC, times),
  tools: [...new BonafideToolkit(agent, { operations }).getTools(), ...createBuyerTools(agent, csv)],
});

const stream = await buyer.stream(
  { messages: [{ role: 'user', content: buyerTask(AMOUNT_USDC, times) }] },
  { streamMode: 'values', recursionLimit: 60 },
);
let last = '';
for await (const { messages } of stream) {
  const message = messages.at(-1);
  if (message && AIMessage.isInstance(message)) {
    for (const { name, args } of message.tool_calls ?? []) say(`calls ${name} ${brief(args)}`);
  }
  if (message && ToolMessage.isInstance(message)) say(`  gets ${brief(message.artifact ?? message.text)}`);
  last = message?.text ?? '';
}
say(last);
const { items } = await agent.jobs.list({ client: wallet.address, limit: 1 });
stateFact('finished', { job: items[0], agentId: agent.id, did: agent.did });
await agent[Symbol.asyncDispose]();

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 150 ? `${text.slice(0, 149)}…` : text;
}
