import { RateLimitError } from '@bonafide/core/errors';
import type { Operation } from '@bonafide/core/operations';

/** Lets a caller have only so many costly calls under way at a time. */
export interface Seats {
  /** Returns the function that ends the call; RATE_LIMITED when all seats of the caller are taken. */
  take(caller: string, operation: Pick<Operation, 'id' | 'kind'>): () => void;
}

/** Each open stream is a read for every event that it may be about. */
const STREAMS = 100;
/**
 * A report reads the whole log of its period. Who waits for an answer follows one action, which costs next to nothing; who
 * waits for a task takes one of the places in the line, which all workspaces share.
 */
const limits: Readonly<Record<string, number>> = {
  ...{ 'compliance.report': 2, 'actions.wait': 1000, 'tasks.claim': 1000 },
};

const TRY_AGAIN_MS = 1000;

export function createSeats(): Seats {
  const taken = new Map<string, number>();
  return {
    take(caller, { id, kind }) {
      const limit = limits[id] ?? (kind === 'stream' ? STREAMS : undefined);
      if (limit === undefined) return () => undefined;
      const key = `${caller} ${id}`;
      const before = taken.get(key) ?? 0;
      if (before >= limit) {
        throw new RateLimitError(`You have ${limit} calls of ${id} under way.`, {
          retryAfterMs: TRY_AGAIN_MS,
        });
      }
      taken.set(key, before + 1);
      return () => {
        const left = (taken.get(key) ?? 1) - 1;
        if (left > 0) taken.set(key, left);
        else taken.delete(key);
      };
    },
  };
}
