import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test-support/eventually.ts';
import { BonafideError } from '../errors.ts';
import type { Job } from '../models/job.ts';
import { provide } from './provide.ts';
import { createFakeMarket, type FakeMarket, PROVIDER } from './testing/fake-market.ts';
import type { Offering, Work } from './types.ts';

const start = ({ client }: FakeMarket, offering: Offering, work: Work) =>
  provide({ client, address: PROVIDER }, { pollIntervalMs: 20, onError: () => undefined, ...offering }, work);

/** A provider's life: accept what is open, submit what is funded. */
function byStatus(market: FakeMarket): void {
  market.next = (job) =>
    job.status === 'open' && !job.isAccepted
      ? ['jobs.accept']
      : job.status === 'funded'
        ? ['jobs.submit']
        : [];
}

describe('provide', () => {
  it('accepts, works on the specification, stores the delivery and submits its hash', async () => {
    const market = createFakeMarket();
    byStatus(market);
    const { digest: specHash } = market.put('{"sum":[1,2]}');
    market.set({ jobId: '7', specHash });
    await using _ = start(market, {}, async (task) => {
      const { sum } = (await task.specification()).json() as { sum: number[] };
      return { json: sum.reduce((a, b) => a + b) };
    });
    await eventually(() => expect(market.calls[0]).toBe('jobs.accept {"jobId":"7"}'));
    market.set({ jobId: '7', isAccepted: true, status: 'funded' });
    const { cid, digest } = market.put('3');
    await eventually(() =>
      expect(market.calls.at(-1)).toBe(
        `jobs.submit ${JSON.stringify({ jobId: '7', deliverable: digest, deliverableUri: cid })}`,
      ),
    );
    market.set({ jobId: '7', status: 'submitted' });
  });

  it.each<[string, Offering, Parameters<FakeMarket['set']>[0]]>([
    ['another template', { templateId: 3 }, { jobId: '1', templateId: 4 }],
    ['no template', { templateId: 3 }, { jobId: '1' }],
    ['too little money', { minAmountUsdc: '25.000001' }, { jobId: '1', amountUsdc: '25' }],
    ['not what it wants', { accepts: async () => false }, { jobId: '1' }],
  ])('declines, when it says so, what does not fit: %s', async (_, offering, job) => {
    const market = createFakeMarket();
    byStatus(market);
    market.set(job);
    const work = vi.fn<Work>();
    await using _role = start(market, { ...offering, declinesOthers: true }, work);
    await eventually(() => expect(market.calls[0]).toMatch(/^jobs\.decline/));
    market.set({ jobId: '1', status: 'rejected' });
    expect(work).not.toHaveBeenCalled();
  });

  it('accepts the terms that it looked at, and no job whose terms are other than it says', async () => {
    const market = createFakeMarket();
    byStatus(market);
    const terms = (amountUsdc: string) => ({ amountUsdc, salt: '0' }) as Job['terms'];
    market.set({ jobId: '1', amountUsdc: '5', terms: terms('1') });
    market.set({ jobId: '2', amountUsdc: '5', terms: terms('5') });
    await using _ = start(market, { minAmountUsdc: '5' }, () => 'done');
    const accepted = 'jobs.accept {"jobId":"2","terms":{"amountUsdc":"5","salt":"0"}}';
    await eventually(() => expect(market.calls).toContain(accepted));
    expect(market.calls.join()).not.toContain('"jobId":"1"');
  });

  it('leaves what does not fit alone by default, and looks at the next job', async () => {
    const market = createFakeMarket();
    byStatus(market);
    market.set({ jobId: '1', amountUsdc: '1' });
    market.set({ jobId: '2', amountUsdc: '5' });
    await using _ = start(market, { minAmountUsdc: '5' }, () => 'done');
    await eventually(() => expect(market.calls).toContain('jobs.accept {"jobId":"2"}'));
    expect(market.calls.join()).not.toContain('"jobId":"1"');
  });

  it('works again after work that failed, and tells why', async () => {
    const market = createFakeMarket();
    byStatus(market);
    market.set({ jobId: '1', status: 'funded', isAccepted: true });
    const work = vi.fn<Work>().mockRejectedValueOnce(new Error('disk full')).mockResolvedValue('done');
    const onError = vi.fn();
    await using _ = start(market, { onError }, work);
    await eventually(() => expect(market.calls.join()).toContain('jobs.submit'));
    market.set({ jobId: '1', status: 'submitted' });
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'disk full' }), '1');
  });

  it('works on as many jobs at a time as it may, and never twice on one', async () => {
    const market = createFakeMarket();
    byStatus(market);
    for (const jobId of ['1', '2', '3']) market.set({ jobId, status: 'funded', isAccepted: true });
    const running: string[] = [];
    const ends = new Map<string, (text: string) => void>();
    await using _ = start(market, { concurrency: 2 }, ({ job }) => {
      running.push(job.jobId);
      return new Promise<string>((resolve) => ends.set(job.jobId, resolve));
    });
    await eventually(() => expect(running).toHaveLength(2));
    market.set({ jobId: running[0] ?? '' });
    expect(running).toHaveLength(2);
    for (const jobId of [...running]) {
      market.jobs.delete(jobId);
      ends.get(jobId)?.('done');
    }
    await eventually(() => expect(running).toHaveLength(3));
    ends.get(running[2] ?? '')?.('done');
    expect(new Set(running).size).toBe(3);
  });

  it('opens a dispute with the evidence it is given, and the bond of the terms', async () => {
    const market = createFakeMarket();
    market.next = (job) => (job.isDisputed ? [] : ['disputes.open']);
    market.set({
      jobId: '1',
      status: 'submitted',
      rules: {
        ...{ validators: [], requiredPasses: 1, threshold: 80, validatorFeeUsdc: '0', validationSeconds: 60 },
        silencePercent: 0,
        disputes: {
          ...{ windowSeconds: 600, revalidators: [], requiredRepasses: 0, bondBps: 500 },
          ...{ evidenceSeconds: 600, rulingSeconds: 3600, defaultPercent: 50 },
        },
      },
    });
    await using _ = start(market, { disputes: async () => 'It is what was asked for.' }, () => 'done');
    await eventually(() => expect(market.calls[0]).toMatch(/^disputes\.open .*"bondUsdc":"1\.25"/));
    market.set({ jobId: '1', isDisputed: true });
  });

  it('does what time has made due where no keeper did', async () => {
    const market = createFakeMarket();
    market.next = (job) => (job.status === 'submitted' ? ['jobs.settle'] : []);
    market.set({ jobId: '1', status: 'submitted' });
    await using _ = start(market, {}, () => 'done');
    await eventually(() => expect(market.calls[0]).toBe('jobs.settle {"jobId":"1"}'));
    market.set({ jobId: '1', status: 'rejected' });
  });

  it('stops when it cannot read its jobs for good, and goes on when the gateway is only away', async () => {
    const market = createFakeMarket();
    const list = vi
      .spyOn(market.client.jobs, 'list')
      .mockRejectedValueOnce(new BonafideError('UNAVAILABLE', 'away'));
    byStatus(market);
    market.set({ jobId: '1' });
    await using role = start(market, {}, () => 'done');
    await eventually(() => expect(market.calls.join()).toContain('jobs.accept'));
    list.mockRejectedValue(new BonafideError('FORBIDDEN', 'not yours'));
    await expect(role.stopped).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('stops with its signal', async () => {
    const market = createFakeMarket();
    const stopping = new AbortController();
    const role = start(market, { signal: stopping.signal }, () => 'done');
    stopping.abort();
    await role.stopped;
  });
});
