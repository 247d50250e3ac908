import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../test-support/eventually.ts';
import { checksumValidator, rerunValidator, schemaValidator } from '../validators/index.ts';
import { arbitrate, validate } from './judge.ts';
import { aJob, CLIENT, createFakeMarket, type FakeMarket, VALIDATOR } from './testing/fake-market.ts';
import type { Score } from './types.ts';

const rules = {
  ...{ validators: [VALIDATOR], requiredPasses: 1, threshold: 80, validatorFeeUsdc: '0' },
  ...{ validationSeconds: 60, silencePercent: 0 },
};
const disputes = {
  ...{ windowSeconds: 600, revalidators: [VALIDATOR.toUpperCase().replace('0X', '0x')], requiredRepasses: 1 },
  ...{ bondBps: 500, evidenceSeconds: 600, rulingSeconds: 3600, defaultPercent: 50 },
};

function delivered(market: FakeMarket, text: string): void {
  const { digest } = market.put(text);
  market.set({ jobId: '1', status: 'submitted', deliverable: digest, rules });
  market.next = (_, role) => (role === 'validator' ? ['jobs.validate'] : []);
}

/** The score and the evidence that one delivery gets. */
async function judge(text: string, score: Score): Promise<{ score: number; evidence: unknown }> {
  const market = createFakeMarket();
  delivered(market, text);
  await using _ = validate({ client: market.client, address: VALIDATOR }, score, { pollIntervalMs: 20 });
  await eventually(() => expect(market.calls[0]).toMatch(/^jobs\.validate/));
  market.set({ jobId: '1', status: 'completed' });
  const input = JSON.parse(market.calls[0]?.slice('jobs.validate '.length) ?? '');
  const { content } = await market.client.artifacts.get({ cid: input.evidenceUri });
  return { score: input.score, evidence: JSON.parse(Buffer.from(content, 'base64').toString()) };
}

describe('validate', () => {
  it('records the score, and evidence even where none is given', async () => {
    expect(await judge('work', () => 85)).toMatchObject({ score: 85, evidence: { jobId: '1', score: 85 } });
  });

  it.each([-1, 101, 50.5, Number.NaN])('refuses %d as a score and tries again', async (wrong) => {
    const market = createFakeMarket();
    delivered(market, 'work');
    const onError = vi.fn();
    await using _ = validate({ client: market.client, address: VALIDATOR }, () => wrong, { onError });
    await eventually(() => expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'VALIDATION_FAILED' }));
    expect(market.calls).toEqual([]);
  });

  it('leaves jobs alone that name others', async () => {
    const market = createFakeMarket();
    market.set({ jobId: '1', status: 'submitted', rules: { ...rules, validators: [CLIENT] } });
    const nextActions = vi.spyOn(market.client.jobs, 'nextActions');
    const role = validate({ client: market.client, address: VALIDATOR }, () => 100, { pollIntervalMs: 10 });
    const get = vi.spyOn(market.client.jobs, 'get');
    await eventually(() => expect(get.mock.calls.length).toBeGreaterThan(2));
    await role[Symbol.asyncDispose]();
    expect(nextActions).not.toHaveBeenCalled();
  });

  it('scores again as a re-validator', async () => {
    const market = createFakeMarket();
    delivered(market, 'work');
    market.set({ jobId: '1', rules: { ...rules, validators: [], disputes } });
    market.next = (_, role) => (role === 'revalidator' ? ['disputes.revalidate'] : []);
    await using _ = validate({ client: market.client, address: VALIDATOR }, () => 100, {});
    await eventually(() => expect(market.calls[0]).toMatch(/^disputes\.revalidate .*"score":100/));
    market.set({ jobId: '1', status: 'completed' });
  });
});

describe('ready-made validators', () => {
  const schema = schemaValidator(z.strictObject({ sum: z.number() }));
  const rerun = rerunValidator({
    run: () => ({ sum: 3 }),
    read: (content) => z.object({ sum: z.number() }).parse(content.json()),
  });

  it.each([
    ['{"sum":3}', schema, 100],
    ['{"sum":"3"}', schema, 0],
    ['{"sum":3,"more":1}', schema, 0],
    ['no json', schema, 0],
    ['{"sum":3}', rerun, 100],
    ['{"sum":4}', rerun, 0],
    ['no json', rerun, 0],
    ['work', checksumValidator(`0x${'0'.repeat(64)}`), 0],
    ['work', checksumValidator(({ job }) => job.deliverable?.toUpperCase().replace('0X', '0x') ?? ''), 100],
  ] as const)('%s', async (text, validator, score) => {
    expect(await judge(text, validator)).toMatchObject({ score });
  });

  it('says in the evidence what is wrong', async () => {
    const { evidence } = await judge('{"sum":"3"}', schema);
    expect(evidence).toMatchObject({ check: 'schema', issues: [expect.stringContaining('number')] });
  });

  it('keeps a comparison within the scale', async () => {
    const wild = rerunValidator({ run: () => 1, read: () => 1, compare: () => 250.7 });
    expect(await judge('1', wild)).toMatchObject({ score: 100, evidence: { score: 100 } });
  });

  it('takes the same result in another order of its fields for the same', async () => {
    const same = rerunValidator({
      run: () => ({ a: 1, b: [2] }),
      read: (content) => content.json() as object,
    });
    expect(await judge('{"b":[2],"a":1}', same)).toMatchObject({ score: 100 });
  });
});

describe('arbitrate', () => {
  it('rules with a rationale that anybody can read', async () => {
    const market = createFakeMarket();
    market.set({ jobId: '1', status: 'submitted', isDisputed: true });
    market.next = () => ['disputes.rule'];
    market.dispute = { jobId: '1', stage: 'ruling', evidence: [] } as unknown as FakeMarket['dispute'];
    await using _ = arbitrate(
      { client: market.client, address: VALIDATOR },
      (task, dispute) => ({ percent: 60, rationale: `${task.job.jobId} ${dispute.stage}` }),
      {},
    );
    const { cid, digest } = market.put('1 ruling');
    await eventually(() =>
      expect(market.calls[0]).toBe(
        `disputes.rule ${JSON.stringify({ jobId: '1', percent: 60, rationaleHash: digest, rationaleUri: cid })}`,
      ),
    );
    market.set({ ...aJob({ jobId: '1' }), status: 'completed' });
  });
});
