import type { IntentRequest } from '@bonafide/core/models';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { capability } from './capability.ts';
import { replyToTask } from './reply-to-task.ts';

const now = new Date('2026-01-01T00:00:00Z');
const expiresAt = '2026-01-01T00:05:00.000Z';
const from = { did: 'did:key:z6Mk', agentId: 'a', workspace: 'default' };
const input = z.object({ name: z.string() });
const capabilities = {
  greet: capability({ description: 'Greets', input, priceUsdc: '0.10' }),
  count: capability({ description: 'Counts', input: z.object({}) }),
};

const ask = (request: IntentRequest) =>
  replyToTask(capabilities, { intent: { intentId: 'i', from, request }, now });

it('accepts a task with fitting parameters, at its price', () => {
  expect(ask({ task: 'greet', params: { name: 'Ada' } })).toEqual({
    ...{ status: 'accepted', capability: 'greet', expiresAt, quote: { amountUsdc: '0.10', expiresAt } },
    requiredInput: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  });
  expect(ask({ task: 'count' })).toMatchObject({ status: 'accepted', capability: 'count' });
});

it('says what a task needs', () => {
  expect(ask({ task: 'greet', params: { name: 7 } })).toMatchObject({
    ...{ status: 'needs-input', capability: 'greet', message: expect.stringMatching(/^name: /) },
    requiredInput: { required: ['name'] },
  });
  expect(ask({ task: 'greet' })).toMatchObject({ status: 'needs-input' });
});

it.each([
  ['words', { query: 'Would you greet me?' }, /greet, count/],
  ['a task that it does not have', { task: 'dance' }, /no 'dance'.*greet, count/],
  ['a task named as what every object has', { task: 'constructor' }, /no 'constructor'/],
])('declines %s', (_what, request, message) => {
  expect(ask(request)).toEqual({ status: 'declined', message: expect.stringMatching(message) });
});
