import type { BaseMessage } from '@langchain/core/messages';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { fakeModel, initChatModel } from 'langchain';

/** What the buyer is asked to do, in words; a real model gets nothing else. */
export function buyerTask(amountUsdc: string, times: { submitBy: string }): string {
  return [
    `Have my CSV file cleaned by another agent. Pay exactly ${amountUsdc} USDC, and only for a score of at least 80.`,
    "Steps: find an agent with capability 'csv-cleaning' and one with 'csv-validation' to judge it; look at the",
    'reputation of the first; store the specification; create the job with its specHash; wait until it is accepted;',
    'fund it, repeating amount and provider from the job; wait until it is finished; then say in one sentence how it ended.',
    `The work is due by ${times.submitBy}. If a tool refuses, stop and say why.`,
  ].join('\n');
}

type Call = readonly [name: string, args: Record<string, unknown>];

interface Found {
  readonly items: readonly { agentId: string; name: string; chainAgentId?: string }[];
}

/** The model named by BONAFIDE_MODEL, or a script that makes the same calls from what the tools really answered. */
export async function createBuyerModel(
  name: string | undefined,
  amountUsdc: string,
  times: { submitBy: string },
) {
  if (name) return initChatModel(name);
  const steps: readonly ((messages: readonly BaseMessage[]) => Call)[] = [
    () => ['agents_find', { capability: 'csv-cleaning' }],
    () => ['agents_find', { capability: 'csv-validation' }],
    (messages) => ['reputation_get', { chainAgentId: found(messages, 0).chainAgentId }],
    () => ['store_specification', {}],
    (messages) => [
      'jobs_create',
      {
        provider: found(messages, 0).agentId,
        validators: [found(messages, 1).agentId],
        amountUsdc,
        threshold: 80,
        description: 'Clean a CSV file and count what is in it.',
        specHash: answer<{ specHash: string }>(messages, 'store_specification').specHash,
        ...times,
      },
    ],
    (messages) => ['wait_for_job', { jobId: createdJob(messages), until: 'accepted' }],
    (messages) => {
      const job = answer<{ amountUsdc: string; provider: string }>(messages, 'wait_for_job');
      return [
        'jobs_fund',
        { jobId: createdJob(messages), amountUsdc: job.amountUsdc, provider: job.provider },
      ];
    },
    (messages) => ['wait_for_job', { jobId: createdJob(messages), until: 'finished' }],
  ];
  const model = fakeModel();
  steps.forEach((step, index) => {
    model.respond((messages) => refusal(messages) ?? callOf(step(messages), index));
  });
  return model.respond(
    (messages) =>
      refusal(messages) ??
      new AIMessage(`The job ended ${answer<{ status: string }>(messages, 'wait_for_job', 1).status}.`),
  );
}

const callOf = ([name, args]: Call, index: number): AIMessage =>
  new AIMessage({ content: '', tool_calls: [{ type: 'tool_call', id: `call_${index}`, name, args }] });

function refusal(messages: readonly BaseMessage[]): AIMessage | undefined {
  const last = messages.at(-1);
  return last && ToolMessage.isInstance(last) && last.status === 'error'
    ? new AIMessage(`Stopped: ${last.text}`)
    : undefined;
}

function answer<Data>(messages: readonly BaseMessage[], name: string, index = 0): Data {
  const answers = messages
    .filter((message) => ToolMessage.isInstance(message))
    .filter((message) => message.name === name);
  const message = answers[index];
  if (!message) throw new Error(`The script needs an answer of ${name}, but there is none.`);
  return message.artifact ?? JSON.parse(message.text);
}

const createdJob = (messages: readonly BaseMessage[]): string =>
  answer<{ jobId: string }>(messages, 'jobs_create').jobId;

function found(messages: readonly BaseMessage[], index: number): Found['items'][number] {
  const [first] = answer<Found>(messages, 'agents_find', index).items;
  if (!first) throw new Error('No agent was found.');
  return first;
}
