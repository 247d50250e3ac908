import { VerificationError } from '@bonafide/core/errors';
import { findOperation, namesOf, operationList, selectTools } from '@bonafide/core/operations';
import { afterEach, describe, expect, it } from 'vitest';
import { phrases } from './examples.ts';
import * as entry from './index.ts';
import { bonafidePlugin, createBonafidePlugin } from './index.ts';
import { type Conversation, type Script, startConversation } from './testing/eliza.ts';
import { type Call, recordingService } from './testing/recording-service.ts';

const silent: Script = { choose: () => ['IGNORE'], extract: () => '{}' };

let conversation: Conversation | undefined;
afterEach(async () => {
  await conversation?.stop();
  conversation = undefined;
});

/** Enough of an answer for every operation; `actions.verify` looks at it. */
const approved = {
  actionId: '01938f6a-7c21-7d5e-9b0a-3f1c5e8d2a47',
  workspace: 'default',
  agentId: '01938f6a-8e44-7a10-8c3d-6b9f0e1d4c52',
  action: 'db:export',
  parameters: {},
  parametersDigest: 'x',
  risk: 'low',
  status: 'approved',
  reason: 'fine',
  createdAt: '2030-01-01T12:00:00Z',
  updatedAt: '2030-01-01T12:00:00Z',
  receipt: {
    origin: 'log',
    sequence: 1,
    leafHash: `${'A'.repeat(43)}=`,
    at: '2030-01-01T12:00:00Z',
    signature: '',
  },
};

interface Scene extends Partial<Script> {
  readonly answer?: (call: Call) => unknown;
}

async function talk({ answer = () => approved, ...script }: Scene) {
  const calls: Call[] = [];
  const all = createBonafidePlugin({ operations: operationList.map((operation) => operation.id) });
  conversation = await startConversation({
    plugin: { ...all, services: [recordingService(calls, answer)] },
    script: { ...silent, ...script },
  });
  return { calls, conversation };
}

it('exports the plugin, its maker, its service and Eliza’s default', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'BonafideService',
    'bonafidePlugin',
    'createBonafidePlugin',
    'default',
  ]);
  expect(entry.default).toBe(bonafidePlugin);
});

it('has an action for each default tool, by its derived name', () => {
  expect(bonafidePlugin.actions?.map((action) => action.name)).toEqual(
    selectTools().map((operation) => namesOf(operation).elizaAction),
  );
});

it('offers no action that writes when asked for a read-only plugin', () => {
  const names = createBonafidePlugin({ toolsets: ['commerce'], readOnly: true }).actions?.map(
    ({ name }) => name,
  );
  expect(names).toContain('JOBS_GET');
  expect(names).not.toContain('JOBS_FUND');
});

it('never shadows one action by the name or simile of another', () => {
  const names = createBonafidePlugin({
    operations: operationList.map((operation) => operation.id),
  }).actions?.flatMap(({ name, similes = [] }) => [name, ...similes]);
  expect(new Set(names).size).toBe(names?.length);
});

describe('our own examples', () => {
  it('exist for every default tool', () => {
    expect(selectTools().filter((operation) => !Object.hasOwn(phrases, operation.id))).toEqual([]);
  });

  it.each(Object.entries(phrases))(
    '%s: is offered, chosen and runs with its parameters',
    async (id, phrase) => {
      const name = namesOf(findOperation(id) ?? expect.fail(`${id} is no operation`)).elizaAction;
      const scene = await talk({
        choose: () => [name],
        extract: () => `\`\`\`json\n${JSON.stringify(phrase.input)}\n\`\`\``,
        answer: () => approved,
      });
      await scene.conversation.say(phrase.says);
      expect(scene.conversation.offered).toContain(name);
      expect(scene.calls).toEqual([{ id, input: phrase.input }]);
      const [outcome] = await scene.conversation.outcomes();
      expect(outcome).toMatchObject({
        actionName: name,
        actionStatus: 'completed',
        actionResult: {
          success: true,
          values: { bonafide: { status: 'approved' } },
          data: { operation: id },
        },
      });
    },
  );
});

describe('validate', () => {
  it.each(['What is the weather?', 'Did you see the game last night?', 'Tell me a joke', ''])(
    'offers nothing for %j',
    async (text) => {
      const { conversation, calls } = await talk({});
      await conversation.say(text);
      expect(conversation.offered).toEqual([]);
      expect(calls).toEqual([]);
    },
  );

  it('offers nothing when the service is not there', async () => {
    const { conversation } = await talk({});
    conversation.runtime.getAllServices().delete('bonafide' as never);
    await conversation.say('Show me the open jobs');
    expect(conversation.offered).toEqual([]);
  });
});

describe('parameters', () => {
  const accept: Scene = { choose: () => ['JOBS_ACCEPT'] };

  it('asks back for what is missing and takes the answer with the first message', async () => {
    const replies = ['{"jobId": null}', '{"jobId": "7"}'];
    const { conversation, calls } = await talk({ ...accept, extract: () => replies.shift() ?? '' });
    await conversation.say('Accept the job');
    const [asked] = await conversation.outcomes();
    expect(asked?.actionResult.success).toBe(false);
    expect(asked?.actionResult.text).toContain('jobId');
    expect(calls).toEqual([]);

    await conversation.say('number 7');
    expect(conversation.offered).toEqual(['JOBS_ACCEPT']);
    expect(conversation.prompts[1]).toContain('["Accept the job","number 7"]');
    expect(calls).toEqual([{ id: 'jobs.accept', input: { jobId: '7' } }]);
  });

  it('keeps numbers, nested values and quotes of the model’s JSON as they are', async () => {
    const input = { action: 'db:export', parameters: { rows: 5, note: 'it\'s "fine"', deep: { ok: true } } };
    const { conversation, calls } = await talk({
      choose: () => ['ACTIONS_VERIFY'],
      extract: () => `Here you are: ${JSON.stringify(input)}`,
    });
    await conversation.say('Am I allowed to export?');
    expect(calls[0]?.input).toEqual(input);
  });

  it('never appear in the chat while the model writes them', async () => {
    const { conversation, calls } = await talk({ ...accept, extract: () => 'Here: {"jobId":"7"}' });
    await conversation.say('Accept job 7');
    expect(calls).toHaveLength(1);
    expect(conversation.streamed.join('')).not.toContain('jobId');
  });

  it.each([
    ['an unknown field', '{"jobId":"7","approved":true}'],
    ['a wrong type', '{"jobId":7}'],
    ['a hostile id', '{"jobId":"7; drop"}'],
    ['no JSON', 'Sure, I will accept it!'],
    ['an array', '[{"jobId":"7"'],
    ['nothing', ''],
  ])('runs nothing on %s', async (_what, reply) => {
    const { conversation, calls } = await talk({ ...accept, extract: () => reply });
    await conversation.say('Accept job 7');
    expect(calls).toEqual([]);
    const [outcome] = await conversation.outcomes();
    expect(outcome?.actionStatus).toBe('failed');
  });

  it('takes nothing from the message but its words', async () => {
    const { conversation, calls } = await talk({ ...accept, extract: () => '{"jobId":"7"}' });
    const action = conversation.runtime.actions.find(({ name }) => name === 'JOBS_ACCEPT');
    const content = { text: 'Accept job 7', jobId: '8', input: { jobId: '9' }, amountUsdc: '1000000' };
    await action?.handler(conversation.runtime, { entityId: 'e', roomId: 'r', content } as never, undefined, {
      jobId: '10',
    });
    expect(calls).toEqual([{ id: 'jobs.accept', input: { jobId: '7' } }]);
    expect(conversation.prompts[0]).not.toContain('1000000');
  });
});

describe('failures', () => {
  it('tells why an action was denied', async () => {
    const { conversation } = await talk({
      choose: () => ['JOBS_ACCEPT'],
      extract: () => '{"jobId":"7"}',
      answer: () => {
        throw new VerificationError('Alice denied it: over budget.', { details: { reason: 'over budget' } });
      },
    });
    await conversation.say('Accept job 7');
    const [outcome] = await conversation.outcomes();
    expect(outcome?.actionResult).toMatchObject({
      success: false,
      error: 'DENIED: Alice denied it: over budget.',
      data: { problem: { code: 'DENIED', details: { reason: 'over budget' } } },
    });
    expect(outcome?.actionResult.text).toContain('over budget');
  });

  it('keeps the text of an unknown error to itself', async () => {
    const { conversation } = await talk({
      choose: () => ['JOBS_LIST'],
      answer: () => {
        throw new Error('password=hunter2');
      },
    });
    await conversation.say('Show me the jobs');
    const [outcome] = await conversation.outcomes();
    expect(outcome?.actionResult.error).toMatch(/^INTERNAL/);
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('fails as a result when the agent has no text model', async () => {
    const { conversation, calls } = await talk({ choose: () => ['JOBS_ACCEPT'] });
    (conversation.runtime as unknown as { models: Map<string, unknown> }).models.delete('TEXT_SMALL');
    await conversation.say('Accept job 7');
    const [outcome] = await conversation.outcomes();
    expect(outcome?.actionResult.success).toBe(false);
    expect(calls).toEqual([]);
  });
});
