import { describe, expect, it } from 'vitest';
import { computeConfidence } from './confidence.ts';

const vouchers = (count: number, isRecent = true) =>
  Array.from({ length: count }, () => ({ trust: 0.91, isRecent }));

describe('the confidence of a server', () => {
  it.each([
    [1, 0.5306],
    [3, 0.7528],
    [5, 0.975],
    [9, 0.975],
  ])('of %i attesters trusted at 0.91 is %d', (count, value) => {
    expect(computeConfidence(vouchers(count))).toMatchObject({ value, attesters: count, averageTrust: 0.91 });
  });

  it('is nothing without attesters, and at most 1', () => {
    expect(computeConfidence([]).value).toBe(0);
    const best = Array.from({ length: 500 }, () => ({ trust: 1, isRecent: true }));
    expect(computeConfidence(best).value).toBe(1);
  });

  it('counts old attestations, but not as recent', () => {
    const mixed = computeConfidence([...vouchers(1), ...vouchers(1, false)]);
    expect(mixed).toMatchObject({ recentShare: 0.5, value: 0.5583 });
  });

  it('shows its arithmetic', () => {
    expect(computeConfidence(vouchers(3)).arithmetic).toBe(
      '(min(1, 0.2 × 3) + 0.5 × 0.91 + 0.3 × 1) / 1.8 = 0.7528',
    );
  });
});
