import type { HireRequest } from '@bonafide/core';

/** What a client of a scenario wants; the parties are found by capability. */
export interface Order {
  readonly milestones: readonly { readonly amountUsdc: string; readonly description: string }[];
  readonly threshold: number;
  readonly submitBy: string;
  readonly rules: NonNullable<HireRequest['rules']>;
}
