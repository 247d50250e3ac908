import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test-support/eventually.ts';
import { BonafideError } from '../errors.ts';
import { hire } from './hire.ts';
import { CLIENT, createFakeMarket, type FakeMarket } from './testing/fake-market.ts';

const terms = {
  provider: '01938f6a-7c21-7d5e-9b0a-3f1c5e8d2a47',
  description: 'Work.',
  amountUsdc: '25',
  submitBy: '2026-12-01T00:00:00Z',
};

/** Funds once accepted. */
function fundable(market: FakeMarket): void {
  market.next = (job) => (job.status === 'open' && job.isAccepted ? ['jobs.fund'] : []);
}

const start = ({ client }: FakeMarket, request: Parameters<typeof hire>[1], options = {}) =>
  hire({ client, address: CLIENT }, request, { pollIntervalMs: 20, ...options });

describe('hire', () => {
  it('stores the specification, creates, funds when accepted, and returns the delivery', async () => {
    const market = createFakeMarket();
    fundable(market);
    market.set({ jobId: '1' });
    const created: string[] = [];
    const hiring = start(
      market,
      { ...terms, specification: 'Do it.' },
      { onCreated: (id: string) => created.push(id) },
    );
    await eventually(() => expect(created).toEqual(['1']));
    expect(market.calls[0]).toContain(`"specHash":"${market.put('Do it.').digest}"`);
    market.set({ jobId: '1', isAccepted: true });
    await eventually(() => expect(market.calls.join()).toContain('jobs.fund'));
    const { digest } = market.put('done');
    market.set({
      jobId: '1',
      status: 'completed',
      deliverable: digest,
      providerAmountUsdc: '25',
      resolution: 'passed',
    });
    const hired = await hiring;
    expect(hired).toMatchObject({ outcome: 'paid', paidUsdc: '25' });
    expect((await hired.deliverable()).text()).toBe('done');
  });

  it('waits for a gateway that has not indexed the new job yet', async () => {
    const market = createFakeMarket();
    const get = vi.spyOn(market.client.jobs, 'get');
    const hiring = start(market, terms);
    await eventually(() => expect(get).toHaveBeenCalled());
    await expect(get.mock.results[0]?.value).rejects.toMatchObject({ code: 'NOT_FOUND' });
    market.set({ jobId: '1', status: 'completed', providerAmountUsdc: '25', resolution: 'passed' });
    await expect(hiring).resolves.toMatchObject({ outcome: 'paid' });
  });

  it('does not wait for ever for a job that is none', async () => {
    const market = createFakeMarket();
    vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() * 1_000);
    await expect(start(market, { jobId: '9' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    vi.restoreAllMocks();
  });

  it.each([
    [{ status: 'rejected', resolution: 'failed', providerAmountUsdc: '0' }, 'refunded'],
    [{ status: 'completed', resolution: 'arbitration', providerAmountUsdc: '15' }, 'split'],
    [{ status: 'expired', resolution: 'expired' }, 'refunded'],
    [{ status: 'rejected', resolution: 'declined' }, 'lapsed'],
    [{ status: 'open', submitBy: '2020-01-01T00:00:00Z' }, 'lapsed'],
  ] as const)('says how it ended: %o', async (job, outcome) => {
    const market = createFakeMarket();
    market.set({ jobId: '1', ...job });
    await expect(start(market, { jobId: '1' })).resolves.toMatchObject({ outcome });
  });

  it('goes on from the job id alone, and pays nothing a second time', async () => {
    const market = createFakeMarket();
    fundable(market);
    market.set({ jobId: '9', status: 'funded', isAccepted: true });
    const hiring = start(market, { jobId: '9' });
    market.set({ jobId: '9', status: 'completed', providerAmountUsdc: '25' });
    await expect(hiring).resolves.toMatchObject({ outcome: 'paid' });
    expect(market.calls).toEqual([]);
  });

  it("refuses to carry somebody else's job", async () => {
    const market = createFakeMarket();
    market.set({ jobId: '9', client: `0x${'99'.repeat(20)}` });
    await expect(start(market, { jobId: '9' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('ends with the error of a person who says no, and keeps trying when a node is away', async () => {
    const market = createFakeMarket();
    fundable(market);
    market.set({ jobId: '1', isAccepted: true });
    const denied = new BonafideError('DENIED', 'A person said no.');
    market.fail('jobs.fund', [new BonafideError('UNAVAILABLE', 'away'), denied]);
    await expect(start(market, { jobId: '1' })).rejects.toBe(denied);
    expect(market.calls).toHaveLength(2);
  });

  it('ends at once when money is missing, instead of asking a person again and again', async () => {
    const market = createFakeMarket();
    fundable(market);
    market.set({ jobId: '1', isAccepted: true });
    const missing = new BonafideError('CONFLICT', '5 USDC are missing.', {
      details: { reason: 'INSUFFICIENT_USDC' },
    });
    market.fail('jobs.fund', [new BonafideError('CONFLICT', 'The job moved on.'), missing]);
    await expect(start(market, { jobId: '1' })).rejects.toBe(missing);
    expect(market.calls).toHaveLength(2);
  });

  it('stops with its signal and leaves the job as it is', async () => {
    const market = createFakeMarket();
    market.set({ jobId: '1' });
    const stopping = new AbortController();
    const hiring = start(market, { jobId: '1' }, { signal: stopping.signal });
    stopping.abort(new BonafideError('UNAVAILABLE', 'closing'));
    await expect(hiring).rejects.toMatchObject({ message: 'closing' });
  });
});
