import { describe, expect, it } from 'vitest';
import type { Job } from '../models/job.ts';
import { nextActions, roleOf } from './next-actions.ts';

const address = (digit: string): string => `0x${digit.repeat(40)}`;
const base: Job = {
  jobId: '1',
  chainId: 31337,
  status: 'open',
  client: address('a'),
  provider: address('b'),
  validator: address('c'),
  evaluator: address('d'),
  amountUsdc: '10',
  threshold: 80,
  isAccepted: false,
  description: 'work',
  submitBy: '2026-01-02T00:00:00Z',
  expiresAt: '2026-01-03T00:00:00Z',
  blockNumber: '1',
  transactionHash: `0x${'0'.repeat(64)}`,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};
const inTime = new Date('2026-01-01T12:00:00Z');
const lateToDeliver = new Date('2026-01-02T12:00:00Z');
const expired = new Date('2026-01-03T00:00:00Z');

type Role = 'client' | 'provider' | 'validator' | undefined;
type Row = [change: Partial<Job>, role: Role, now: Date, operations: string[]];

describe('nextActions', () => {
  it.each<Row>([
    [{}, 'provider', inTime, ['jobs.accept']],
    [{}, 'client', inTime, []],
    [{ isAccepted: true }, 'client', inTime, ['jobs.fund']],
    [{ isAccepted: true }, 'provider', inTime, []],
    [{ isAccepted: true }, 'client', lateToDeliver, []],
    [{ status: 'funded' }, 'provider', inTime, ['jobs.submit']],
    [{ status: 'funded' }, 'provider', lateToDeliver, []],
    [{ status: 'funded' }, 'client', expired, ['jobs.refund']],
    [{ status: 'submitted' }, 'validator', lateToDeliver, ['jobs.validate']],
    [{ status: 'submitted' }, 'provider', lateToDeliver, []],
    [{ status: 'submitted', score: 0 }, undefined, lateToDeliver, ['jobs.settle']],
    [{ status: 'submitted', score: 90 }, undefined, expired, ['jobs.refund']],
    [{}, 'client', expired, []],
    [{ status: 'completed', score: 90 }, 'client', inTime, []],
    [{ status: 'rejected' }, 'provider', inTime, []],
    [{ status: 'expired' }, 'client', expired, []],
  ])('%j for %s at %s: %j', (change, role, now, operations) => {
    const actions = nextActions({ ...base, ...change }, role, now);
    expect(actions.map(({ operation }) => operation)).toEqual(operations);
  });

  it('names until when', () => {
    expect(nextActions(base, 'provider', inTime)[0]).toMatchObject({ by: base.submitBy });
  });
});

describe('roleOf', () => {
  it('compares addresses whatever their case', () => {
    expect(roleOf(base, address('B'))).toBe('provider');
    expect(roleOf(base, address('C'))).toBe('validator');
    expect(roleOf(base, address('e'))).toBeUndefined();
  });
});
